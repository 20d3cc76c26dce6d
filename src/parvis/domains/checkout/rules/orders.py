"""The life of an order as one table: which verb leads from which state to which."""

from collections.abc import Mapping
from enum import StrEnum

from parvis.core.errors import Conflict
from parvis.domains.checkout.contracts import OrderState, StepState


class Verb(StrEnum):
    """What can happen to an order. PAY_LATE: the money came after the reservation was given up."""

    PAY = "pay"
    PAY_LATE = "pay_late"
    CANCEL = "cancel"
    EXPIRE = "expire"
    SHIP = "ship"
    DELIVER = "deliver"
    REFUND_PART = "refund_part"
    REFUND_WHOLE = "refund_whole"


S = OrderState

# A partly refunded order may still have goods to send: ``ship`` and ``deliver`` lead on from it, and what was given
# back stays visible in the refunded amount. Only money that came too late leads out of "cancelled".
TRANSITIONS: Mapping[OrderState, Mapping[Verb, OrderState]] = {
    S.AWAITING_PAYMENT: {Verb.PAY: S.PAID, Verb.CANCEL: S.CANCELLED, Verb.EXPIRE: S.CANCELLED},
    S.PAID: {Verb.SHIP: S.SHIPPED, Verb.REFUND_PART: S.PARTLY_REFUNDED, Verb.REFUND_WHOLE: S.REFUNDED},
    S.SHIPPED: {Verb.DELIVER: S.DELIVERED, Verb.REFUND_PART: S.PARTLY_REFUNDED, Verb.REFUND_WHOLE: S.REFUNDED},
    S.DELIVERED: {Verb.REFUND_PART: S.PARTLY_REFUNDED, Verb.REFUND_WHOLE: S.REFUNDED},
    S.PARTLY_REFUNDED: {
        Verb.SHIP: S.SHIPPED,
        Verb.DELIVER: S.DELIVERED,
        Verb.REFUND_PART: S.PARTLY_REFUNDED,
        Verb.REFUND_WHOLE: S.REFUNDED,
    },
    S.CANCELLED: {Verb.PAY_LATE: S.PAID, Verb.REFUND_WHOLE: S.REFUNDED},
    S.REFUNDED: {},
}

# The trail's word for each verb.
TRAIL: Mapping[Verb, str] = {
    Verb.PAY: "paid",
    Verb.PAY_LATE: "paid_late",
    Verb.CANCEL: "cancelled",
    Verb.EXPIRE: "expired",
    Verb.SHIP: "shipped",
    Verb.DELIVER: "delivered",
    Verb.REFUND_PART: "refunded",
    Verb.REFUND_WHOLE: "refunded",
}


class NotPossible(Conflict):
    """``verb`` cannot follow ``state``."""

    code = "order_state"
    template = "An order that is %(state)s cannot be changed by: %(verb)s."


def follow(state: OrderState, verb: Verb, *, shipped: bool = False, delivered: bool = False) -> OrderState:
    """The state after ``verb``. ``shipped`` and ``delivered`` are facts of the order: goods leave and arrive once,
    and arrive only after they left. Raises :class:`NotPossible`."""
    after = TRANSITIONS[state].get(verb)
    if after is None or (verb is Verb.SHIP and shipped) or (verb is Verb.DELIVER and (delivered or not shipped)):
        raise NotPossible(state=state.value, verb=verb.value)
    return after


def can(state: OrderState, verb: Verb, *, shipped: bool = False, delivered: bool = False) -> bool:
    """Whether :func:`follow` would answer."""
    try:
        follow(state, verb, shipped=shipped, delivered=delivered)
    except NotPossible:
        return False
    return True


def sources(verb: Verb) -> tuple[OrderState, ...]:
    """The states from which ``verb`` is possible: the condition of the conditional update."""
    return tuple(state for state, ways in TRANSITIONS.items() if verb in ways)


def unrefunded(refunded_minor: int, *, shipped: bool, delivered: bool, cancelled: bool) -> OrderState:
    """Where an order stands after a refund was sent back by the buyer's bank and ``refunded_minor`` is left of what was
    given back: where it stood without that refund."""
    if cancelled:
        return S.CANCELLED
    if refunded_minor:
        return S.PARTLY_REFUNDED
    if delivered:
        return S.DELIVERED
    return S.SHIPPED if shipped else S.PAID


# What the shopper is told about an order that is asked to be paid once more.
SETTLED: Mapping[OrderState, StepState] = {
    S.PAID: StepState.PAID,
    S.SHIPPED: StepState.PAID,
    S.DELIVERED: StepState.PAID,
    S.PARTLY_REFUNDED: StepState.PAID,
    S.REFUNDED: StepState.REFUNDED,
    S.CANCELLED: StepState.CANCELLED,
}

# An order that counts as bought, as long as not every piece of the line came back.
BOUGHT = (S.PAID, S.SHIPPED, S.DELIVERED, S.PARTLY_REFUNDED)

# Orders that ended for want of time or money live again when the money comes and the goods are still there; one that
# a person has cancelled stays cancelled.
REVIVABLE = ("expired", "payment_failed")
