"""An order that leaves nothing to pay: gift cards, or what was taken off, cover all of it. No provider is asked."""

from datetime import datetime

from django.db import transaction

from parvis.domains.checkout import models
from parvis.domains.checkout.actions import moves, settling
from parvis.domains.checkout.contracts import OrderState, PaymentState
from parvis.domains.checkout.models.payments import NO_PROVIDER
from parvis.domains.checkout.rules.orders import Verb


def nothing_due(order: models.Order) -> bool:
    """Whether the order needs no payment."""
    return order.total_minor == order.gift_minor


@transaction.atomic
def settle_without_payment(order_id: int, *, at: datetime) -> bool:
    """Mark an order paid that leaves nothing to pay and waits for its payment. Doing it twice, or at the moment when
    the order expires, does it once or not at all; returns whether this call did."""
    order = moves.locked(order_id)
    if order.state != OrderState.AWAITING_PAYMENT or not nothing_due(order):
        return False
    models.Payment.objects.create(
        order=order,
        provider=NO_PROVIDER,
        reference=order.number,
        state=PaymentState.CAPTURED.value,
        currency=order.currency,
        amount_minor=0,
        created_at=at,
    )
    detail = {"amount_minor": 0, "gift_minor": order.gift_minor}
    moves.move(order, Verb.PAY, at=at, detail=detail, paid_at=at)
    moves.commit_stock(order, at=at)
    settling.tell_paid(order, at=at)
    return True
