"""Tables of carts, orders and payments. What must never be untrue is a constraint here, not a habit."""

from parvis.domains.checkout.models.alerts import StockAlert
from parvis.domains.checkout.models.carts import Cart, CartLine
from parvis.domains.checkout.models.moving import Moved
from parvis.domains.checkout.models.orders import Order, OrderEvent, OrderLine, Reservation, ShippingMethod
from parvis.domains.checkout.models.payments import Payment, Refund, SavedCard, WebhookSeen
from parvis.domains.checkout.models.sessions import Session

__all__ = [
    "Cart",
    "CartLine",
    "Moved",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Payment",
    "Refund",
    "Reservation",
    "SavedCard",
    "Session",
    "ShippingMethod",
    "StockAlert",
    "WebhookSeen",
]
