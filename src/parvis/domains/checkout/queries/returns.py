"""Returns: of an order, by token; what may be sent back now, and what it is worth."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from django.db.models import Q, QuerySet, Sum, prefetch_related_objects
from django.utils import timezone

from parvis.core import prepared
from parvis.core.errors import NotFound
from parvis.core.money import Money
from parvis.core.prepared import Given
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import (
    LIVE,
    Condition,
    ParcelState,
    RefundState,
    Return,
    Returnable,
    ReturnKind,
    ReturnLine,
    ReturnReason,
    ReturnState,
    ReturnWorth,
)
from parvis.domains.checkout.queries import brand, carts
from parvis.domains.checkout.queries.parcels import pieces_of
from parvis.domains.checkout.rules import money, shipping
from parvis.domains.checkout.rules import returns as rules
from parvis.domains.checkout.rules.money import RefundableLine
from parvis.domains.checkout.rules.returns import Kept


def return_(return_id: int) -> Return:
    """One return; raises NotFound."""
    return _one(Q(id=return_id), key=return_id)


def return_by_token(token: str) -> Return:
    """A return by the unguessable token of its page; raises NotFound."""
    return _one(Q(token=token), key=token)


def return_made(order_token: str, key: str) -> Return | None:
    """The return of an order that came from the submit with this key, if there is one."""
    row = _rows().filter(order__token=order_token, key=key[:120]).first() if key else None
    return None if row is None else to_return(row, row.order)


def _one(wanted: Q, *, key: object) -> Return:
    row = _rows().filter(wanted).first()
    if row is None:
        raise NotFound(kind="return", key=key)
    return to_return(row, row.order)


def _rows() -> "QuerySet[models.Return]":
    return models.Return.objects.select_related("order", "refund").prefetch_related("lines__line")


_RETURNS = prepared.Select(lambda: models.Return.objects.filter(order=Given("order")).select_related("refund"))


def returns_of(row: models.Order) -> tuple[Return, ...]:
    """The returns of an order, first to last. One statement, three when there are some."""
    rows = _RETURNS.rows(order=row.id)
    if rows:
        prefetch_related_objects(rows, "lines__line")
    return tuple(map(partial(to_return, order=row), rows))


def to_return(row: models.Return, order: models.Order) -> Return:
    refund = row.refund
    given = refund is not None and refund.state == RefundState.SUCCEEDED
    kind = ReturnKind(row.kind)
    return Return(
        id=row.id,
        number=row.number,
        token=row.token,
        order_id=row.order_id,
        order_number=order.number,
        kind=kind,
        state=ReturnState(row.state),
        lines=tuple(_line(each) for each in row.lines.all()),
        note=row.note,
        answer=row.answer,
        refund=Money(refund.amount_minor, order.currency) if refund is not None and given else None,
        refund_pending=refund is not None and refund.state == RefundState.PENDING,
        refund_due=rules.refund_due(day(row.requested_at)) if kind is ReturnKind.WITHDRAWAL else None,
        requested_at=row.requested_at,
        accepted_at=row.accepted_at,
        received_at=row.received_at,
        closed_at=row.closed_at,
        refund_id=row.refund_id,
        bounced=refund is not None and refund.state == RefundState.FAILED and refund.bounced_at is not None,
    )


def _line(row: models.ReturnLine) -> ReturnLine:
    return ReturnLine(
        line_id=row.line_id,
        product_id=row.product_id,
        variant_id=row.line.variant_id,
        name=row.line.name,
        sku=row.line.sku,
        size=row.line.size,
        colour=row.line.colour,
        quantity=row.quantity,
        reason=ReturnReason(row.reason),
        received=row.received,
        condition=Condition(row.condition) if row.condition else None,
        restock=row.restock,
    )


def day(moment: datetime) -> date:
    """The shop's day of a moment."""
    return timezone.localtime(moment).date()


# -- what may come back -------------------------------------------------------------------------------------------


def delivered_on(row: models.Order) -> date | None:
    """The day on which the last goods of an order came in; of one that is still coming, the last that came."""
    if row.delivered_at is not None:
        return day(row.delivered_at)
    came = row.parcels.filter(state=ParcelState.DELIVERED.value).order_by("-delivered_at").first()
    return day(came.delivered_at) if came is not None and came.delivered_at is not None else None


def kept_of(row: models.Order) -> dict[int, Kept]:
    """The lines of an order as returns see them. Six statements."""
    where = pieces_of(row)
    live = models.ReturnLine.objects.filter(
        parent__order=row, parent__state__in=[state.value for state in LIVE], parent__closed_at=None
    )
    spoken = dict(live.values_list("line_id").annotate(pieces=Sum("quantity")))
    lines = list(row.lines.all())
    products = catalog.products({line.product_id for line in lines}, locale="en")
    return {
        line.id: Kept(
            line_id=line.id,
            product_id=line.product_id,
            category_key=products[line.product_id].category_key if line.product_id in products else "",
            name=line.name,
            arrived=where[line.id].arrived,
            kept=where[line.id].kept,
            spoken_for=spoken.get(line.id, 0),
        )
        for line in lines
    }


