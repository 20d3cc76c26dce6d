"""What happened, for others to hear."""

from dataclasses import dataclass
from typing import ClassVar

from parvis.core.events import Event, declare


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
class RefundBounced(Event):
    """The buyer's bank sent a refund back: what :class:`OrderRefunded` told of it holds no more, the money is still
    owed. ``reason`` is the provider's word."""

    name: ClassVar[str] = "checkout.refund_bounced"
    order_id: int
    customer_id: int | None
    amount_minor: int
    currency: str
    reason: str


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


@declare
@dataclass(frozen=True, kw_only=True)
class ParcelChanged(Event):
    """A parcel was packed, labelled or moved on; ``state`` as it then stood, "taken_apart" once it is none any more"""

    name: ClassVar[str] = "checkout.parcel_changed"
    order_id: int
    customer_id: int | None
    parcel_id: int
    state: str


@declare
@dataclass(frozen=True, kw_only=True)
class ReturnChanged(Event):
    """A return was asked for or moved on; ``state`` as it then stood, ``return_kind`` withdrawal or guarantee"""

    name: ClassVar[str] = "checkout.return_changed"
    order_id: int
    customer_id: int | None
    return_id: int
    return_kind: str
    state: str


@declare
@dataclass(frozen=True, kw_only=True)
class DisputeOpened(Event):
    """The cardholder's bank contests the payment of an order; ``reason`` is the provider's word."""

    name: ClassVar[str] = "checkout.dispute_opened"
    order_id: int
    customer_id: int | None
    amount_minor: int
    currency: str
    reason: str


@declare
@dataclass(frozen=True, kw_only=True)
class DisputeClosed(Event):
    """The bank has decided. When it was lost, :class:`OrderRefunded` tells of the money too."""

    name: ClassVar[str] = "checkout.dispute_closed"
    order_id: int
    customer_id: int | None
    amount_minor: int
    currency: str
    won: bool
