"""Tables of carts, orders and payments. What must never be untrue is a constraint here, not a habit."""

from parvis.domains.checkout.models.alerts import StockAlert
from parvis.domains.checkout.models.carts import Cart, CartLine
from parvis.domains.checkout.models.legal import LegalText
from parvis.domains.checkout.models.money import Difference, Dispute, PayAttempt, Reconciliation
from parvis.domains.checkout.models.moving import Moved
from parvis.domains.checkout.models.offers import (
    GiftCard,
    GiftEntry,
    MemberStatus,
    Promotion,
    PromotionUse,
    TaxSetup,
)
from parvis.domains.checkout.models.orders import Order, OrderEvent, OrderLine, Reservation, ShippingMethod
from parvis.domains.checkout.models.papers import BrandStamp, Paper, PaperSequence, Setting
from parvis.domains.checkout.models.parcels import Parcel, ParcelNews
from parvis.domains.checkout.models.payments import Payment, Refund, SavedCard, WebhookSeen
from parvis.domains.checkout.models.reminders import CartReminder
from parvis.domains.checkout.models.returns import Declaration, Return, ReturnLine
from parvis.domains.checkout.models.sessions import Session

__all__ = [
    "BrandStamp",
    "Cart",
    "CartLine",
    "CartReminder",
    "Declaration",
    "Difference",
    "Dispute",
    "GiftCard",
    "GiftEntry",
    "LegalText",
    "MemberStatus",
    "Moved",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Paper",
    "PaperSequence",
    "Parcel",
    "ParcelNews",
    "PayAttempt",
    "Payment",
    "Promotion",
    "PromotionUse",
    "Reconciliation",
    "Refund",
    "Reservation",
    "Return",
    "ReturnLine",
    "SavedCard",
    "Session",
    "Setting",
    "ShippingMethod",
    "StockAlert",
    "TaxSetup",
    "WebhookSeen",
]
