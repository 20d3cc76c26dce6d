"""What others see of carts, orders and payments: plain, frozen, free of Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from parvis.core.events import Event, declare
from parvis.core.money import Money

# How much of one thing, and how many things, a cart takes.
MAX_QUANTITY = 20
MAX_LINES = 50
# The version of the sentence by which a customer lets us keep a card.
CARD_CONSENT = "card-2026-11"

# -- words ----------------------------------------------------------------------------------------------------


class OrderState(StrEnum):
    """Where an order stands. "paid" means that the money was captured, not only promised by a bank."""

    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"


WITHDRAWAL_DAYS = 14
"""Days after the parcel came in which a consumer may change their mind without a reason (directive 2011/83/EU,
article 9; code de la consommation, L221-18)."""


class PaymentState(StrEnum):
    CREATED = "created"
    ACTION_REQUIRED = "action_required"
    DECLINED = "declined"
    AUTHORISED = "authorised"
    CAPTURE_FAILED = "capture_failed"
    CANCELLED = "cancelled"
    CAPTURED = "captured"


class RefundState(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class ReservationState(StrEnum):
    HELD = "held"
    COMMITTED = "committed"
    RELEASED = "released"


class LineState(StrEnum):
    """Whether a cart line can be bought as it stands."""

    OK = "ok"
    REDUCED = "reduced"  # some are left, but fewer than wanted
    SOLD_OUT = "sold_out"
    ARCHIVED = "archived"


class StepState(StrEnum):
    """What the shopper does after a payment attempt."""

    PAID = "paid"
    PROCESSING = "processing"  # the bank has agreed, the money is on its way
    ACTION_REQUIRED = "action_required"  # go to ``next_url``
    DECLINED = "declined"  # try again, see ``decline_code``
    CANCELLED = "cancelled"  # too late: the order was cancelled
    REFUNDED = "refunded"  # the payment came too late and is on its way back


class ShippingKind(StrEnum):
    HOME = "home"
    PICKUP = "pickup"


# -- addresses and shipping -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A postal address. ``country`` is an ISO 3166 code; ``region`` a state where the country needs one;
    ``point`` the key of a pick-up point when the goods are collected (the other fields are then its address)."""

    line1: str = ""
    line2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = "FR"
    phone: str = ""
    point: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PickupPoint:
    """A place where goods are collected."""

    key: str
    name: str
    line1: str
    postcode: str
    city: str
    country: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShippingMethod:
    """A way to get the goods. ``free_from`` is the value of goods from which it costs nothing (None: never);
    ``days`` the usual delay in working days (low, high); no ``countries`` means everywhere we ship."""

    key: str
    kind: ShippingKind
    name_en: str
    name_fr: str
    price_minor: int
    free_from_minor: int | None
    countries: tuple[str, ...] = ()
    days: tuple[int, int] = (2, 4)
    points: tuple[PickupPoint, ...] = ()

    def name(self, locale: str) -> str:
        return self.name_fr if locale == "fr" else self.name_en


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """The sums of a cart or an order. Prices include the tax: ``tax`` is the part of ``total`` that is VAT at
    ``tax_basis_points`` (2000 = 20 %). ``to_free_shipping`` is what is missing for free shipping, if anything."""

    subtotal: Money
    shipping: Money
    discount: Money
    tax: Money
    total: Money
    tax_basis_points: int
    to_free_shipping: Money | None = None


# -- carts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class CartLine:
    """A line with today's price and stock. ``price_moved``: ``unit`` is not what the shopper was last shown."""

    variant_id: int
    product_id: int
    slug: str
    name: str
    sku: str
    size: str
    colour: str
    image_url: str
    quantity: int
    unit: Money
    price_seen: Money
    available: int
    state: LineState

    @property
    def price_moved(self) -> bool:
        return self.unit != self.price_seen

    @property
    def total(self) -> Money:
        return self.unit * self.quantity


@dataclass(frozen=True, kw_only=True, slots=True)
class Cart:
    """A cart as the shopper should see it now. ``id`` is None as long as nothing was ever put in."""

    id: int | None
    token: str
    customer_id: int | None
    currency: str
    lines: tuple[CartLine, ...]

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def subtotal(self) -> Money:
        return Money(sum(line.total.amount_minor for line in self.lines), self.currency)

    @property
    def prices_moved(self) -> tuple[CartLine, ...]:
        return tuple(line for line in self.lines if line.price_moved)

    @property
    def blocked(self) -> tuple[CartLine, ...]:
        """Lines that cannot be bought as they stand."""
        return tuple(line for line in self.lines if line.state is not LineState.OK)

    @property
    def ready(self) -> bool:
        return bool(self.lines) and not self.blocked and not self.prices_moved


# -- orders ---------------------------------------------------------------------------------------------------


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

    @property
    def total(self) -> Money:
        return self.unit * self.quantity


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
    """One order in full. ``reserved_until`` is set while the stock waits for the payment."""

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
    reserved_until: datetime | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True, kw_only=True, slots=True)
class PastOrder:
    """An order that was made elsewhere or by the simulation, recorded as it was. Stock is not touched."""

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
    visit: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)


# -- events ---------------------------------------------------------------------------------------------------


@declare
@dataclass(frozen=True, kw_only=True)
class CartLineAdded(Event):
    name: ClassVar[str] = "checkout.cart_line_added"
    cart_id: int
    product_id: int
    variant_id: int
    quantity: int
    visit: str | None = None


@declare
@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event):
    name: ClassVar[str] = "checkout.order_placed"
    order_id: int
    customer_id: int | None
    product_ids: tuple[int, ...]
    total_minor: int
    currency: str
    visit: str | None = None


@declare
@dataclass(frozen=True, kw_only=True)
class OrderPaid(Event):
    name: ClassVar[str] = "checkout.order_paid"
    order_id: int
    customer_id: int | None
    product_ids: tuple[int, ...]
    total_minor: int
    currency: str
    visit: str | None = None


@declare
@dataclass(frozen=True, kw_only=True)
class OrderCancelled(Event):
    name: ClassVar[str] = "checkout.order_cancelled"
    order_id: int
    customer_id: int | None
    reason: str


@declare
@dataclass(frozen=True, kw_only=True)
class OrderRefunded(Event):
    name: ClassVar[str] = "checkout.order_refunded"
    order_id: int
    customer_id: int | None
    amount_minor: int
    currency: str
    whole: bool


@declare
@dataclass(frozen=True, kw_only=True)
class OrderShipped(Event):
    name: ClassVar[str] = "checkout.order_shipped"
    order_id: int
    customer_id: int | None
    product_ids: tuple[int, ...]


@declare
@dataclass(frozen=True, kw_only=True)
class OrderDelivered(Event):
    name: ClassVar[str] = "checkout.order_delivered"
    order_id: int
    customer_id: int | None
    product_ids: tuple[int, ...]
