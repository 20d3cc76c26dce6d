"""Lists of orders, and what a customer has bought."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum

from parvis.core import prepared
from parvis.core.money import Money
from parvis.core.pagination import BadCursor, Page, decode_cursor, encode_cursor
from parvis.core.prepared import Given
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import (
    Address,
    Order,
    OrderFilter,
    OrderRow,
    OrderState,
    Purchase,
    SavedCard,
)
from parvis.domains.checkout.queries.orders import to_address, to_order
from parvis.domains.checkout.rules.orders import BOUGHT


def orders(filters: OrderFilter | None = None, cursor: str | None = None, *, limit: int = 50) -> Page[OrderRow]:
    """Orders, newest first, a page at a time. Raises BadCursor."""
    rows = _filtered(filters or OrderFilter())
    if cursor is not None:
        placed, last = decode_cursor(cursor, length=2)
        moment = _moment(placed)
        rows = rows.filter(Q(placed_at__lt=moment) | Q(placed_at=moment, id__lt=last))
    found = list(rows.annotate(pieces=Sum("lines__quantity")).order_by("-placed_at", "-id")[: limit + 1])
    items = tuple(_row(row) for row in found[:limit])
    more = len(found) > limit
    following = encode_cursor(items[-1].placed_at.isoformat(), items[-1].id) if more else None
    return Page(items=items, next=following)


def orders_of(customer_id: int, *, limit: int = 100) -> tuple[OrderRow, ...]:
    """A customer's orders, newest first. One statement."""
    return tuple(orders(OrderFilter(customer_id=customer_id), limit=limit).items)


def attention(*, limit: int = 50) -> tuple[OrderRow, ...]:
    """Orders that a person must look at: money is held for an order that was cancelled, because its refund failed."""
    held = models.Payment.objects.filter(order=OuterRef("pk"), captured_minor__gt=F("refunded_minor"))
    rows = models.Order.objects.filter(Exists(held), state=OrderState.CANCELLED.value)
    return tuple(_row(row) for row in rows.annotate(pieces=Sum("lines__quantity")).order_by("-placed_at")[:limit])


def state_counts(filters: OrderFilter | None = None) -> dict[OrderState, int]:
    """How many orders stand in each state, for the tabs of a list."""
    rows = _filtered(filters or OrderFilter()).order_by().values_list("state").annotate(count=Count("id"))
    return {OrderState(state): count for state, count in rows}


def _moment(text: object) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise BadCursor from error


def _filtered(wanted: OrderFilter) -> "QuerySet[models.Order]":
    rows = models.Order.objects.all()
    if wanted.states:
        rows = rows.filter(state__in=[state.value for state in wanted.states])
    if wanted.customer_id is not None:
        rows = rows.filter(customer_id=wanted.customer_id)
    if wanted.placed_from is not None:
        rows = rows.filter(placed_at__gte=wanted.placed_from)
    if wanted.placed_to is not None:
        rows = rows.filter(placed_at__lt=wanted.placed_to)
    if wanted.simulated is not None:
        rows = (
            rows.filter(provenance__has_key="order") if wanted.simulated else rows.exclude(provenance__has_key="order")
        )
    text = wanted.text.strip()
    if text:
        rows = rows.filter(Q(number__istartswith=text) | Q(email__icontains=text) | Q(name__icontains=text))
    return rows


def _row(row: Any) -> OrderRow:
    return OrderRow(
        id=row.id,
        number=row.number,
        token=row.token,
        state=OrderState(row.state),
        customer_id=row.customer_id,
        email=row.email,
        name=row.name,
        total=Money(row.total_minor, row.currency),
        refunded=Money(row.refunded_minor, row.currency),
        quantity=row.pieces or 0,
        placed_at=row.placed_at,
        provenance=row.provenance,
    )


# -- of a customer --------------------------------------------------------------------------------------------


def purchased(*, customer_id: int, product_id: int) -> Purchase | None:
    """The customer's latest purchase of a product that was paid and not wholly given back, or None. One statement."""
    line = (
        models.OrderLine.objects.filter(
            order__customer_id=customer_id,
            order__state__in=[state.value for state in BOUGHT],
            product_id=product_id,
            refunded_quantity__lt=F("quantity"),
        )
        .select_related("order")
        .order_by("-order__placed_at", "-id")
        .first()
    )
    if line is None:
        return None
    return Purchase(
        ref=f"{line.order.number}/{line.id}",
        order_id=line.order_id,
        line_id=line.id,
        variant_id=line.variant_id,
        size=line.size,
        placed_at=line.order.placed_at,
        delivered_at=line.order.delivered_at,
    )


def owners_of(product_id: int, *, delivered_before: datetime, limit: int = 20) -> tuple[int, ...]:
    """Customers who have received a product and kept it, the latest delivery first. One statement."""
    lines = models.OrderLine.objects.filter(
        product_id=product_id,
        order__customer__isnull=False,
        order__delivered_at__lte=delivered_before,
        order__state__in=[state.value for state in BOUGHT],
        refunded_quantity__lt=F("quantity"),
    )
    latest = lines.values_list("order__customer_id").annotate(last=Max("order__delivered_at")).order_by("-last")
    return tuple(customer_id for customer_id, _ in latest[:limit] if customer_id is not None)


def saved_cards(customer_id: int) -> tuple[SavedCard, ...]:
    """The cards a customer let us keep, latest first."""
    rows = models.SavedCard.objects.filter(customer_id=customer_id, removed_at=None).order_by("-saved_at", "-id")
    return tuple(
        SavedCard(id=row.id, brand=row.brand, last4=row.last4, exp_month=row.exp_month, exp_year=row.exp_year)
        for row in rows
    )


def last_details(customer_id: int) -> tuple[str, Address, str] | None:
    """Name, address and way to ship of the customer's latest order that came to be paid: what a second purchase is
    filled in with. For the signed-in customer only."""
    row = (
        models.Order.objects.filter(customer_id=customer_id, paid_at__isnull=False)
        .exclude(email="")
        .order_by("-placed_at", "-id")
        .first()
    )
    return None if row is None else (row.name, to_address(row.address), row.shipping_method)


_UNFINISHED = prepared.Select(
    lambda: models.Order.objects.filter(cart__token=Given("token"), state=OrderState.AWAITING_PAYMENT.value).order_by(
        "-id"
    )[:1]
)


def unfinished(cart_token: str) -> Order | None:
    """The latest order of a cart token that still waits for its payment: what the cart page leads back to."""
    row = _UNFINISHED.first(token=cart_token)
    return None if row is None else to_order(row)
