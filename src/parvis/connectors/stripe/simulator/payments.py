"""The life of a PaymentIntent: opened, confirmed, asked about by a bank, captured or cancelled."""

from datetime import datetime

from parvis.connectors.stripe.simulator.aftermath import Aftermath
from parvis.connectors.stripe.simulator.books import Json, Refusal

DECLINES = {
    "4000000000000002": "generic_decline",
    "4000000000009995": "insufficient_funds",
    "4000000000000069": "expired_card",
}
CHALLENGED = "4000002500003155"
DISPUTED = "4000000000000259"
UNCAPTURABLE = "4000000000000341"


class Payments(Aftermath):
    """PaymentIntents, what they are paid with, and what others do with them."""

    def grant(self, number: str, *, max_minor: int, currency: str, expires_at: datetime) -> str:
        """A shared payment granted token, as an agent's platform would hand it over."""
        token = self._id("spt")
        self.tokens[token] = {
            "number": number,
            "max": max_minor,
            "currency": currency.lower(),
            "until": expires_at.timestamp(),
            "used": "",
        }
        return token

    def answer_challenge(self, reference: str, *, accepted: bool) -> None:
        """The bank's page was answered."""
        pi = self.things[reference]
        if accepted:
            self._authorise(pi)
        else:
            self._decline(pi, "payment_intent_authentication_failure")

    def pay_in_browser(self, reference: str, number: str) -> None:
        """What the Payment Element does with a card or a wallet."""
        pi = self.things[reference]
        pi["payment_method"] = self._method(number)["id"]
        try:
            self._attempt(pi)
        except Refusal:
            return

    def _open(self, form: Json) -> Json:
        if int(form["amount"]) <= 0:
            raise Refusal(400, "parameter_invalid_integer", param="amount")
        pi = self._thing(
            "pi",
            "payment_intent",
            amount=int(form["amount"]),
            currency=form["currency"],
            capture_method=form["capture_method"],
            metadata=form.get("metadata") or {},
            status="requires_payment_method",
            amount_capturable=0,
            amount_received=0,
            latest_charge=None,
            payment_method=None,
            customer=None,
            setup_future_usage=None,
            last_payment_error=None,
            next_action=None,
        )
        pi["client_secret"] = f"{pi['id']}_secret_x"
        self._tell("payment_intent.created", pi)
        return pi

    def _method(self, number: str, card: Json | None = None) -> Json:
        if not number.isdigit() or not 12 <= len(number) <= 19:
            raise Refusal(402, "incorrect_number", param="number")
        month, year = int((card or {}).get("exp_month", 12)), int((card or {}).get("exp_year", 2090))
        brand = "amex" if number.startswith("3") else "mastercard" if number.startswith("5") else "visa"
        shown = {"brand": brand, "last4": number[-4:], "exp_month": month, "exp_year": year}
        made = self._thing("pm", "payment_method", type="card", card=shown)
        self.numbers[made["id"]] = number
        return made

    def _turn(self, pi: Json, verb: str, form: Json) -> Json:
        if verb == "confirm":
            self._confirm(pi, form)
        elif verb == "capture":
            self._capture(pi, int(form["amount_to_capture"]))
        elif verb == "cancel":
            if pi["status"] in ("succeeded", "canceled", "processing"):
                raise Refusal(400, "payment_intent_unexpected_state", payment_intent=self._seen(pi))
            pi |= {"status": "canceled", "amount_capturable": 0, "next_action": None}
            self._tell("payment_intent.canceled", pi)
        else:
            raise Refusal(404, "resource_missing")
        return pi

    def _confirm(self, pi: Json, form: Json) -> None:
        if pi["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
            raise Refusal(400, "payment_intent_unexpected_state", payment_intent=self._seen(pi))
        token = (form.get("payment_method_data") or {}).get("shared_payment_granted_token")
        if token is not None:
            pi["payment_method"] = self._method(self._granted(token, pi))["id"]
        elif form.get("payment_method"):
            self._known(str(form["payment_method"]), "payment_method")
            pi["payment_method"] = form["payment_method"]
        pi["return_url"] = form.get("return_url")
        self._attempt(pi)

    def _known(self, name: str, param: str) -> None:
        if name not in self.things:
            raise Refusal(400, "resource_missing", param=param)

    def _granted(self, token: str, pi: Json) -> str:
        param = "payment_method_data[shared_payment_granted_token]"
        granted = self.tokens.get(token)
        if granted is None:
            raise Refusal(400, "resource_missing", param=param)
        reasons = (
            ("used", granted["used"] not in ("", pi["id"])),
            ("expired", granted["until"] <= self.now().timestamp()),
            ("currency", granted["currency"] != pi["currency"]),
            ("amount", granted["max"] < pi["amount"]),
        )
        for reason, refused in reasons:
            if refused:
                raise Refusal(400, reason, param=param)
        granted["used"] = pi["id"]
        return str(granted["number"])

    def _attempt(self, pi: Json) -> None:
        number = self.numbers[pi["payment_method"]]
        if number in DECLINES:
            self._decline(pi, DECLINES[number])
            error = {"type": "card_error", "decline_code": DECLINES[number], "payment_intent": self._seen(pi)}
            raise Refusal(402, "card_declined", **error)
        if number == CHALLENGED and not pi.get("off_session"):
            url = {"url": f"https://hooks.stripe.test/{pi['id']}", "return_url": pi.get("return_url")}
            pi |= {"status": "requires_action", "next_action": {"type": "redirect_to_url", "redirect_to_url": url}}
            self._tell("payment_intent.requires_action", pi)
            return
        self._authorise(pi)

    def _authorise(self, pi: Json) -> None:
        charge = self._thing(
            "ch",
            "charge",
            amount=pi["amount"],
            currency=pi["currency"],
            payment_intent=pi["id"],
            metadata=pi["metadata"],
            captured=False,
            status="succeeded",
            amount_captured=0,
            amount_refunded=0,
            payment_method_details={"card": self.things[pi["payment_method"]]["card"]},
        )
        pi |= {
            "status": "requires_capture", "latest_charge": charge["id"], "amount_capturable": pi["amount"],
            "next_action": None, "last_payment_error": None,
        }  # fmt: skip
        self._tell("payment_intent.amount_capturable_updated", pi)

    def _decline(self, pi: Json, code: str) -> None:
        failure = {"code": "card_declined", "decline_code": code}
        pi |= {"status": "requires_payment_method", "last_payment_error": failure, "next_action": None}
        self._tell("payment_intent.payment_failed", pi)

    def _capture(self, pi: Json, amount: int) -> None:
        if pi["status"] != "requires_capture":
            raise Refusal(400, "payment_intent_unexpected_state", payment_intent=self._seen(pi))
        if not 0 < amount <= pi["amount_capturable"]:
            raise Refusal(400, "amount_too_large")
        if self.numbers[pi["payment_method"]] == UNCAPTURABLE:
            raise Refusal(402, "charge_expired_for_capture")
        charge = self.things[pi["latest_charge"]]
        charge |= {"captured": True, "amount_captured": amount, "fee": amount * 15 // 1000 + 25}
        pi |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
        self._tell("charge.captured", charge)
        self._tell("payment_intent.succeeded", pi)
        if self.numbers[pi["payment_method"]] == DISPUTED:
            self.contest(pi["id"])
