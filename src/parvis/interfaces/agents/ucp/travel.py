"""How the goods of an order travel: what the buyer may expect, and what has happened, parcel by parcel."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from parvis.domains.checkout.contracts import Order, OrderLine, OrderState, Parcel, ParcelState
from parvis.interfaces.agents.ucp import showing

# a parcel's state -> the type of its event, and what the buyer is told
_TYPES: Mapping[ParcelState, tuple[str, str]] = {
    ParcelState.PREPARING: ("processing", ""),
    ParcelState.HANDED_OVER: ("shipped", _("On its way")),
    ParcelState.IN_TRANSIT: ("in_transit", _("On its way")),
    ParcelState.OUT_FOR_DELIVERY: ("out_for_delivery", _("Out for delivery")),
    ParcelState.READY_FOR_COLLECTION: ("ready_for_pickup", _("Ready to be collected")),
    ParcelState.FAILED: ("failed_attempt", _("Could not be delivered: the carrier tries again")),
    ParcelState.DELIVERED: ("delivered", _("Delivered")),
    ParcelState.RETURNED: ("returned_to_sender", _("Brought back by the carrier")),
}
_Pieces = Mapping[int, int]  # order line id -> how many


def active(line: OrderLine, order: Order) -> int:
    """How many pieces of a line are still bought."""
    return 0 if order.state is OrderState.CANCELLED else line.quantity - line.refunded_quantity


def fulfilled(line: OrderLine, order: Order) -> int:
    """How many of these have left, and were not brought back by the carrier."""
    if order.parcels:
        gone = sum(parcel.lines.get(line.id, 0) for parcel in order.parcels if _has_left(parcel))
    else:
        gone = line.quantity if order.shipped_at is not None else 0
    return min(gone, active(line, order))


def _has_left(parcel: Parcel) -> bool:
    return parcel.handed_over_at is not None and parcel.state is not ParcelState.RETURNED


def expectations(order: Order) -> list[dict[str, Any]]:
    """What goes together: a parcel each, and what is in none yet, by when it can leave."""
    with override(order.locale):
        return [each for each in _expected(order) if each["line_items"]]


def _expected(order: Order) -> Iterator[dict[str, Any]]:
    left = {line.id: active(line, order) for line in order.lines}
    for parcel in order.parcels:
        if parcel.state is ParcelState.RETURNED:
            continue  # its pieces have to leave once more
        inside = {key: min(count, left.get(key, 0)) for key, count in parcel.lines.items()}
        left = {key: count - inside.get(key, 0) for key, count in left.items()}
        yield _expectation(f"parcel_{parcel.id}", inside, order, _TYPES[parcel.state][1])
    words = ""
    if not order.parcels and order.shipped_at is not None:
        words = _("Delivered") if order.delivered_at is not None else _("On its way")
    for day in sorted({line.preorder_on for line in order.lines}, key=lambda day: day or date.min):
        waiting = {line.id: left[line.id] for line in order.lines if line.preorder_on == day}
        yield _expectation(f"rest_{day or 'now'}", waiting, order, words, day)


def _expectation(key: str, inside: _Pieces, order: Order, words: str, day: date | None = None) -> dict[str, Any]:
    where = order.address
    destination = {
        "street_address": where.line1,
        "extended_address": where.line2,
        "address_locality": where.city,
        "address_region": where.region,
        "postal_code": where.postcode,
        "address_country": where.country,
    }
    told: dict[str, Any] = {
        "id": key,
        "line_items": pieces(inside, order),
        "method_type": showing.PICKUP if where.point else showing.SHIPPING,
        "destination": {name: value for name, value in destination.items() if value},
        "fulfillable_on": "now" if day is None else showing.moment(day),
    }
    return told | ({"description": gettext(words)} if words else {})


def events(order: Order) -> list[dict[str, Any]]:
    """What happened, in the order in which it did. An event keeps its name, whatever else is heard of later."""
    with override(order.locale):
        told = [*_of_parcels(order)] if order.parcels else [*_of_whole(order)]
    return sorted(told, key=lambda event: str(event["occurred_at"]))


def _of_parcels(order: Order) -> Iterator[dict[str, Any]]:
    for parcel in order.parcels:
        carried = {
            "line_items": pieces(parcel.lines, order),
            "tracking_number": parcel.tracking,
            "tracking_url": parcel.tracking_url or showing.order_url(order),
            "carrier": parcel.carrier_name,
        }
        for step in parcel.steps:
            kind, words = _TYPES[step.state]
            told: dict[str, Any] = {
                "id": f"parcel_{parcel.id}_{kind}_{step.at:%Y%m%d%H%M%S}",
                "occurred_at": step.at.isoformat(),
                "type": kind,
                **{name: value for name, value in carried.items() if value},
            }
            description = ", ".join(filter(None, (gettext(words) if words else "", step.place)))
            yield told | ({"description": description} if description else {})


def _of_whole(order: Order) -> Iterator[dict[str, Any]]:
    """For goods of which no parcel is known."""
    inside = pieces({line.id: active(line, order) for line in order.lines}, order)
    for kind, at in (("shipped", order.shipped_at), ("delivered", order.delivered_at)):
        if at is not None and inside:
            told = {"id": kind, "occurred_at": at.isoformat(), "type": kind, "line_items": inside}
            tracking = {"tracking_number": order.tracking} if order.tracking else {}
            yield told | tracking | {"tracking_url": showing.order_url(order)}


def pieces(inside: _Pieces, order: Order) -> list[dict[str, Any]]:
    """So many of which line, by the names that the lines have outside."""
    names = {line.id: showing.line_id(line.variant_id) for line in order.lines}
    return [{"id": names[key], "quantity": count} for key, count in inside.items() if key in names and count]
