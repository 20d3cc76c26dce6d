"""The words of checkout: states and kinds."""

from enum import StrEnum

# How much of one thing, and how many things, a cart takes.
MAX_QUANTITY = 20
MAX_LINES = 50
# The version of the sentence by which a customer lets us keep a card.
CARD_CONSENT = "card-2026-11"


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
