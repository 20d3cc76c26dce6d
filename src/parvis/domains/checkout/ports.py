"""What checkout needs from a payment provider, and who provides it here.

A provider is called outside of database transactions: it may be slow, and its answer must not be lost by a rollback
of ours. Every call that moves money takes a ``key``: the same key never moves it twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from parvis.core.errors import ParvisError
from parvis.core.money import Money


class PaymentUnavailable(ParvisError):
    """The provider cannot be asked now, or refuses the call; ``retry`` says whether trying later makes sense."""

    code = "payment_unavailable"
    status = 502
    template = "The payment service did not answer: %(reason)s."

    @property
    def retry(self) -> bool:
        return bool(self.params.get("retry", True))


class BadCard(ParvisError):
    """The provider cannot read the card; ``field`` (number, expiry, cvc) and ``problem`` (a code) say why."""

    code = "bad_card"
    status = 422
    template = "The card cannot be used: %(field)s %(problem)s."


class BadSignature(ParvisError):
    """A webhook was not signed by the provider, or too long ago; ``reason`` says which."""

    code = "bad_signature"
    status = 400
    template = "The webhook's signature is not valid: %(reason)s."


class PaymentsUnbound(ParvisError):
    """No provider was bound (project/wiring.py does it)."""

    code = "payments_unbound"
    status = 503
    template = "No payment provider is configured."


class IntentState(StrEnum):
    CREATED = "created"
    ACTION_REQUIRED = "action_required"
    DECLINED = "declined"
    AUTHORISED = "authorised"
    CAPTURE_FAILED = "capture_failed"
    CANCELLED = "cancelled"
    CAPTURED = "captured"


@dataclass(frozen=True, kw_only=True, slots=True)
class CardDetails:
    """A card as typed. Nothing of it is shown by ``repr``, so that no log or traceback can keep it.

    ``save`` asks the provider for a token for later purchases: only with the customer's consent.
    """

    number: str = field(repr=False)
    exp_month: int = field(repr=False)
    exp_year: int = field(repr=False)
    cvc: str = field(repr=False)
    holder: str = field(default="", repr=False)
    save: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedCardToken:
    """A card kept by the provider."""

    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class CardSummary:
    """What may be kept of a card."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """A payment as the provider knows it. ``next_url`` with ACTION_REQUIRED, ``decline_code`` with DECLINED or
    CAPTURE_FAILED (``retry`` then says whether the capture may be tried again), ``saved_token`` when a card was kept.
    """

    reference: str
    client_token: str
    state: IntentState
    amount: Money
    authorised_minor: int = 0
    captured_minor: int = 0
    refunded_minor: int = 0
    next_url: str | None = None
    decline_code: str = ""
    retry: bool = True
    card: CardSummary | None = None
    saved_token: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundResult:
    """``reference`` of the refund at the provider; when not ``succeeded``, ``failure`` is a code."""

    reference: str
    succeeded: bool
    failure: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderEvent:
    """A signed message of the provider: the payment as it stood at ``occurred_at``. Events come late, twice and in
    any order; ``id`` is the same each time."""

    id: str
    provider: str
    kind: str
    reference: str
    state: IntentState
    authorised_minor: int
    captured_minor: int
    refunded_minor: int
    occurred_at: datetime
    decline_code: str = ""
    card: CardSummary | None = None


class PaymentProvider(Protocol):
    """A payment provider. All methods may raise :class:`PaymentUnavailable`."""

    @property
    def name(self) -> str: ...

    def create(self, *, amount: Money, order_number: str, key: str, return_url: str, locale: str = "en") -> Intent:
        """Open a payment; the same ``key`` gives the same one (its ``return_url`` is brought up to date)."""

    def confirm(self, reference: str, *, card: CardDetails | SavedCardToken) -> Intent:
        """Try a card. A decline is an answer, not an error. Raises :class:`BadCard`."""

    def capture(self, reference: str, *, amount: Money, key: str) -> Intent:
        """Take the money that was authorised."""

    def cancel(self, reference: str, *, key: str) -> Intent:
        """Give an authorisation back. Without effect on what was captured."""

    def refund(self, reference: str, *, amount: Money, key: str) -> RefundResult:
        """Give captured money back, in part or whole."""

    def retrieve(self, reference: str) -> Intent:
        """The payment as it stands."""

    def forget_card(self, token: SavedCardToken) -> None:
        """Delete a kept card."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> ProviderEvent:
        """The event of a webhook call. Raises :class:`BadSignature`."""


_bound: dict[str, PaymentProvider] = {}


def bind_payments(provider: PaymentProvider) -> None:
    """Called by project/wiring.py (and by tests)."""
    _bound["payments"] = provider


def payments() -> PaymentProvider:
    """The bound provider; raises :class:`PaymentsUnbound`."""
    try:
        return _bound["payments"]
    except KeyError:
        raise PaymentsUnbound from None
