"""The smallest provider that can be bound: in memory, cards only, nothing besides the port. The guide's example."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from parvis.core.money import Money
from parvis.domains.checkout.ports import (
    BadCard,
    BadSignature,
    CardDetails,
    CardSummary,
    Instrument,
    Intent,
    IntentState,
    PaymentUnavailable,
    ProviderEvent,
    RefundResult,
    SavedCardToken,
)

S = IntentState
SECRET = b"of the tiny provider"
DECLINED = "4000000000000002"
TOLERANCE_SECONDS = 300
_OPEN = (S.CREATED, S.DECLINED)


def sign(body: bytes, *, at: datetime) -> str:
    """The header's value."""
    moment = str(int(at.timestamp()))
    return f"{moment}.{hmac.new(SECRET, moment.encode() + body, hashlib.sha256).hexdigest()}"


class Tiny:
    """Payments by their reference, and what is told of them."""

    name = "tiny"

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.intents: dict[str, Intent] = {}
        self.keys: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []

    def create(
        self, *, amount: Money, order_number: str, key: str, return_url: str, locale: str = "en", save: bool = False
    ) -> Intent:
        """The same key, the same payment."""
        reference = self.keys.setdefault(key, f"tiny_{len(self.keys) + 1}")
        fresh = Intent(reference=reference, client_token=f"{reference}_c", state=S.CREATED, amount=amount)
        known = self.intents.setdefault(reference, fresh)
        if known.amount != amount:
            raise PaymentUnavailable(reason="the key belongs to another amount", retry=False)
        return known

    def confirm(self, reference: str, *, instrument: Instrument, return_url: str = "") -> Intent:
        """Cards only."""
        known = self.retrieve(reference)
        if known.state not in _OPEN:
            return known
        if not isinstance(instrument, CardDetails):
            raise BadCard(field="number", problem="cards_only")
        if instrument.number == DECLINED:
            return self._turn(known, state=S.DECLINED, decline_code="card_declined")
        shown = CardSummary(
            brand="visa", last4=instrument.number[-4:], exp_month=instrument.exp_month, exp_year=instrument.exp_year
        )
        promised = known.amount.amount_minor
        return self._turn(known, state=S.AUTHORISED, decline_code="", authorised_minor=promised, card=shown)

    def capture(self, reference: str, *, amount: Money, key: str) -> Intent:
        """Once, and never more than was promised."""
        known = self.retrieve(reference)
        if known.state is S.CAPTURED:
            return known
        if known.state is not S.AUTHORISED or not 0 < amount.amount_minor <= known.authorised_minor:
            raise PaymentUnavailable(reason="this cannot be captured", retry=False)
        return self._turn(known, state=S.CAPTURED, captured_minor=amount.amount_minor)

    def cancel(self, reference: str, *, key: str) -> Intent:
        """Captured money is left alone."""
        known = self.retrieve(reference)
        return known if known.state is S.CAPTURED else self._turn(known, state=S.CANCELLED)

    def refund(self, reference: str, *, amount: Money, key: str) -> RefundResult:
        """A refusal is an answer."""
        known = self.retrieve(reference)
        if key not in self.keys:
            fits = 0 < amount.amount_minor <= known.captured_minor - known.refunded_minor
            failure = "" if fits else "too_much"
            self.keys[key] = RefundResult(reference=f"back_{len(self.keys)}", succeeded=fits, failure=failure)
            if fits:
                self._turn(known, refunded_minor=known.refunded_minor + amount.amount_minor)
        answer: RefundResult = self.keys[key]
        return answer

    def retrieve(self, reference: str) -> Intent:
        """As it stands."""
        if reference not in self.intents:
            raise PaymentUnavailable(reason="no such payment", retry=False)
        return self.intents[reference]

    def forget_card(self, token: SavedCardToken) -> None:
        """None is kept."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> ProviderEvent | None:
        """Signed, and lately."""
        given = {name.lower(): value for name, value in headers.items()}.get("tiny-signature", "")
        moment = given.partition(".")[0]
        if not (moment.isascii() and moment.isdigit() and len(moment) < 12):
            raise BadSignature(reason="malformed")
        sent = datetime.fromtimestamp(int(moment), tz=UTC)
        if not hmac.compare_digest(sign(body, at=sent).encode(), given.encode()):
            raise BadSignature(reason="mismatch")
        if abs((at - sent).total_seconds()) > TOLERANCE_SECONDS:
            raise BadSignature(reason="too old")
        told = json.loads(body)
        moved = datetime.fromisoformat(told.pop("at"))
        return ProviderEvent(provider=self.name, occurred_at=moved, **{**told, "state": S(told["state"])})

    def _turn(self, known: Intent, **changed: Any) -> Intent:
        self.intents[known.reference] = turned = replace(known, **changed)
        self.events.append(
            {
                "id": f"e{len(self.events)}",
                "kind": "payment",
                "reference": turned.reference,
                "state": turned.state.value,
                "authorised_minor": turned.authorised_minor,
                "captured_minor": turned.captured_minor,
                "refunded_minor": turned.refunded_minor,
                "currency": turned.amount.currency,
                "at": self.now().isoformat(),
            }
        )
        return turned
