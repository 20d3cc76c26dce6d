"""What a process left half done when it died: found by the worker each minute, and led to a right end.

Orders and their stock have their own ends (expire), captures and refunds their own due moments (capturing, refunds).
Here are the two gaps between them: an attempt to pay whose answer was never heard, and an order that ended while its
payment could not be closed.
"""

from datetime import datetime, timedelta

import structlog
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from parvis.core.errors import ParvisError
from parvis.domains.checkout import models, ports
from parvis.domains.checkout.actions import capturing, settling
from parvis.domains.checkout.actions.keeping import keep_card
from parvis.domains.checkout.contracts import OrderState, PaymentState, ReservationState

log = structlog.get_logger("parvis.checkout")
# An answer takes seconds; after this time nobody waits for it any more.
UNHEARD_AFTER = timedelta(seconds=60)
# A shopper on the bank's page is asked for shortly before the goods would be given up.
BEFORE_THE_END = timedelta(seconds=90)
LOOKED_BACK = timedelta(hours=3)
CLOSE_EVERY, CLOSE_FOR = timedelta(minutes=10), timedelta(days=7)
_OPEN = (PaymentState.CREATED.value, PaymentState.ACTION_REQUIRED.value, PaymentState.DECLINED.value)


def recover(*, at: datetime, limit: int = 100) -> int:
    """Ask the provider about payments nobody has heard of, and close those of ended orders. Returns how many were
    looked at. Any number of workers may run it."""
    asked = 0
    for payment_id in list(_next(_unheard(at), at, every=UNHEARD_AFTER).values_list("id", flat=True)[:limit]):
        if _mine(payment_id, at, every=UNHEARD_AFTER):
            _ask(payment_id, at=at)
            asked += 1
    for payment_id in list(_next(_unclosed(at), at, every=CLOSE_EVERY).values_list("id", flat=True)[:limit]):
        if _mine(payment_id, at, every=CLOSE_EVERY):
            capturing.void(payment_id, at=at)
            asked += 1
    return asked


def _unheard(at: datetime) -> "QuerySet[models.Payment]":
    """Of orders that wait: an attempt whose answer never came, and a shopper on the bank's page as time runs out."""
    running_out = models.Reservation.objects.filter(
        order=OuterRef("order_id"), state=ReservationState.HELD.value, expires_at__lte=at + BEFORE_THE_END
    )
    silent = Q(attempted_at__lte=at - UNHEARD_AFTER) & (Q(news_at__isnull=True) | Q(news_at__lt=F("attempted_at")))
    asked = Q(state=PaymentState.ACTION_REQUIRED.value) & Exists(running_out)
    waiting = models.Payment.objects.filter(order__state=OrderState.AWAITING_PAYMENT.value, state__in=_OPEN)
    return waiting.filter(silent | asked, attempted_at__gte=at - LOOKED_BACK)


def _unclosed(at: datetime) -> "QuerySet[models.Payment]":
    """Payments that could still take money although their order has ended."""
    ended = models.Payment.objects.filter(order__state=OrderState.CANCELLED.value, capture_due_at__isnull=True)
    closed = (PaymentState.CANCELLED.value, PaymentState.CAPTURED.value)
    return ended.exclude(state__in=closed).filter(created_at__gte=at - CLOSE_FOR)


def _next(rows: "QuerySet[models.Payment]", at: datetime, *, every: timedelta) -> "QuerySet[models.Payment]":
    """Those whose turn it is, the longest unasked first: however many there are, each has its turn."""
    due = rows.filter(Q(checked_at__isnull=True) | Q(checked_at__lte=at - every))
    return due.order_by(F("checked_at").asc(nulls_first=True), "id")


def _mine(payment_id: int, at: datetime, *, every: timedelta) -> bool:
    """Whether this worker is the one to look at the payment now."""
    free = models.Payment.objects.filter(id=payment_id)
    return bool(free.filter(Q(checked_at__isnull=True) | Q(checked_at__lte=at - every)).update(checked_at=at))


def _ask(payment_id: int, *, at: datetime) -> None:
    payment = models.Payment.objects.select_related("order").get(id=payment_id)
    try:
        intent = ports.payments().retrieve(payment.reference)
        settling.apply_intent(payment_id, intent, at=at)
    except ParvisError as error:  # of one payment: the others are not kept waiting by it
        log.warning("payment could not be looked at", payment=payment_id, error=error.code, reason=str(error))
        return
    capturing.follow_up(payment_id=payment_id, at=at)
    keep_card(payment_id, intent, customer_id=payment.order.customer_id, at=at)
