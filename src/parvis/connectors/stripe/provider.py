"""The payment port on Stripe."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from parvis.connectors.stripe import reading, signing
from parvis.connectors.stripe.client import Client, StripeRefused
from parvis.connectors.stripe.evidence import to_stripe
from parvis.core import clock
from parvis.core.money import Money
from parvis.domains.checkout.ports import (
    BadCard,
    BadSignature,
    BrowserKit,
    CardDetails,
    ClientConfirmed,
    DisputeNews,
    Instrument,
    Intent,
    Movement,
    PaymentUnavailable,
    ProviderEvent,
    RefundResult,
    SavedCardToken,
    SharedToken,
)

SCRIPTS = "https://js.stripe.com"
_SEEN = {"expand": ["latest_charge", "payment_method"]}
# form-action: a bank's page is reached by a redirect after a form (a kept card that the bank asks about).
SOURCES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "script-src": (SCRIPTS, "https://*.js.stripe.com"),
        "frame-src": (SCRIPTS, "https://*.js.stripe.com", "https://hooks.stripe.com"),
        "connect-src": ("'self'", "https://api.stripe.com"),
        "form-action": ("https://hooks.stripe.com",),
    }
)
# Codes that speak of what was typed, not of the bank's answer: field and problem of BadCard.
_TYPED: Mapping[str, tuple[str, str]] = {
    "incorrect_number": ("number", "invalid"),
    "invalid_number": ("number", "invalid"),
    "invalid_expiry_month": ("expiry", "invalid"),
    "invalid_expiry_year": ("expiry", "past"),
    "invalid_cvc": ("cvc", "invalid"),
}


class Stripe:
    """``space`` tells installations apart that share an account (a test key on two machines): it is part of every
    idempotency key. ``takes_cards``: the account may send card numbers itself (rare, and never through our pages)."""

    name = reading.NAME
    page_sources = SOURCES

    def __init__(
        self,
        client: Client,
        *,
        publishable_key: str,
        webhook_secrets: Sequence[str],
        space: str,
        takes_cards: bool = False,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.client = client
        self.publishable_key = publishable_key
        self.webhook_secrets = tuple(webhook_secrets)
        self.space = space
        self.takes_cards = takes_cards
        self.now = now

    # -- the port ---------------------------------------------------------------------------------------------

    def create(
        self, *, amount: Money, order_number: str, key: str, return_url: str, locale: str = "en", save: bool = False
    ) -> Intent:
        """Open a PaymentIntent. What is kept for later is added by a second call, so that the same key always asks the
        same; the return address goes with each attempt."""
        form = {
            "amount": amount.amount_minor,
            "currency": amount.currency.lower(),
            "capture_method": "manual",
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"order_number": order_number},
        }
        try:
            opened = self.client.post("/payment_intents", form, key=self._key(key))
            # A repeated key answers as it was then: what it is now is read.
            opened = self.client.get(f"/payment_intents/{opened['id']}", _SEEN)
            opened = self._keep(opened, save=save, key=key)
        except StripeRefused as refused:
            raise _unavailable(refused) from refused
        return _intent(opened)

    def confirm(self, reference: str, *, instrument: Instrument, return_url: str = "") -> Intent:
        """Try to pay. What was paid in the browser is looked at."""
        if isinstance(instrument, ClientConfirmed):
            return self.retrieve(reference)
        try:
            form = self._means(reference, instrument)
            if return_url:
                form["return_url"] = return_url
            seen = self.client.post(f"/payment_intents/{reference}/confirm", {**form, **_SEEN})
        except StripeRefused as refused:
            return self._declined(reference, refused)
        return _intent(seen)

    def capture(self, reference: str, *, amount: Money, key: str) -> Intent:
        """Take the money."""
        form = {"amount_to_capture": amount.amount_minor, **_SEEN}
        return self._end(reference, "capture", form, key=key)

    def cancel(self, reference: str, *, key: str) -> Intent:
        """Give an authorisation back."""
        return self._end(reference, "cancel", dict(_SEEN), key=key)

    def refund(self, reference: str, *, amount: Money, key: str) -> RefundResult:
        """Give money back; a refusal is an answer."""
        form = {"payment_intent": reference, "amount": amount.amount_minor, "metadata": {"key": key}}
        try:
            made = self.client.post("/refunds", form, key=self._key(key))
        except StripeRefused as refused:
            return RefundResult(reference="", succeeded=False, failure=refused.reason[:60])
        failed = made.get("status") in ("failed", "canceled")
        failure = str(made.get("failure_reason") or "failed") if failed else ""
        return RefundResult(reference=str(made["id"]), succeeded=not failed, failure=failure[:60])

    def retrieve(self, reference: str) -> Intent:
        """The payment as it stands."""
        try:
            return _intent(self.client.get(f"/payment_intents/{reference}", _SEEN))
        except StripeRefused as refused:
            raise _unavailable(refused) from refused

    def forget_card(self, token: SavedCardToken) -> None:
        """Delete the customer that was made for this card, and the card with it."""
        customer, _, method = token.token.partition("/")
        try:
            self.client.post(f"/payment_methods/{method}/detach")
        except StripeRefused as refused:
            self._gone_already(refused)
        try:
            self.client.delete(f"/customers/{customer}")
        except StripeRefused as refused:
            self._gone_already(refused)

    @staticmethod
    def _gone_already(refused: StripeRefused) -> None:
        if refused.http_status not in (400, 404):
            raise _unavailable(refused) from refused

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> ProviderEvent | None:
        """The event of a webhook call."""
        given = {name.lower(): value for name, value in headers.items()}
        signing.verify(given.get(signing.HEADER.lower(), ""), body, secrets=self.webhook_secrets, at=at)
        try:
            return reading.event(json.loads(body))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadSignature(reason="the body is not an event") from error

    # -- what only some providers can do ----------------------------------------------------------------------

    def browser_kit(self, intent: Intent, *, return_url: str, locale: str) -> BrowserKit:
        """The Payment Element: cards, Apple Pay, Google Pay, Link, whatever the account has switched on."""
        return BrowserKit(
            script="stripe/element.js",
            config={
                "library": f"{SCRIPTS}/v3/",
                "key": self.publishable_key,
                "secret": intent.client_token,
                "returnUrl": return_url,
                "locale": locale,
            },
        )

    def answer_dispute(self, reference: str, *, evidence: Mapping[str, str], key: str) -> DisputeNews:
        """Submit evidence."""
        form = {"evidence": to_stripe(evidence), "submit": True}
        return self._dispute(f"/disputes/{reference}", form, key=key)

    def accept_dispute(self, reference: str, *, key: str) -> DisputeNews:
        """Give in."""
        return self._dispute(f"/disputes/{reference}/close", {}, key=key)

    def list_since(self, since: datetime, until: datetime) -> Iterator[Movement]:
        """Charges, refunds and disputes made in [since, until)."""
        span = {"created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())}}
        try:
            for row in self.client.every("/charges", {**span, "expand": ["data.balance_transaction"]}):
                moved = reading.charge_movement(row)
                if moved is not None:
                    yield moved
            yield from map(reading.refund_movement, self.client.every("/refunds", span))
            yield from map(reading.dispute_movement, self.client.every("/disputes", span))
        except StripeRefused as refused:
            raise _unavailable(refused) from refused

    # -- inside -----------------------------------------------------------------------------------------------

    def _key(self, key: str) -> str:
        return f"{self.space}-{key}"

    def _keep(self, opened: dict[str, Any], *, save: bool, key: str) -> dict[str, Any]:
        """What is paid with is kept only while the customer wants it so. Each kept card has a customer of its own at
        Stripe: we tell them nothing of who our customers are."""
        path, kept = f"/payment_intents/{opened['id']}", bool(opened.get("setup_future_usage"))
        if save == kept or opened.get("status") not in ("requires_payment_method", "requires_confirmation"):
            return opened
        if not save:
            return self.client.post(path, {"setup_future_usage": "", **_SEEN})
        customer = reading.reference(opened.get("customer"))
        if not customer:
            customer = str(self.client.post("/customers", {}, key=self._key(f"{key}-customer"))["id"])
        return self.client.post(path, {"customer": customer, "setup_future_usage": "off_session", **_SEEN})

    def _means(self, reference: str, instrument: CardDetails | SavedCardToken | SharedToken) -> dict[str, Any]:
        """What is paid with, as the confirmation's form."""
        if isinstance(instrument, SharedToken):
            return {"payment_method_data": {"shared_payment_granted_token": instrument.token}}
        if isinstance(instrument, SavedCardToken):
            customer, _, method = instrument.token.partition("/")
            self.client.post(f"/payment_intents/{reference}", {"customer": customer})
            return {"payment_method": method}
        if not self.takes_cards:
            raise BadCard(field="number", problem="in_browser_only")
        number = {
            "number": instrument.number,
            "exp_month": instrument.exp_month,
            "exp_year": instrument.exp_year,
            "cvc": instrument.cvc,
        }
        return {"payment_method": str(self.client.post("/payment_methods", {"type": "card", "card": number})["id"])}

    def _declined(self, reference: str, refused: StripeRefused) -> Intent:
        """A refusal of an attempt: something was mistyped, the bank declines, or it went through already."""
        if refused.reason in _TYPED:
            field, problem = _TYPED[refused.reason]
            raise BadCard(field=field, problem=problem) from refused
        if refused.reason == "resource_missing" and refused.error.get("param") in ("payment_method", "customer"):
            raise BadCard(field="number", problem="forgotten") from refused
        if refused.http_status == 402 or refused.reason == "payment_intent_unexpected_state":
            told = refused.error.get("payment_intent")
            stands = _intent(told) if isinstance(told, dict) and told.get("status") else self.retrieve(reference)
            return stands if refused.http_status != 402 else reading.as_declined(stands, refused.error)
        if "shared_payment_granted_token" in str(refused.error.get("param") or ""):
            return reading.as_declined(self.retrieve(reference), {"code": f"token_{refused.reason}"})
        raise _unavailable(refused) from refused

    def _end(self, reference: str, verb: str, form: dict[str, Any], *, key: str) -> Intent:
        """Capture or cancel: where it cannot be done, the payment answers as it stands."""
        try:
            return _intent(self.client.post(f"/payment_intents/{reference}/{verb}", form, key=self._key(key)))
        except StripeRefused as refused:
            stands = self.retrieve(reference)
            over = stands.state in (reading.S.CAPTURED, reading.S.CANCELLED)
            if over or stands.capturing or (verb == "cancel" and refused.reason == "payment_intent_unexpected_state"):
                return stands
            if verb == "capture" and refused.http_status == 402:
                return reading.as_capture_failed(stands, refused.error)
            raise _unavailable(refused) from refused

    def _dispute(self, path: str, form: dict[str, Any], *, key: str) -> DisputeNews:
        try:
            return reading.dispute(self.client.post(path, form, key=self._key(key)))
        except StripeRefused as refused:
            raise _unavailable(refused) from refused


def _intent(pi: Mapping[str, Any]) -> Intent:
    try:
        return reading.intent(pi)
    except (KeyError, ValueError, TypeError) as error:
        raise PaymentUnavailable(reason="the answer cannot be read") from error


def _unavailable(refused: StripeRefused) -> PaymentUnavailable:
    return PaymentUnavailable(reason=refused.reason, retry=False)
