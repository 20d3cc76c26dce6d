"""What every payment provider can do, and who provides it here.

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
class SharedToken:
    """A token that a shopping agent's platform gave for this purchase (ACP delegated payment, Stripe shared payment
    granted token). It has limits of its own, which the provider keeps: amount, currency, time, shop, one use.
    ``session`` is the checkout it is used in, for providers that keep a token to the one it was given for."""

    token: str = field(repr=False)
    session: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientConfirmed:
    """The shopper paid on the provider's own element or page in the browser (Apple Pay, Google Pay, Link, a bank's
    page): nothing is sent, the payment is looked at. ``kind`` is what the browser calls it, for the trail only."""

    kind: str = ""


Instrument = CardDetails | SavedCardToken | SharedToken | ClientConfirmed


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
    ``capturing``: the capture was taken on and its end is told later (bank debits, asynchronous capture).
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
    capturing: bool = False
    card: CardSummary | None = None
    saved_token: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundResult:
    """``reference`` of the refund at the provider; when not ``succeeded``, ``failure`` is a code."""

    reference: str
    succeeded: bool
    failure: str = ""


class DisputeState(StrEnum):
    """Where a dispute stands. WARNING is a bank's question before any money is taken back."""

    WARNING = "warning"
    OPEN = "open"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeNews:
    """A cardholder's bank contests a payment, as the provider tells it. ``reason`` is the provider's word
    ("fraudulent", "product_not_received" …), ``fee_minor`` what the provider takes for it whatever the end."""

    reference: str
    payment_reference: str
    amount: Money
    reason: str
    state: DisputeState
    opened_at: datetime
    evidence_due_at: datetime | None = None
    fee_minor: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundNews:
    """What became of one refund: ``key`` as it was given to ``refund``, empty when the provider keeps none. A refund
    that has ``failed`` after it had succeeded was sent back by the buyer's bank (a closed account)."""

    reference: str
    amount_minor: int
    succeeded: bool
    key: str = ""
    failure: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderEvent:
    """A signed message of the provider: the payment ``reference`` as it stood at ``occurred_at``. Events come late,
    twice and in any order; ``id`` is the same each time. ``state`` None: the message says nothing of the state
    (a dispute, a fee); ``currency`` empty: nor of the currency. ``dispute``, ``refund``: what it says of one."""

    id: str
    provider: str
    kind: str
    reference: str
    state: IntentState | None
    authorised_minor: int
    captured_minor: int
    refunded_minor: int
    occurred_at: datetime
    currency: str = ""
    decline_code: str = ""
    card: CardSummary | None = None
    dispute: DisputeNews | None = None
    refund: RefundNews | None = None


class PaymentProvider(Protocol):
    """A payment provider. All methods may raise :class:`PaymentUnavailable`; after one without an answer the caller
    asks again with the same ``key``, or looks with :meth:`retrieve`."""

    @property
    def name(self) -> str: ...

    def create(
        self, *, amount: Money, order_number: str, key: str, return_url: str, locale: str = "en", save: bool = False
    ) -> Intent:
        """Open a payment; the same ``key`` gives the same one (its ``return_url`` is brought up to date). ``save``: the
        customer agreed that what they pay with is kept."""

    def confirm(self, reference: str, *, instrument: Instrument, return_url: str = "") -> Intent:
        """Try to pay. A decline is an answer, not an error; a payment that went through already answers as it stands.
        Raises :class:`BadCard` for what cannot be read."""

    def capture(self, reference: str, *, amount: Money, key: str) -> Intent:
        """Take the money that was authorised. Captured already: answers as it stands."""

    def cancel(self, reference: str, *, key: str) -> Intent:
        """Give an authorisation back. Without effect on what was captured."""

    def refund(self, reference: str, *, amount: Money, key: str) -> RefundResult:
        """Give captured money back, in part or whole. More than is left is refused by the answer."""

    def retrieve(self, reference: str) -> Intent:
        """The payment as it stands."""

    def forget_card(self, token: SavedCardToken) -> None:
        """Delete a kept card; one that is gone already is no error."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> ProviderEvent | None:
        """The event of a webhook call; None for one that says nothing to us. Raises :class:`BadSignature`."""


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


def bound() -> PaymentProvider | None:
    """The bound provider, if any."""
    return _bound.get("payments")
