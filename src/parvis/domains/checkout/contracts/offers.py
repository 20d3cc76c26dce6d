"""What the brand takes off, and for whom; and cards that pay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from parvis.core.money import Money
from parvis.domains.checkout.contracts.quotes import AdjustmentKind

# How many codes a cart keeps: more are typed by machines.
MAX_CODES = 10


class Benefit(StrEnum):
    """What a promotion gives. ``value`` of the promotion means something else for each."""

    PERCENTAGE = "percentage"  # value: basis points of the goods it is for (1000 = 10 %)
    AMOUNT = "amount"  # value: minor units, taken off once
    FREE_SHIPPING = "free_shipping"  # no value
    N_FOR_M = "n_for_m"  # of each ``take`` pieces the cheapest ones are free, ``pay`` are paid
    SET_PRICE = "set_price"  # value: the price of ``take`` pieces; with take 0, of one each of ``products``


class PromotionState(StrEnum):
    """Where a promotion stands at a moment."""

    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"  # its time has passed, or its uses
    STOPPED = "stopped"


BUNDLES = (Benefit.N_FOR_M, Benefit.SET_PRICE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What a promotion says: who gets what off which goods, and when.

    ``code`` in capitals, empty for one that needs none. ``products`` (ids) and ``categories`` (keys of categories or
    departments) narrow the goods it is for; both empty: all goods. ``full_price_only`` leaves out articles whose price
    is reduced already. ``minimum_minor`` is the value of those goods before anything is taken off. It runs from
    ``starts_at`` to just before ``ends_at``. ``exclusive``: combines with nothing else that takes something off.
    ``status``: only for customers who hold it. ``creator``: whose code it is.
    """

    kind: AdjustmentKind
    benefit: Benefit
    name_en: str
    name_fr: str
    value: int = 0
    code: str = ""
    products: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    full_price_only: bool = False
    take: int = 0
    pay: int = 0
    minimum_minor: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_uses: int | None = None
    max_per_customer: int | None = None
    exclusive: bool = False
    status: str = ""
    creator: str = ""

    def name(self, locale: str) -> str:
        return self.name_fr if locale == "fr" else self.name_en


@dataclass(frozen=True, kw_only=True, slots=True)
class Promotion:
    """A promotion of the brand. ``revision`` grows with each change; ``used`` counts orders that have it and stand."""

    id: int
    key: str
    terms: Terms
    currency: str
    revision: int = 1
    used: int = 0
    stopped_at: datetime | None = None

    def state(self, at: datetime) -> PromotionState:
        terms = self.terms
        if self.stopped_at is not None:
            return PromotionState.STOPPED
        if terms.starts_at is not None and at < terms.starts_at:
            return PromotionState.PLANNED
        if terms.ends_at is not None and at >= terms.ends_at:
            return PromotionState.OVER
        if terms.max_uses is not None and self.used >= terms.max_uses:
            return PromotionState.OVER
        return PromotionState.RUNNING


@dataclass(frozen=True, kw_only=True, slots=True)
class PromotionRow:
    """A promotion in the list with what came of it: ``revenue`` of the paid orders that have it, ``given`` what it
    took off them."""

    promotion: Promotion
    orders: int
    revenue: Money
    given: Money


class GiftCardState(StrEnum):
    ACTIVE = "active"
    BLOCKED = "blocked"


class GiftEntryKind(StrEnum):
    """Why a balance changed. The signed amounts of a card's entries sum to its balance."""

    ISSUED = "issued"
    TOPPED_UP = "topped_up"
    SPENT = "spent"
    RETURNED = "returned"  # the order was cancelled or refunded


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftCard:
    """A gift card; its code is known to its holder only."""

    id: int
    last4: str
    state: GiftCardState
    balance: Money
    initial: Money
    recipient: str
    note: str
    issued_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftEntry:
    """A line of a card's ledger; ``amount`` is signed, ``order_number`` empty when no order is behind it."""

    kind: GiftEntryKind
    amount: Money
    balance: Money
    order_id: int | None
    order_number: str
    actor_id: int | None
    note: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Issued:
    """A fresh card and its code: this is the only time that it is told."""

    card: GiftCard
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxTable:
    """What the brand charges where. ``home`` is where it is registered; ``oss``: it declares sales to consumers of
    other countries of the Union there (one-stop shop) and taxes them at the rate of the country of arrival, else at
    its own. ``rates``: standard rates in basis points that differ from the built-in ones; ``reduced``: category or
    department -> country -> basis points."""

    home: str = "FR"
    oss: bool = True
    rates: Mapping[str, int] = field(default_factory=dict)
    reduced: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    revision: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxReportRow:
    """What was sold to a country at a rate, refunds taken off."""

    country: str
    basis_points: int
    orders: int
    net: Money
    tax: Money

    @property
    def percent(self) -> float:
        return self.basis_points / 100
