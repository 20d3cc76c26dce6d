"""Parcels of an order, and where its pieces are."""

from collections import Counter
from collections.abc import Iterable
from functools import partial

from django.db.models import Sum, prefetch_related_objects

from parvis.core import prepared
from parvis.core.errors import NotFound
from parvis.core.prepared import Given
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import Carrier, Order, Parcel, ParcelState, ParcelStep, ReturnState
from parvis.domains.checkout.queries import brand
from parvis.domains.checkout.rules import parcels as rules
from parvis.domains.checkout.rules.parcels import Pieces


def parcel(parcel_id: int) -> Parcel:
    """One parcel; raises NotFound."""
    row = models.Parcel.objects.filter(id=parcel_id).prefetch_related("news").first()
    if row is None:
        raise NotFound(kind="parcel", key=parcel_id)
    return to_parcel(row, brand.carriers())


def parcel_made(key: str) -> Parcel | None:
    """The parcel that was made under this key, if there is one."""
    found = models.Parcel.objects.filter(key=key[:120]).values_list("id", flat=True).first()
    return None if found is None else parcel(found)


_PARCELS = prepared.Select(lambda: models.Parcel.objects.filter(order=Given("order")))


def parcels_of(row: models.Order) -> tuple[Parcel, ...]:
    """The parcels of an order, in the order in which they were made. One statement, three when there are some."""
    rows = _PARCELS.rows(order=row.id)
    if not rows:
        return ()
    prefetch_related_objects(rows, "news")
    return tuple(map(partial(to_parcel, carriers=brand.carriers()), rows))


def to_parcel(row: models.Parcel, carriers: Iterable[Carrier]) -> Parcel:
    known = tuple(carriers)
    return Parcel(
        id=row.id,
        order_id=row.order_id,
        state=ParcelState(row.state),
        carrier=row.carrier,
        carrier_name=next((each.name for each in known if each.key == row.carrier), row.carrier),
        tracking=row.tracking,
        tracking_url=rules.tracking_url(known, row.carrier, row.tracking),
        lines={int(line_id): quantity for line_id, quantity in row.lines.items()},
        steps=tuple(ParcelStep(state=ParcelState(news.state), at=news.at, place=news.place) for news in row.news.all()),
        created_at=row.created_at,
        handed_over_at=row.handed_over_at,
        delivered_at=row.delivered_at,
    )


def pieces(order_id: int) -> dict[int, Pieces]:
    """Where the pieces of each order line are; raises NotFound."""
    row = models.Order.objects.filter(id=order_id).first()
    if row is None:
        raise NotFound(kind="order", key=order_id)
    return pieces_of(row)


def pieces_in(order: Order) -> dict[int, Pieces]:
    """The same of an order that was read whole. No statement."""
    back: Counter[int] = Counter()
    for each in order.returns:
        if each.state is ReturnState.REFUNDED:
            back.update({line.line_id: line.received or 0 for line in each.lines})
    return rules.counted(
        {line.id: line.quantity for line in order.lines},
        [(parcel.state, parcel.lines) for parcel in order.parcels],
        refunded={line.id: line.refunded_quantity for line in order.lines},
        brought_back=back,
        shipped=order.shipped_at is not None,
        delivered=order.delivered_at is not None,
    )


def pieces_of(row: models.Order) -> dict[int, Pieces]:
    """Where the pieces of each line of an order are. Three statements."""
    lines = list(row.lines.all())
    back = models.ReturnLine.objects.filter(parent__order=row, parent__state=ReturnState.REFUNDED.value)
    return rules.counted(
        {line.id: line.quantity for line in lines},
        [
            (ParcelState(state), {int(key): quantity for key, quantity in inside.items()})
            for state, inside in row.parcels.values_list("state", "lines")
        ],
        refunded={line.id: line.refunded_quantity for line in lines},
        brought_back=dict(back.values_list("line_id").annotate(pieces=Sum("received"))),
        shipped=row.shipped_at is not None,
        delivered=row.delivered_at is not None,
    )
