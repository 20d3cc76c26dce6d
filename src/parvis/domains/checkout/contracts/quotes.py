"""What a cart costs, and why: every sum that a door shows or charges comes from a :class:`Quote`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from parvis.core.money import Money
from parvis.domains.checkout.contracts.addresses import ShippingMethod


class AdjustmentKind(StrEnum):
    """What takes something off. Gift cards are not among them: they pay, they do not make anything cheaper."""

    PROMOTION = "promotion"  # the brand's own, for everybody, without a code
    BUNDLE = "bundle"  # articles that are cheaper together
    CODE = "code"  # a promotion code
    CREATOR = "creator"  # a creator's code: the sale is theirs too
    MEMBER = "member"  # what a status gives


class CodeProblem(StrEnum):
    """Why a code that was typed does not count."""

    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    USED_UP = "used_up"
    USED_BEFORE = "used_before"  # by this customer
    BELOW_MINIMUM = "below_minimum"  # detail: missing_minor
    NO_ARTICLE = "no_article"  # nothing in the cart that it is for
    SIGN_IN = "sign_in"  # for members
    NO_STATUS = "no_status"  # for members with a status that this customer does not hold
    NOT_COMBINED = "not_combined"  # detail: with_en, with_fr (the better one that counts instead), saves_minor
    EMPTY = "empty"  # a gift card without a balance
    BLOCKED = "blocked"  # a gift card that the brand has blocked
    CURRENCY = "currency"


@dataclass(frozen=True, kw_only=True, slots=True)
class Adjustment:
    """Something taken off. ``amount`` is positive and is the sum of ``lines`` (variant id -> minor units, each within
    what that line still costs) and ``shipping_minor``. ``key`` names the promotion; ``code`` is as typed, in capitals,
    empty when nothing was typed. ``reason_*`` says in words why it applies and how it combines."""

    kind: AdjustmentKind
    key: str
    name_en: str
    name_fr: str
    amount: Money
    lines: Mapping[int, int] = field(default_factory=dict)
    shipping_minor: int = 0
    code: str = ""
    reason_en: str = ""
    reason_fr: str = ""

    @property
    def off_goods(self) -> Money:
        return Money(self.amount.amount_minor - self.shipping_minor, self.amount.currency)

    @property
    def off_shipping(self) -> Money:
        return Money(self.shipping_minor, self.amount.currency)

    def name(self, locale: str) -> str:
        return self.name_fr if locale == "fr" else self.name_en

    def reason(self, locale: str) -> str:
        return self.reason_fr if locale == "fr" else self.reason_en


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeAnswer:
    """What became of a code: it counts, or why not (``detail`` holds the parameters of its sentence)."""

    code: str
    problem: CodeProblem | None = None
    gift_card: bool = False
    detail: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftCardShare:
    """What a gift card pays of this cart: ``used`` is at most ``balance``."""

    id: int
    last4: str
    balance: Money
    used: Money

    @property
    def left(self) -> Money:
        """What stays on the card."""
        return self.balance - self.used


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxShare:
    """The part of the total taxed at one rate; ``net`` + ``tax`` is what is paid at it. ``country`` is whose tax it
    is; empty where it is nobody's."""

    basis_points: int
    net: Money
    tax: Money
    country: str = ""

    @property
    def percent(self) -> float:
        return self.basis_points / 100


@dataclass(frozen=True, kw_only=True, slots=True)
class QuoteLine:
    """A line of the cart with what is taken off it. ``was`` is the lowest price of the 30 days before a reduction of
    the price itself (directive 98/6/EC, article 6a), or None. ``total`` = ``subtotal`` - ``discount``; ``tax`` is the
    part of ``total`` that is tax."""

    variant_id: int
    quantity: int
    unit: Money
    was: Money | None
    subtotal: Money
    discount: Money
    total: Money
    tax: Money
    basis_points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """The sums of a cart or an order: ``total`` = ``subtotal`` + ``shipping`` - ``discount``, where ``shipping`` is
    what is paid for it (offers on shipping already taken off) and ``discount`` what is taken off the goods.

    Prices include the tax: ``tax`` is the part of ``total`` that is VAT at ``tax_basis_points`` (2000 = 20 %; where
    goods have several rates, the one of most of them). ``gift_cards`` is the part of ``total`` that gift cards pay;
    ``due`` is left to pay. ``to_free_shipping`` is what is missing for free shipping, if anything."""

    subtotal: Money
    shipping: Money
    discount: Money
    tax: Money
    total: Money
    tax_basis_points: int
    gift_cards: Money
    to_free_shipping: Money | None = None

    @property
    def tax_percent(self) -> float:
        return self.tax_basis_points / 100

    @property
    def due(self) -> Money:
        return self.total - self.gift_cards


@dataclass(frozen=True, kw_only=True, slots=True)
class ShippingOffer:
    """A way to ship this cart, with what the whole then costs and between which days it arrives."""

    method: ShippingMethod
    totals: Totals
    earliest: date
    latest: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """What the cart costs in ``country``: ``offers`` are the ways to ship there, the chosen one (``chosen``, or the
    first one while nothing is chosen) counts in ``totals``. Without any offer shipping counts nothing and the cart
    cannot be ordered to that country."""

    country: str
    lines: tuple[QuoteLine, ...]
    totals: Totals
    chosen: str = ""
    offers: tuple[ShippingOffer, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    answers: tuple[CodeAnswer, ...] = ()
    gift_cards: tuple[GiftCardShare, ...] = ()
    taxes: tuple[TaxShare, ...] = ()

    @property
    def offer(self) -> ShippingOffer | None:
        """The way to ship that counts in the totals."""
        return next((each for each in self.offers if each.method.key == self.chosen), None)

    def line(self, variant_id: int) -> QuoteLine:
        return next(line for line in self.lines if line.variant_id == variant_id)