def returnable(order_id: int, *, kind: ReturnKind, at: datetime) -> tuple[Returnable, ...]:
    """What the buyer may send back of each line now; raises NotFound."""
    row = models.Order.objects.filter(id=order_id).first()
    if row is None:
        raise NotFound(kind="order", key=order_id)
    return tuple(returnable_of(row, kept_of(row), kind=kind, at=at).values())


def returnable_of(
    row: models.Order, kept: Mapping[int, Kept], *, kind: ReturnKind, at: datetime
) -> dict[int, Returnable]:
    policy, came, today = brand.return_policy(), delivered_on(row), day(at)
    return {
        line_id: rules.returnable(line, kind=kind, policy=policy, delivered=came, today=today)
        for line_id, line in kept.items()
    }


def withdrawal_until(order_id: int) -> date | None:
    """The last day to change one's mind about an order; None as long as not all of it came in."""
    row = models.Order.objects.filter(id=order_id).first()
    if row is None or row.delivered_at is None:
        return None
    return rules.withdrawal_until(day(row.delivered_at), days=brand.return_policy().days)


def refund_preview(order_id: int, *, lines: Mapping[int, int], amount_minor: int | None = None) -> Money:
    """What :func:`actions.refund` would give back for these lines and this amount now. Raises NotFound and what it
    raises."""
    row = models.Order.objects.filter(id=order_id).first()
    if row is None or row.paid_at is None:
        raise NotFound(kind="paid order", key=order_id)
    payment = row.payments.filter(captured_minor__gt=0).order_by("-id").first()
    left = payment.captured_minor - payment.refunded_minor if payment is not None else 0
    made = models.Refund.objects.filter(payment__order=row).exclude(state=RefundState.FAILED.value)
    left += row.gift_minor - (made.aggregate(sum=Sum("gift_minor"))["sum"] or 0)
    amount = money.refund_amount(_refundable(row), lines, amount_minor=amount_minor, left_minor=left)
    return Money(amount, row.currency)


def _refundable(order: models.Order) -> list[RefundableLine]:
    return [
        RefundableLine(
            id=line.id,
            unit_minor=line.unit_minor,
            quantity=line.quantity,
            refunded_quantity=line.refunded_quantity,
            discount_minor=line.discount_minor,
        )
        for line in order.lines.all()
    ]


def worth(return_id: int) -> ReturnWorth:
    """What a return gives back by the rules: of the pieces received, or asked as long as none came. Raises NotFound."""
    row = _rows().filter(id=return_id).first()
    if row is None:
        raise NotFound(kind="return", key=return_id)
    return worth_of(row, row.order)


def bounced_of(row: models.Return) -> models.Refund | None:
    """The refund of a return that the buyer's bank sent back, the newest of several."""
    tries = models.Refund.objects.filter(key__startswith=f"return-{row.id}-", bounced_at__isnull=False)
    return tries.order_by("-id").first() if row.tries else None


def worth_of(row: models.Return, order: models.Order) -> ReturnWorth:
    """As :func:`worth`; once its own refund was made, the pieces are counted as before it. When the bank sent it back,
    the same money is owed again."""
    bounced = bounced_of(row)
    if bounced is not None and row.state == ReturnState.RECEIVED:
        none = Money(0, order.currency)
        return ReturnWorth(goods=Money(bounced.amount_minor, order.currency), shipping=none, fee=none)
    paid = bounced is not None or (row.refund is not None and row.refund.state != RefundState.FAILED)
    own = {each.line_id: each.received or 0 for each in row.lines.all()} if paid else {}
    lines = [
        replace(line, refunded_quantity=line.refunded_quantity - own.get(line.id, 0)) for line in _refundable(order)
    ]
    left = {line.id: line.left for line in lines}
    back = {
        each.line_id: min(each.quantity if each.received is None else each.received, left[each.line_id])
        for each in row.lines.all()
    }
    whole = all(back.get(line_id, 0) == free for line_id, free in left.items())
    return rules.worth(
        lines=lines,
        back=back,
        whole=whole,
        kind=ReturnKind(row.kind),
        shipping_minor=order.shipping_minor,
        standard_minor=_standard(order),
        policy=brand.return_policy(),
        currency=order.currency,
    )


def _standard(order: models.Order) -> int:
    """What the cheapest way of the same kind to the same country would have cost: more was the buyer's own choice.
    Of the same kind, since collecting is no delivery to the door."""
    country = str(order.address.get("country", ""))
    goods = order.subtotal_minor - order.discount_minor
    ways = carts.shipping_methods(country)
    kind = next((method.kind for method in ways if method.key == order.shipping_method), None)
    costs = [shipping.price(method, country, goods) for method in ways if kind in (None, method.kind)]
    return min(costs, default=order.shipping_minor)
