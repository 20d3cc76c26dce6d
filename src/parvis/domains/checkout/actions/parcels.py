"""Parcels: packed, handed over, followed. The state of the order follows from them, once for each of its steps."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Invalid, NotFound
from parvis.core.idempotency import KeyReused
from parvis.domains.checkout import models, queries
from parvis.domains.checkout.actions import letters, moves
from parvis.domains.checkout.contracts import (
    OrderDelivered,
    OrderShipped,
    OrderState,
    Parcel,
    ParcelChanged,
    ParcelState,
    ParcelStep,
)
from parvis.domains.checkout.queries.parcels import pieces_of, to_parcel
from parvis.domains.checkout.rules import orders as order_rules
from parvis.domains.checkout.rules import parcels as rules
from parvis.domains.checkout.rules.orders import NotPossible, Verb

_SENDING = (OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.PARTLY_REFUNDED)
_LEFT = tuple(state for state in ParcelState if rules.RANK[state] >= rules.RANK[ParcelState.HANDED_OVER])


@transaction.atomic
def pack(
    *,
    order_id: int,
    lines: Mapping[int, int] | None = None,
    carrier: str = "",
    tracking: str = "",
    handed_over: bool = False,
    key: str | None = None,
    actor_id: int | None = None,
    at: datetime,
) -> Parcel:
    """Put ``lines`` (order line id -> pieces; None: all that is left) into a parcel, which waits for the carrier or
    with ``handed_over`` has left. The same ``key`` again gives the same parcel.

    Raises NotFound, Invalid for pieces that are not left, rules.parcels.NothingToSend, rules.orders.NotPossible for an
    order that is not paid or was given up, KeyReused for another parcel under the same key.
    """
    order = moves.locked(order_id)
    known = None if key is None else models.Parcel.objects.filter(key=key[:120]).first()
    if known is not None:
        if known.order_id != order_id or (lines is not None and known.lines != _stored(lines)):
            raise KeyReused(key=str(key))
        return to_parcel(known, queries.carriers())
    if OrderState(order.state) not in _SENDING:
        raise NotPossible(state=order.state, verb=Verb.SHIP.value)
    inside = rules.wanted(pieces_of(order), lines)
    if not inside:
        raise rules.NothingToSend(number=order.number, reason="nothing is left to send")
    row = _create(order, inside, carrier=carrier, tracking=tracking, key=key, at=at)
    moves.trail(order.id, "parcel_packed", at=at, detail=_detail(row), actor_id=actor_id)
    _tell(order, row, at=at)
    if handed_over:
        _take(order, row, ParcelState.HANDED_OVER, key="handed-over", happened=at, place="", actor_id=actor_id, at=at)
        follow(order, actor_id=actor_id, at=at)
    return queries.parcel(row.id)


def _create(
    order: models.Order, inside: Mapping[int, int], *, carrier: str, tracking: str, key: str | None, at: datetime
) -> models.Parcel:
    row = models.Parcel.objects.create(
        order=order,
        key=None if key is None else key[:120],
        carrier=_carrier(carrier),
        tracking=_tracking(tracking),
        lines=_stored(inside),
        news_at=at,
        created_at=at,
    )
    models.ParcelNews.objects.create(parcel=row, key="packed", state=ParcelState.PREPARING.value, at=at, told_at=at)
    return row


def _stored(lines: Mapping[int, int]) -> dict[str, int]:
    return {str(line_id): quantity for line_id, quantity in sorted(lines.items())}


def _tracking(text: str) -> str:
    return " ".join(text.split())[:120]


def _carrier(key: str) -> str:
    """The key of a carrier that we know; empty for none. Raises Invalid."""
    if key and key not in {each.key for each in queries.carriers()}:
        raise Invalid(field="carrier", problem="it is not one of the shop's carriers")
    return key


def _detail(row: models.Parcel, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"parcel": row.id, **more}
    return {**found, "tracking": row.tracking} if row.tracking else found


def _tell(order: models.Order, row: models.Parcel, *, state: str = "", at: datetime) -> None:
    changed = ParcelChanged(
        order_id=order.id, customer_id=order.customer_id, parcel_id=row.id, state=state or row.state
    )
    outbox.publish(changed, at=at)


def _locked(parcel_id: int) -> tuple[models.Order, models.Parcel]:
    """A parcel with its order, the order locked first as everywhere. Raises NotFound."""
    order_id = models.Parcel.objects.filter(id=parcel_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound(kind="parcel", key=parcel_id)
    order = moves.locked(order_id)
    row = models.Parcel.objects.filter(id=parcel_id).first()
    if row is None:  # taken apart while we waited
        raise NotFound(kind="parcel", key=parcel_id)
    return order, row


@transaction.atomic
def label(*, parcel_id: int, carrier: str, tracking: str, actor_id: int | None = None, at: datetime) -> Parcel:
    """Say which carrier has a parcel and under which number. Raises NotFound, Invalid."""
    order, row = _locked(parcel_id)
    row.carrier, row.tracking = _carrier(carrier), _tracking(tracking)
    row.save(update_fields=["carrier", "tracking"])
    _note_tracking(order)
    moves.trail(order.id, "parcel_labelled", at=at, detail=_detail(row), actor_id=actor_id)
    _tell(order, row, at=at)
    return queries.parcel(row.id)


@transaction.atomic
def unpack(*, parcel_id: int, actor_id: int | None = None, at: datetime) -> None:
    """Take a parcel that has not left apart again. Raises NotFound, rules.parcels.ParcelGone."""
    order, row = _locked(parcel_id)
    if row.state != ParcelState.PREPARING:
        raise rules.ParcelGone(reason="it has left")
    moves.trail(order.id, "parcel_unpacked", at=at, detail=_detail(row), actor_id=actor_id)
    _tell(order, row, state="taken_apart", at=at)
    row.delete()


@transaction.atomic
def parcel_news(
    *,
    parcel_id: int,
    state: ParcelState,
    key: str,
    happened_at: datetime | None = None,
    place: str = "",
    actor_id: int | None = None,
    at: datetime,
) -> Parcel:
    """Take in what is told of a parcel: once a ``key``, in any order. Old news is kept and changes nothing else.

    Raises NotFound, Invalid without a key, KeyReused for other news under the same key.
    """
    if not 1 <= len(key) <= 120:
        raise Invalid(field="key", problem="give 1 to 120 characters")
    order, row = _locked(parcel_id)
    known = row.news.filter(key=key).first()
    if known is not None:
        if known.state != state.value:
            raise KeyReused(key=key)
        return queries.parcel(row.id)
    happened = rules.moment(happened_at or at, placed_at=order.placed_at, at=at)
    _take(order, row, state, key=key, happened=happened, place=place, actor_id=actor_id, at=at)
    follow(order, actor_id=actor_id, at=at)
    return queries.parcel(row.id)


def _take(
    order: models.Order,
    row: models.Parcel,
    state: ParcelState,
    *,
    key: str,
    happened: datetime,
    place: str,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Write news down and bring the parcel up to date."""
    models.ParcelNews.objects.create(
        parcel=row, key=key, state=state.value, place=place.strip()[:120], actor_id=actor_id, at=happened, told_at=at
    )
    known = [(ParcelState(news.state), news.at) for news in row.news.all()]
    now = rules.standing(ParcelStep(state=each, at=moment) for each, moment in known)
    before = row.state
    row.state, row.news_at = now.state.value, now.at
    row.handed_over_at = min((moment for each, moment in known if each in _LEFT), default=None)
    row.delivered_at = min((moment for each, moment in known if each is ParcelState.DELIVERED), default=None)
    row.save(update_fields=["state", "news_at", "handed_over_at", "delivered_at"])
    if row.state != before:
        moves.trail(order.id, f"parcel_{row.state}", at=at, detail=_detail(row), actor_id=actor_id)
        _tell(order, row, at=at)
        letters.of_parcel(order, to_parcel(row, queries.carriers()), at=at)


