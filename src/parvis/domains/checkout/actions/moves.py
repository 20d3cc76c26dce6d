"""The one way an order changes its state: a conditional update, so that of two workers only one moves it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from parvis.core import prepared
from parvis.core.errors import NotFound
from parvis.core.prepared import Given
from parvis.domains.catalog import actions as catalog
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import OrderState, ReservationState
from parvis.domains.checkout.rules import orders as rules
from parvis.domains.checkout.rules.orders import Verb

_PRODUCTS = prepared.Rows(
    lambda: models.OrderLine.objects.filter(order=Given("order")).order_by().values_list("product_id")
)
_LOCKED = prepared.Select(lambda: models.Order.objects.select_for_update(of=("self",)).filter(id=Given("id")))


def locked(order_id: int) -> models.Order:
    """The order, locked until the transaction ends. The order is always locked before payments and stock, so that
    no two workers wait for each other. Raises NotFound."""
    row = _LOCKED.first(id=order_id)
    if row is None:
        raise NotFound(kind="order", key=order_id)
    return row


def move(
    order: models.Order,
    verb: Verb,
    *,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
    actor_id: int | None = None,
    **changes: Any,
) -> OrderState:
    """Lead a locked order along ``verb``, write ``changes`` with it and leave a trail. Raises rules.NotPossible."""
    known = OrderState(order.state)
    after = rules.follow(known, verb, shipped=order.shipped_at is not None, delivered=order.delivered_at is not None)
    order.state = after.value
    for name, value in changes.items():
        setattr(order, name, value)
    if not prepared.update_where(order, "state", *changes, column="state", was=known.value):
        raise rules.NotPossible(state="changed meanwhile", verb=verb.value)
    trail(order.id, rules.TRAIL[verb], at=at, detail=detail, actor_id=actor_id)
    return after


def take_back_refund(order: models.Order, amount_minor: int, *, at: datetime, detail: Mapping[str, Any]) -> None:
    """A refund of a locked order was sent back by the buyer's bank: the order stands where it would without it."""
    left = order.refunded_minor - amount_minor
    after = rules.unrefunded(
        left,
        shipped=order.shipped_at is not None,
        delivered=order.delivered_at is not None,
        cancelled=order.cancelled_at is not None,
    )
    models.Order.objects.filter(id=order.id).update(state=after.value, refunded_minor=left)
    order.state, order.refunded_minor = after.value, left
    trail(order.id, "refund_bounced", at=at, detail=detail)


def trail(
    order_id: int, kind: str, *, at: datetime, detail: Mapping[str, Any] | None = None, actor_id: int | None = None
) -> None:
    """Write down that something happened to an order."""
    prepared.insert(event(order_id, kind, at=at, detail=detail, actor_id=actor_id))


def event(
    order_id: int, kind: str, *, at: datetime, detail: Mapping[str, Any] | None = None, actor_id: int | None = None
) -> models.OrderEvent:
    """What :func:`trail` writes."""
    return models.OrderEvent(order_id=order_id, kind=kind, detail=dict(detail or {}), actor_id=actor_id, at=at)


def product_ids(order: models.Order) -> tuple[int, ...]:
    return tuple(sorted({product_id for (product_id,) in _PRODUCTS.rows(order=order.id)}))


# -- the stock of an order ------------------------------------------------------------------------------------


def release_stock(order: models.Order, *, at: datetime) -> dict[int, int]:
    """Give back what is still held for the order; what was given back or sold before is left alone."""
    lines = _turn(order, ReservationState.RELEASED)
    if lines:
        catalog.release(lines, at=at)
    return lines


def commit_stock(order: models.Order, *, at: datetime) -> dict[int, int]:
    """What is held for the order is sold."""
    lines = _turn(order, ReservationState.COMMITTED)
    if lines:
        catalog.commit(lines, ref=order.number, at=at)
    return lines


def retake_stock(order: models.Order, *, at: datetime) -> None:
    """Hold and sell again what was given back: for money that came late. Raises OutOfStock and changes nothing."""
    rows = order.reservations.filter(state=ReservationState.RELEASED.value)
    lines = dict(rows.values_list("variant_id", "quantity"))
    ahead = set(order.lines.filter(preorder_on__isnull=False).values_list("variant_id", flat=True))
    catalog.hold(lines, at=at, ahead=ahead)
    catalog.commit(lines, ref=order.number, at=at)
    rows.update(state=ReservationState.COMMITTED.value)


def _turn(order: models.Order, state: ReservationState) -> dict[int, int]:
    """Lead the order's held reservations to ``state`` and return those that this call has led."""
    sql = "UPDATE checkout_reservation SET state = %s WHERE order_id = %s AND state = %s RETURNING variant_id, quantity"
    return _summed(prepared.answer(sql, [state.value, order.id, ReservationState.HELD.value]).rows)


def _summed(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    lines: dict[int, int] = {}
    for variant_id, quantity in rows:
        lines[variant_id] = lines.get(variant_id, 0) + quantity
    return lines
