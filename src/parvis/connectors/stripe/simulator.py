"""A Stripe in memory, for tests: answers httpx as the API does, as far as this connector speaks it.

It keeps what an emulator must keep to be worth testing against: idempotency keys (and their refusal for another body),
the life of a PaymentIntent, over-refunds, tokens with limits, disputes, lists by pages, signed events; and it can lose
an answer after the work was done (``lose``), or fail before it (``fail``). Objects have the fields that we read and
those that tell a reader where they are, no more; recorded objects are under tests/recorded.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx

from parvis.connectors.stripe import signing

Json = dict[str, Any]
SECRET = "whsec_simulated"  # noqa: S105 - of the simulator
DECLINES = {
    "4000000000000002": "generic_decline",
    "4000000000009995": "insufficient_funds",
    "4000000000000069": "expired_card",
}
CHALLENGED = "4000002500003155"
DISPUTED = "4000000000000259"
UNCAPTURABLE = "4000000000000341"


class Refusal(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, **more: Any) -> None:
        self.status, self.error = status, {"code": code, **more}


class Account:
    """One account's books; use :attr:`transport` with the client."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self.things: dict[str, Json] = {}
        self.numbers: dict[str, str] = {}
        self.keys: dict[str, tuple[str, int, Json]] = {}
        self.tokens: dict[str, Json] = {}
        self.events: list[Json] = []
        self.calls: list[httpx.Request] = []
        self.faults: list[str | int] = []
        self.transport = httpx.MockTransport(self.handle)

    def lose(self) -> None:
        """The next call is carried out, its answer lost."""
        self.faults.append("lose")

    def fail(self, status: int) -> None:
        """The next call fails with this status and does nothing."""
        self.faults.append(status)

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

    def deliveries(self) -> list[tuple[dict[str, str], bytes]]:
        """Every event so far as it is sent: headers and body."""
        sent = []
        for event in self.events:
            body = json.dumps(event).encode()
            sent.append(({signing.HEADER: signing.sign(body, secret=SECRET, at=self.now())}, body))
        return sent

    # -- the wire ---------------------------------------------------------------------------------------------

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer a call."""
        self.calls.append(request)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, int):
            return httpx.Response(fault, json={"error": {"type": "api_error"}})
        form = _nested(parse_qsl(request.content.decode() or request.url.query.decode(), keep_blank_values=True))
        path = request.url.path.removeprefix("/v1/").split("/")
        status, body = self._once(request, path, form)
        if fault == "lose":
            raise httpx.ReadTimeout("lost", request=request)
        return httpx.Response(status, json=body)

    def _once(self, request: httpx.Request, path: list[str], form: Json) -> tuple[int, Json]:
        key = request.headers.get("idempotency-key")
        asked = f"{request.method} {request.url.path} {json.dumps(form, sort_keys=True)}"
        if key in self.keys:
            known, status, body = self.keys[key]
            if known != asked:
                return 400, {"error": {"type": "idempotency_error", "code": "idempotency_key_in_use"}}
            return status, body
        try:
            status, body = 200, self._route(request.method, path, form)
        except Refusal as refusal:
            status, body = refusal.status, {"error": refusal.error}
        body = json.loads(json.dumps(body))
        if key:
            self.keys[key] = asked, status, body
        return status, body

    def _route(self, method: str, path: list[str], form: Json) -> Json:  # noqa: C901, PLR0911, PLR0912 - routes
        match method, path:
            case "POST", ["payment_intents"]:
                return self._open(form)
            case "POST", ["payment_methods"]:
                return self._method(form["card"]["number"], form["card"])
            case "POST", ["customers"]:
                return self._thing("cus", "customer")
            case "POST", ["refunds"]:
                return self._refund(form)
            case "POST", ["payment_intents", name]:
                if form.get("customer"):
                    self._known(str(form["customer"]), "customer")
                pi = self._get(name)
                pi |= {key: value or None for key, value in form.items() if key != "expand"}
                return self._seen(pi)
            case "POST", ["payment_intents", name, verb]:
                return self._seen(self._turn(self._get(name), verb, form))
            case "POST", ["payment_methods", name, "detach"]:
                return self.things.pop(self._get(name)["id"])
            case "POST", ["disputes", name]:
                return self._dispute(self._get(name), "under_review", form.get("evidence") or {})
            case "POST", ["disputes", name, "close"]:
                return self._dispute(self._get(name), "lost", {})
            case "DELETE", ["customers", name]:
                self.things.pop(self._get(name)["id"])
                return {"id": name, "deleted": True}
            case "GET", ["payment_intents", name]:
                return self._seen(self._get(name))
            case "GET", [kind]:
                return self._list(kind, form)
        raise Refusal(404, "resource_missing")

    # -- the books --------------------------------------------------------------------------------------------

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{len(self.things) + len(self.tokens) + 1:08d}"

    def _thing(self, prefix: str, kind: str, **fields: Any) -> Json:
        made = {"id": self._id(prefix), "object": kind, "created": int(self.now().timestamp()), **fields}
        self.things[made["id"]] = made
        return made

    def _get(self, name: str) -> Json:
        if name not in self.things:
            raise Refusal(404, "resource_missing", param="id")
        return self.things[name]

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

    def contest(self, reference: str, reason: str = "fraudulent") -> Json:
        """The cardholder's bank contests a captured payment."""
        pi = self.things[reference]
        made = self._thing(
            "dp",
            "dispute",
            amount=pi["amount_received"],
            currency=pi["currency"],
            payment_intent=reference,
            charge=pi["latest_charge"],
            reason=reason,
            status="needs_response",
            evidence={},
            evidence_details={"due_by": int(self.now().timestamp()) + 7 * 86400},
            balance_transactions=[{"amount": -pi["amount_received"], "fee": 1500}],
        )
        self._tell("charge.dispute.created", made)
        return made

    def close_dispute(self, name: str, status: str) -> None:
        """The bank has decided."""
        self.things[name]["status"] = status
        self._tell("charge.dispute.closed", self.things[name])

    def _dispute(self, row: Json, status: str, evidence: Json) -> Json:
        if row["status"] != "needs_response":
            raise Refusal(400, "dispute_already_submitted")
        row |= {"status": status, "evidence": evidence}
        self._tell("charge.dispute.updated" if status == "under_review" else "charge.dispute.closed", row)
        return row

    def _refund(self, form: Json) -> Json:
        pi = self._get(str(form["payment_intent"]))
        charge = self.things.get(pi["latest_charge"] or "", {})
        left = charge.get("amount_captured", 0) - charge.get("amount_refunded", 0)
        amount = int(form["amount"])
        if amount > left:
            raise Refusal(400, "charge_already_refunded" if not left else "amount_too_large", param="amount")
        charge["amount_refunded"] += amount
        made = self._thing(
            "re",
            "refund",
            amount=amount,
            currency=pi["currency"],
            payment_intent=pi["id"],
            charge=charge["id"],
            status="succeeded",
            metadata=form.get("metadata") or {},
        )
        self._tell("charge.refunded", charge)
        return made

    def _seen(self, pi: Json) -> Json:
        """With the charge and the method as we ask for them."""
        return pi | {
            "latest_charge": self.things.get(pi["latest_charge"] or ""),
            "payment_method": self.things.get(pi["payment_method"] or ""),
        }

    def _list(self, kind: str, form: Json) -> Json:
        span, limit = form.get("created") or {}, int(form.get("limit", 10))
        low, high = int(span.get("gte", 0)), int(span.get("lt", 2**40))
        rows = [row for row in self.things.values() if row["object"] == kind[:-1] and low <= row["created"] < high]
        rows.reverse()  # the newest first, as there
        if form.get("starting_after"):
            names = [row["id"] for row in rows]
            rows = rows[names.index(form["starting_after"]) + 1 :]
        page = [row | ({"balance_transaction": {"fee": row["fee"]}} if "fee" in row else {}) for row in rows[:limit]]
        return {"object": "list", "data": page, "has_more": len(rows) > limit}

    def _tell(self, kind: str, thing: Json) -> None:
        self.events.append(
            {
                "id": f"evt_{len(self.events) + 1:08d}",
                "object": "event",
                "type": kind,
                "created": int(self.now().timestamp()),
                "data": {"object": json.loads(json.dumps(thing))},
            }
        )


def _nested(pairs: list[tuple[str, str]]) -> Json:
    """``a[b]=1`` as {"a": {"b": "1"}}."""
    made: Json = {}
    for name, value in pairs:
        *above, last = name.replace("]", "").split("[")
        place = made
        for step in above:
            place = place.setdefault(step, {})
        place[last] = value
    return made