def _note_tracking(order: models.Order) -> None:
    """The tracking numbers of an order in one line, for those who look at no parcels."""
    numbers = dict.fromkeys(order.parcels.exclude(tracking="").values_list("tracking", flat=True))
    text = ", ".join(numbers)[:120]
    if text and text != order.tracking:
        models.Order.objects.filter(id=order.id).update(tracking=text)
        order.tracking = text


def follow(order: models.Order, *, actor_id: int | None = None, at: datetime) -> None:
    """Lead a locked order on when its last piece has left, or arrived; each happens to an order once."""
    pieces = pieces_of(order).values()
    gone = any(each.gone for each in pieces) and not any(each.to_go for each in pieces)
    arrived = any(each.arrived for each in pieces) and not any(each.to_arrive for each in pieces)
    if gone and _can(order, Verb.SHIP):
        moments = [moment for moment in order.parcels.values_list("handed_over_at", flat=True) if moment is not None]
        shipped(order, happened=max(moments, default=at), actor_id=actor_id, at=at)
    if arrived and _can(order, Verb.DELIVER):
        moments = [moment for moment in order.parcels.values_list("delivered_at", flat=True) if moment is not None]
        delivered(order, happened=max(moments, default=at), actor_id=actor_id, at=at)


def _can(order: models.Order, verb: Verb) -> bool:
    facts = {"shipped": order.shipped_at is not None, "delivered": order.delivered_at is not None}
    return order_rules.can(OrderState(order.state), verb, **facts)


