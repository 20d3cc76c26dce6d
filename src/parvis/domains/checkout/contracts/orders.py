"""What was bought, and what happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from parvis.core.money import Money
from parvis.domains.checkout.contracts.addresses import Address
from parvis.domains.checkout.contracts.parcels import Parcel
from parvis.domains.checkout.contracts.quotes import Adjustment, TaxShare, Totals
from parvis.domains.checkout.contracts.returns import Return
from parvis.domains.checkout.contracts.words import OrderState, PaymentState, RefundState, StepState


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    id: int
    variant_id: int
    product_id: int
    name: str
    sku: str
    size: str
    colour: str
    unit: Money
    quantity: int
    refunded_quantity: int
    preorder_on: date | None = None
    discount_minor: int = 0
    tax_basis_points: int = 0
    tax_minor: int = 0

    @property
    def total(self) -> Money:
        """Before what was taken off."""
        return self.unit * self.quantity

    @property
    def paid(self) -> Money:
        """After what was taken off: what is given back with the last piece."""
        return Money(self.total.amount_minor - self.discount_minor, self.unit.currency)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrailEntry:
    """Something that happened to an order, who did it (None: the shopper or the machine), and when."""

    kind: str
    detail: Mapping[str, Any]
    actor_id: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Payment:
    id: int
    provider: str
    reference: str
    state: PaymentState
    amount: Money
    authorised_minor: int
    captured_minor: int
    refunded_minor: int
    card_brand: str
    card_last4: str
    decline_code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refund:
    id: int
    order_id: int
    amount: Money
    lines: Mapping[int, int]
    reason: str
    state: RefundState
    key: str
    actor_id: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One order in full. ``reserved_until`` is set while the stock waits for the payment; ``adjustments`` is what was
    taken off and why, as the buyer saw it; ``taxes`` the tax in the total by rate;
    ``gift_left_minor`` what gift cards paid and have not had back; ``note`` what the buyer asked of who packs and
    delivers (known where one order is read by itself)."""

    id: int
    number: str
    token: str
    state: OrderState
    customer_id: int | None
    email: str
    name: str
    locale: str
    totals: Totals
    refunded: Money
    address: Address
    shipping_method: str
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    tracking: str
    lines: tuple[OrderLine, ...]
    trail: tuple[TrailEntry, ...] = ()
    payment: Payment | None = None
    refunds: tuple[Refund, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    returns: tuple[Return, ...] = ()
    reserved_until: datetime | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[TaxShare, ...] = ()
    gift_left_minor: int = 0
    note: str = ""

    @property
    def refundable(self) -> Money:
        """What can still be given back: to the card first, then to gift cards."""
        paid = self.payment.captured_minor - self.payment.refunded_minor if self.payment is not None else 0
        return Money(paid + self.gift_left_minor, self.totals.total.currency)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRow:
    """An order in a list."""

    id: int
    number: str
    token: str
    state: OrderState
    customer_id: int | None
    email: str
    name: str
    total: Money
    refunded: Money
    quantity: int
    placed_at: datetime
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderFilter:
    """All fields narrow; ``text`` looks at number, e-mail and name."""

    states: tuple[OrderState, ...] = ()
    text: str = ""
    customer_id: int | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None
    simulated: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """The order of a cart; ``repeated`` when it was placed by an earlier submit of the same form."""

    order: Order
    repeated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentStep:
    """What follows a payment attempt; ``next_url`` with ACTION_REQUIRED, ``decline_code`` with DECLINED."""

    state: StepState
    order_token: str
    next_url: str | None = None
    decline_code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedCard:
    """A card the customer let us keep: a token at the provider, never the number."""

    id: int
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase:
    """Proof that a customer bought a product: what a verified review refers to (``ref`` = "P-000123/45")."""

    ref: str
    order_id: int
    line_id: int
    variant_id: int
    size: str
    placed_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PastLine:
    variant_id: int
    product_id: int
    name: str
    size: str
    colour: str
    sku: str
    unit_minor: int
    quantity: int = 1
    refunded_quantity: int = 0
    preorder_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PastOrder:
    """An order that was made elsewhere or by the simulation, recorded as it was. Stock is not touched. ``provider`` and
    ``reference`` name its payment where a provider still knows it, so that its news find the order."""

    customer_id: int | None
    email: str
    name: str
    locale: str
    currency: str
    placed_at: datetime
    lines: tuple[PastLine, ...]
    state: OrderState = OrderState.DELIVERED
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    address: Address = field(default_factory=Address)
    shipping_method: str = "home"
    shipping_minor: int = 0
    refunded_minor: int = 0
    provider: str = "history"
    reference: str = ""
    card: tuple[str, str] = ("", "")
    visit: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
