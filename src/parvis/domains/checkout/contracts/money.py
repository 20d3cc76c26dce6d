"""Disputes, differences with the provider's books, attempts to pay: what others see of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from parvis.core.money import Money


class DisputeState(StrEnum):
    """Where a dispute stands. WARNING is a bank's question before any money is taken back."""

    WARNING = "warning"
    OPEN = "open"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


ANSWERABLE = (DisputeState.WARNING, DisputeState.OPEN)
CLOSED = (DisputeState.WON, DisputeState.LOST)

EVIDENCE = (
    "customer_name",
    "customer_email",
    "articles",
    "shipping_address",
    "shipped_on",
    "tracking",
    "delivery",
    "invoice",
    "consents",
    "payment",
    "note",
)
"""What may be sent to answer a dispute, in the order in which a person reads it. All of it but ``note`` comes from the
order itself (queries.evidence)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispute:
    """A contested payment of an order."""

    id: int
    order_id: int
    order_number: str
    customer: str
    reference: str
    reason: str
    state: DisputeState
    amount: Money
    fee: Money
    opened_at: datetime
    evidence_due_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    actor_id: int | None
    evidence: Mapping[str, str] = field(default_factory=dict)

    @property
    def answerable(self) -> bool:
        return self.state in ANSWERABLE and self.answered_at is None


class DifferenceKind(StrEnum):
    """What can differ between the provider's books and ours."""

    UNKNOWN_PAYMENT = "unknown_payment"  # money at the provider that no order of ours asked for
    NOT_CHARGED = "not_charged"  # an order of ours counts as paid, the provider has no such charge
    AMOUNT = "amount"  # both know the payment, with other amounts
    CURRENCY = "currency"
    CHARGED_CANCELLED = "charged_cancelled"  # the order was cancelled, and its money is still held
    CAPTURED_TWICE = "captured_twice"  # more was taken for an order than it costs
    REFUND_THERE = "refund_there"  # money went back in the provider's own back office
    REFUND_MISSING = "refund_missing"  # we count a refund that the provider did not make
    REFUND_BOUNCED = "refund_bounced"  # the buyer's bank sent a refund back: it is owed once more
    DISPUTE_UNHEARD = "dispute_unheard"  # the provider knows of a dispute that we were not told of
    DISPUTE_STATE = "dispute_state"  # both know the dispute, and tell its state or sum differently
    FEE = "fee"  # the provider kept more of a charge than cards cost
    NEWS_UNHEARD = "news_unheard"  # the provider has taken money that we did not know of yet


class DifferenceState(StrEnum):
    OPEN = "open"
    MENDED = "mended"  # by taking the provider's news in
    SETTLED = "settled"  # by a person
    GONE = "gone"  # it does not differ any more


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Something that the two books tell differently."""

    id: int
    kind: DifferenceKind
    reference: str
    order_id: int | None
    order_number: str
    ours: Money
    theirs: Money
    state: DifferenceState
    first_seen_at: datetime
    settled_at: datetime | None
    actor_id: int | None
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MoneyDay:
    """The sums of a day in both books, in minor units. ``fees`` is what the provider kept."""

    day: date
    ours: int = 0
    theirs: int = 0
    ours_refunded: int = 0
    theirs_refunded: int = 0
    fees: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Reconciliation:
    """One comparison: the movements read, the differences found and mended, the sums of its days. ``problem`` says in
    a word why it could not be made."""

    id: int
    provider: str
    since: datetime
    until: datetime
    at: datetime
    movements: int
    found: int
    mended: int
    currency: str
    problem: str
    days: tuple[MoneyDay, ...]


class AttemptOutcome(StrEnum):
    TRYING = "trying"  # the provider has not answered yet, or never did
    PAID = "paid"
    ASKED = "asked"  # the bank asks on its page
    DECLINED = "declined"
    UNREADABLE = "unreadable"
    BLOCKED = "blocked"  # not tried: too many were declined before


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenFrom:
    """Where an attempt to pay comes from: the network address and the visit, as the door knows them. Neither is kept
    as such. Empty: not known (an agent's platform)."""

    address: str = ""
    visit: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptFigures:
    """The attempts of a stretch of time."""

    attempts: int
    paid: int
    declined: int
    blocked: int
    cards: int
    addresses: int

    @property
    def declined_share(self) -> float:
        return self.declined / self.attempts if self.attempts else 0.0
