"""What became of one refund, as the provider tells it later: above all that the buyer's bank sent the money back.

The money is owed once more and the books say so: the order stands where it stood without the refund, its claim on the
payment is free, and a line on the payments page waits until a person has dealt with it. The goods came back all the
same: their pieces stay given back, so that the money is sent again as an amount, and a return waits for it once more.
"""

from datetime import datetime

from django.db.models import F, Q, Sum

from parvis.core import outbox
from parvis.domains.checkout import models
from parvis.domains.checkout.actions import crediting, moves, refunds, return_moves
from parvis.domains.checkout.contracts import DifferenceKind, RefundBounced, RefundState
from parvis.domains.checkout.ports import RefundNews, RefundResult


def take_refund(
    order: models.Order, payment: models.Payment, news: RefundNews, *, occurred_at: datetime, at: datetime
) -> None:
    """Take news of one refund in, whatever their order and however often they come. The order is locked."""
    row = _row(payment, news)
    if row is None:
        return
    if row.state == RefundState.PENDING:
        result = RefundResult(reference=news.reference, succeeded=news.succeeded, failure=news.failure)
        refunds.settle(row.id, result, at=at)
    elif row.state == RefundState.SUCCEEDED and not news.succeeded:
        _bounced(order, row, news, occurred_at=occurred_at, at=at)


def _row(payment: models.Payment, news: RefundNews) -> models.Refund | None:
    """Ours by the provider's name for it or by our key; one of the provider's own pages by its amount."""
    rows = models.Refund.objects.select_for_update().filter(payment=payment)
    known = rows.filter(reference=news.reference).first()
    if known is not None:
        return known
    number = news.key.removeprefix("refund-")
    if number != news.key and number.isascii() and number.isdigit():
        return rows.filter(id=int(number), reference="").first()
    adopted = rows.filter(reference="", reason=refunds.ELSEWHERE, amount_minor=news.amount_minor)
    return adopted.filter(state=RefundState.SUCCEEDED.value).last()


def _bounced(order: models.Order, row: models.Refund, news: RefundNews, *, occurred_at: datetime, at: datetime) -> None:
    by_card = row.amount_minor - row.gift_minor
    models.Refund.objects.filter(id=row.id).update(
        state=RefundState.FAILED.value,
        amount_minor=by_card,
        gift_minor=0,
        reference=news.reference,
        failure=news.failure or "sent_back",
        bounced_at=occurred_at,
        taxes=[],
    )
    if row.gift_minor:
        _keep_gift(order, row)
    models.Payment.objects.filter(id=row.payment_id).update(refunded_minor=F("refunded_minor") - by_card)
    moves.take_back_refund(order, by_card, at=at, detail={"amount_minor": by_card, "code": news.failure})
    return_moves.owed_again(order, row, at=at)
    models.Difference.objects.get_or_create(
        provider=row.payment.provider,
        kind=DifferenceKind.REFUND_BOUNCED.value,
        reference=news.reference[:120],
        defaults={
            "order": order,
            "order_number": order.number,
            "currency": order.currency,
            "ours_minor": by_card,
            "theirs_minor": 0,
            "first_seen_at": at,
            "last_seen_at": at,
        },
    )
    told = RefundBounced(
        order_id=order.id,
        customer_id=order.customer_id,
        amount_minor=by_card,
        currency=order.currency,
        reason=news.failure,
    )
    outbox.publish(told, at=at)


def _keep_gift(order: models.Order, row: models.Refund) -> None:
    """What went back to gift cards stays there: a refund of its own."""
    kept = models.Refund.objects.create(
        payment=row.payment,
        key=f"{row.key[:110]}-gift",
        amount_minor=row.gift_minor,
        gift_minor=row.gift_minor,
        restock=False,
        reason=row.reason,
        state=RefundState.SUCCEEDED.value,
        actor_id=row.actor_id,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )
    models.Refund.objects.filter(id=kept.id).update(taxes=crediting.tax_inside(order, kept))


def bounced_since(payment_id: int, moment: datetime) -> int:
    """What banks sent back at or after ``moment``, in minor units: news of that moment still counted it as given."""
    later = models.Refund.objects.filter(Q(bounced_at__gte=moment), payment_id=payment_id)
    return int(later.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