def shipped(order: models.Order, *, happened: datetime, actor_id: int | None, at: datetime) -> None:
    """The last piece of a locked order has left. Raises NotPossible."""
    _note_tracking(order)
    detail = {"tracking": order.tracking} if order.tracking else {}
    moves.move(order, Verb.SHIP, at=at, detail=detail, actor_id=actor_id, shipped_at=happened)
    ids = moves.product_ids(order)
    outbox.publish(OrderShipped(order_id=order.id, customer_id=order.customer_id, product_ids=ids), at=at)


def delivered(order: models.Order, *, happened: datetime, actor_id: int | None, at: datetime) -> None:
    """The last piece of a locked order has arrived. Raises NotPossible."""
    moves.move(order, Verb.DELIVER, at=at, actor_id=actor_id, delivered_at=happened)
    ids = moves.product_ids(order)
    outbox.publish(OrderDelivered(order_id=order.id, customer_id=order.customer_id, product_ids=ids), at=at)


# -- the simple way: all at once ----------------------------------------------------------------------------------


def send_all(order: models.Order, *, carrier: str, tracking: str, actor_id: int | None, at: datetime) -> None:
    """All that a locked order still has leaves: in the parcels that are packed, and in one more for the rest."""
    inside = rules.wanted(pieces_of(order), None)
    if inside:
        _create(order, inside, carrier=carrier, tracking=tracking, key=None, at=at)
    elif tracking:
        unnamed = order.parcels.filter(state=ParcelState.PREPARING.value, tracking="").last()
        if unnamed is not None:
            unnamed.carrier, unnamed.tracking = _carrier(carrier), _tracking(tracking)
            unnamed.save(update_fields=["carrier", "tracking"])
    for row in order.parcels.filter(state=ParcelState.PREPARING.value):
        _take(order, row, ParcelState.HANDED_OVER, key="handed-over", happened=at, place="", actor_id=actor_id, at=at)


def bring_all(order: models.Order, *, actor_id: int | None, at: datetime) -> None:
    """Every parcel of a locked order that is on its way has arrived."""
    ended = [state.value for state in rules.ENDED]
    for row in order.parcels.exclude(state__in=ended):
        _take(order, row, ParcelState.DELIVERED, key="delivered", happened=at, place="", actor_id=actor_id, at=at)
