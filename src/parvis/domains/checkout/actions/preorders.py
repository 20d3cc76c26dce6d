"""What was ordered ahead: another day is told to who has ordered, and until it is sent they may take it back."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from parvis.core.errors import NotFound
from parvis.domains.checkout import contracts, models
from parvis.domains.checkout.actions import moves, refunds
from parvis.domains.checkout.contracts import OrderState
from parvis.domains.checkout.rules.orders import NotPossible, Verb
from parvis.domains.messaging import actions as mail
from parvis.domains.messaging.contracts import Purpose

_OPEN = (OrderState.PAID.value, OrderState.PARTLY_REFUNDED.value)


def tell_moved(*, variant_id: int, day: date, at: datetime) -> int:
    """Write the new day on every order that waits for this variant and tell its buyer; returns how many orders."""
    told = 0
    lines = models.OrderLine.objects.filter(
        variant_id=variant_id,
        preorder_on__isnull=False,
        refunded_quantity__lt=F("quantity"),
        order__shipped_at__isnull=True,
        order__state__in=(*_OPEN, OrderState.AWAITING_PAYMENT.value),
    ).exclude(preorder_on=day)
    for line in lines.select_related("order").order_by("id"):
        with transaction.atomic():
            if not models.OrderLine.objects.filter(id=line.id).exclude(preorder_on=day).update(preorder_on=day):
                continue
            detail = {"sku": line.sku, "before": f"{line.preorder_on}", "day": day.isoformat()}
            moves.trail(line.order_id, "preorder_moved", at=at, detail=detail)
            _tell(line.order, line, day, at=at)
        told += 1
    return told


def _tell(order: models.Order, line: models.OrderLine, day: date, *, at: datetime) -> None:
    if not order.email:
        return
    with override(order.locale):
        words = {"name": line.name, "number": order.number, "day": date_format(day, "DATE_FORMAT")}
        context = {
            "subject": gettext("Order %(number)s: %(name)s now comes on %(day)s") % words,
            "paragraphs": [
                gettext("You ordered %(name)s ahead. It is now expected on %(day)s, not on the day we told you.")
                % words,
                gettext(
                    "If that is not what you want, you may take it back on the page of your order with one click:"
                    " you get all of its money back."
                ),
            ],
            "url": f"{settings.PUBLIC_URL}/{order.locale}/orders/{order.token}/",
            "action": gettext("See my order"),
        }
    mail.send(
        key=f"preorder:{line.id}:{day.isoformat()}",
        template="checkout/mail/told",
        purpose=Purpose.SERVICE,
        to_customer_id=order.customer_id,
        to_email=order.email,
        locale=order.locale,
        context=context,
        at=at,
    )


def open_ahead(order: contracts.Order) -> tuple[contracts.OrderLine, ...]:
    """The lines of an order that were ordered ahead and can still be taken back."""
    if order.state.value not in _OPEN or order.shipped_at is not None:
        return ()
    return tuple(
        line for line in order.lines if line.preorder_on is not None and line.refunded_quantity < line.quantity
    )


def take_back_preorder(*, order_id: int, lines: Sequence[int] = (), at: datetime) -> contracts.Refund:
    """The buyer takes back what was ordered ahead and not sent (``lines``: order line ids, default all such): their
    money goes back, the pieces are free for others. Twice is once. Not to be called inside a transaction.

    Raises NotFound, rules.NotPossible when there is nothing (any more) to take back.
    """
    order = models.Order.objects.filter(id=order_id).first()
    if order is None:
        raise NotFound(kind="order", key=order_id)
    rows = order.lines.filter(preorder_on__isnull=False, refunded_quantity__lt=F("quantity"))
    if lines:
        rows = rows.filter(id__in=list(lines))
    wanted = {row.id: row.quantity - row.refunded_quantity for row in rows}
    if order.state not in _OPEN or order.shipped_at is not None or not wanted:
        raise NotPossible(state=order.state, verb=Verb.CANCEL.value)
    key = "-".join(f"{line}x{pieces}" for line, pieces in sorted(wanted.items()))
    return refunds.refund(
        order_id=order.id, lines=wanted, reason="preorder_taken_back", key=f"preorder-{order.id}-{key}"[:120], at=at
    )
