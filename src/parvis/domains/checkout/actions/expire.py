"""Reservations past their time: the order ends and its stock is free for others."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from parvis.domains.checkout import models
from parvis.domains.checkout.actions.capturing import void
from parvis.domains.checkout.actions.settling import give_up
from parvis.domains.checkout.contracts import OrderState, PaymentState, ReservationState
from parvis.domains.checkout.rules.orders import Verb


def expire(*, at: datetime, limit: int = 500) -> int:
    """End every unpaid order whose reservation is past due; returns how many. Any number of workers may run it.

    An order whose payment the bank has agreed to is left to the capture (capturing.capture_due).
    """
    late = models.Reservation.objects.filter(state=ReservationState.HELD.value, expires_at__lte=at)
    ids = list(late.order_by("order_id").values_list("order_id", flat=True).distinct()[:limit])
    ended = 0
    for order_id in ids:
        done, payment_id = _expire_one(order_id, at=at)
        ended += done
        if payment_id is not None:
            void(payment_id, at=at)
    return ended


@transaction.atomic
def _expire_one(order_id: int, *, at: datetime) -> tuple[bool, int | None]:
    """Whether this call has ended the order, and the payment to close at the provider."""
    held = models.Reservation.objects.filter(
        order=OuterRef("pk"), state=ReservationState.HELD.value, expires_at__lte=at
    )
    order = (
        models.Order.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(Exists(held), id=order_id, state=OrderState.AWAITING_PAYMENT.value)
        .first()
    )
    if order is None:
        return False, None  # paid, ended or given more time meanwhile, or another worker has it
    # Read again now that the order is locked: the shopper may have been given more time just before.
    if not order.reservations.filter(state=ReservationState.HELD.value, expires_at__lte=at).exists():
        return False, None
    payment = order.payments.exclude(state=PaymentState.CANCELLED.value).order_by("-id").first()
    if payment is not None and payment.capture_due_at is not None:
        return False, None
    give_up(order, Verb.EXPIRE, reason="expired", at=at)
    return True, payment.id if payment is not None else None
