"""How the goods of an order travel: a fulfillment for each parcel, and one for what has not left."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from parvis.domains.checkout.contracts import Order, OrderLine, OrderState, Parcel, ParcelState
from parvis.interfaces.agents.acp.moments import day, moment

Document = dict[str, Any]
_STATES: Mapping[ParcelState, tuple[str, str]] = {  # a parcel's state -> status, and type of the event
    ParcelState.PREPARING: ("processing", "processing"),
    ParcelState.HANDED_OVER: ("shipped", "shipped"),
    ParcelState.IN_TRANSIT: ("in_transit", "in_transit"),
    ParcelState.OUT_FOR_DELIVERY: ("out_for_delivery", "out_for_delivery"),
    ParcelState.READY_FOR_COLLECTION: ("ready_for_pickup", "ready_for_pickup"),
    ParcelState.FAILED: ("failed", "failed_attempt"),
    ParcelState.DELIVERED: ("delivered", "delivered"),
    ParcelState.RETURNED: ("failed", "returned_to_sender"),
}


def of_order(order: Order) -> list[Document]:
    """All fulfillments of an order."""
    if not order.parcels:
        return [_whole(order)]
    return [*(_of_parcel(parcel, order) for parcel in order.parcels), *_rest(order)]


def fulfilled(line: OrderLine, order: Order) -> int:
    """How many pieces of a line have left."""
    if order.parcels:
        return sum(parcel.lines.get(line.id, 0) for parcel in order.parcels if parcel.handed_over_at is not None)
    return line.quantity if order.shipped_at is not None else 0


def _kind(order: Order) -> str:
    return "pickup" if order.address.point else "shipping"


def _of_parcel(parcel: Parcel, order: Order) -> Document:
    skus = {line.id: line.sku for line in order.lines}
    told: Document = {
        "id": f"{order.number}-{parcel.id}",
        "type": _kind(order),
        "status": _STATES[parcel.state][0],
        "line_items": [{"id": skus[line], "quantity": pieces} for line, pieces in parcel.lines.items() if pieces],
        "destination": _destination(order),
        "events": [
            _event(f"{order.number}-{parcel.id}-{place}", _STATES[step.state][1], step.at) | _where(step.place)
            for place, step in enumerate(parcel.steps)
        ],
    }
    if _kind(order) == "shipping":
        carried = {
            "carrier": parcel.carrier_name,
            "tracking_number": parcel.tracking,
            "tracking_url": parcel.tracking_url,
        }
        told |= {key: value for key, value in carried.items() if value}
    return told


def _rest(order: Order) -> Iterator[Document]:
    """What is in no parcel yet, and is still wanted."""
    packed = {line.id: sum(parcel.lines.get(line.id, 0) for parcel in order.parcels) for line in order.lines}
    left = [(line, line.quantity - line.refunded_quantity - packed[line.id]) for line in order.lines]
    waiting = [(line, pieces) for line, pieces in left if pieces > 0]
    if waiting and order.state is not OrderState.CANCELLED:
        yield {
            "id": f"{order.number}-rest",
            "type": _kind(order),
            "status": "pending",
            "line_items": [{"id": line.sku, "quantity": pieces} for line, pieces in waiting],
            "destination": _destination(order),
            "events": [],
            **_ahead([line.preorder_on for line, _pieces in waiting]),
        }


def _ahead(days: list[date | None]) -> Document:
    """What was ordered ahead is told with its day."""
    known = [each for each in days if each is not None]
    if not known:
        return {}
    told = {"earliest": day(max(known)), "latest": day(max(known), end=True)}
    return {"description": gettext("Ordered ahead"), "estimated_delivery": told}


def _whole(order: Order) -> Document:
    """One for everything, as long as nobody has packed parcels."""
    left = "ready_for_pickup" if order.address.point else "shipped"
    moments = (
        ("processing", order.paid_at),
        (left, order.shipped_at),
        ("delivered", order.delivered_at),
        ("canceled", order.cancelled_at),
    )
    passed = [(kind, at) for kind, at in moments if at is not None]
    told: Document = {
        "id": f"{order.number}-1",
        "type": _kind(order),
        "status": passed[-1][0] if passed else "pending",
        "line_items": [{"id": line.sku, "quantity": line.quantity} for line in order.lines],
        "destination": _destination(order),
        "events": [_event(f"{order.number}-{kind}", kind, at) for kind, at in passed],
        **_ahead([line.preorder_on for line in order.lines] if order.shipped_at is None else []),
    }
    if order.tracking and not order.address.point:
        told["tracking_number"] = order.tracking
    return told


def _event(key: str, kind: str, at: datetime) -> Document:
    return {"id": key, "type": kind, "occurred_at": moment(at)}


def _where(place: str) -> Document:
    return {"location": place} if place else {}


def _destination(order: Order) -> Document:
    where = order.address
    told = {
        "name": order.name,
        "line_one": where.line1,
        "line_two": where.line2,
        "city": where.city,
        "state": where.region,
        "country": where.country,
        "postal_code": where.postcode,
    }
    return {key: value for key, value in told.items() if value or key != "line_two"}
