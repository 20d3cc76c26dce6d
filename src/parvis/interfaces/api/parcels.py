"""/parcels and /returns: how goods travel, and how they come back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from parvis.core.clock import now
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import (
    Condition,
    Parcel,
    ParcelState,
    ReceivedLine,
    Return,
    ReturnKind,
    ReturnReason,
    ReturnState,
)
from parvis.domains.people.contracts import Scope
from parvis.interfaces.api.auth import Needs, caller
from parvis.interfaces.api.repeat import once, once_outside, own_key
from parvis.interfaces.api.shapes import Amount

router = Router(tags=["orders"])
READ, WRITE = Needs(Scope.ORDERS_READ), Needs(Scope.ORDERS_WRITE)


class Pieces(Schema):
    """So many pieces of an order line."""

    line_id: int
    quantity: Annotated[int, Field(ge=1, le=1000)]


class StepOut(Schema):
    """What was told of a parcel: when it happened, and where."""

    state: ParcelState
    at: datetime
    place: str


class ParcelOut(Schema):
    """``state`` is what all news of the parcel, in whatever order it came, amounts to."""

    id: int
    state: ParcelState
    carrier: str
    carrier_name: str
    tracking: str
    tracking_url: str
    lines: list[Pieces]
    steps: list[StepOut]
    created_at: datetime
    handed_over_at: datetime | None
    delivered_at: datetime | None

    @staticmethod
    def resolve_lines(parcel: Any) -> Any:
        inside = parcel.lines
        if isinstance(inside, Mapping):
            return [{"line_id": line_id, "quantity": quantity} for line_id, quantity in inside.items()]
        return inside


class ReturnLineOut(Schema):
    line_id: int
    sku: str
    quantity: int
    reason: ReturnReason
    received: int | None
    condition: Condition | None
    restock: bool


class ReturnOut(Schema):
    """``refund`` is what was given back, once it was."""

    id: int
    number: str
    order_number: str
    kind: ReturnKind
    state: ReturnState
    lines: list[ReturnLineOut]
    note: str
    answer: str
    refund: Amount | None
    requested_at: datetime
    accepted_at: datetime | None
    received_at: datetime | None
    closed_at: datetime | None


class ParcelIn(Schema):
    """Without ``lines``: all that is left of the order. ``carrier`` is the key of one of the shop's carriers."""

    lines: Annotated[list[Pieces], Field(max_length=100)] = Field(default_factory=list)
    carrier: Annotated[str, Field(max_length=40)] = ""
    tracking: Annotated[str, Field(max_length=120)] = ""
    handed_over: bool = True


class NewsIn(Schema):
    """``at`` is when it happened, now by default. The Idempotency-Key names the news: sent again it changes nothing."""

    state: ParcelState
    at: datetime | None = None
    place: Annotated[str, Field(max_length=120)] = ""


class ReceivedIn(Schema):
    line_id: int
    quantity: Annotated[int, Field(ge=0, le=1000)]
    condition: Condition = Condition.AS_NEW
    restock: bool = True


class ReceiptIn(Schema):
    """What came back; a line that is left out did not come."""

    lines: Annotated[list[ReceivedIn], Field(max_length=100)]


class PayBackIn(Schema):
    """Without an amount: what the rules give back. Less needs ``answer``, which the buyer reads."""

    amount_minor: Annotated[int | None, Field(ge=1, le=100_000_000)] = None
    answer: Annotated[str, Field(max_length=1000)] = ""


@router.post("/orders/{number}/parcels", response={201: ParcelOut}, auth=WRITE, summary="Pack or send a parcel")
def pack(request: HttpRequest, number: str, new: ParcelIn) -> HttpResponse:
    def act() -> tuple[int, Any]:
        made: Parcel = actions.pack(
            order_id=queries.order_by_number(number).id,
            lines={line.line_id: line.quantity for line in new.lines} or None,
            carrier=new.carrier,
            tracking=new.tracking,
            handed_over=new.handed_over,
            key=own_key(request),
            actor_id=caller(request).account_id,
            at=now(),
        )
        return 201, ParcelOut.from_orm(made)

    return once(request, act)


@router.get("/parcels/{parcel_id}", response=ParcelOut, auth=READ, summary="Read a parcel")
def read_parcel(request: HttpRequest, parcel_id: int) -> Any:
    return queries.parcel(parcel_id)


@router.post("/parcels/{parcel_id}/news", response={200: ParcelOut}, auth=WRITE, summary="What became of a parcel")
def news(request: HttpRequest, parcel_id: int, told: NewsIn) -> HttpResponse:
    def act() -> tuple[int, Any]:
        found = actions.parcel_news(
            parcel_id=parcel_id,
            state=told.state,
            key=own_key(request),
            happened_at=told.at,
            place=told.place,
            actor_id=caller(request).account_id,
            at=now(),
        )
        return 200, ParcelOut.from_orm(found)

    return once(request, act)


@router.get("/returns/{return_id}", response=ReturnOut, auth=READ, summary="Read a return")
def read_return(request: HttpRequest, return_id: int) -> Any:
    return queries.return_(return_id)


@router.post("/returns/{return_id}/receipt", response={200: ReturnOut}, auth=WRITE, summary="The goods came back")
def receive(request: HttpRequest, return_id: int, receipt: ReceiptIn) -> HttpResponse:
    def act() -> tuple[int, Any]:
        found: Return = actions.receive_return(
            return_id=return_id,
            lines=[ReceivedLine(**line.model_dump()) for line in receipt.lines],
            actor_id=caller(request).account_id,
            at=now(),
        )
        return 200, ReturnOut.from_orm(found)

    return once(request, act)


@router.post("/returns/{return_id}/refund", response={200: ReturnOut}, auth=WRITE, summary="Pay a return back")
def pay_back(request: HttpRequest, return_id: int, wanted: PayBackIn) -> HttpResponse:
    def act() -> tuple[int, Any]:
        found = actions.refund_return(
            return_id=return_id,
            amount_minor=wanted.amount_minor,
            answer=wanted.answer,
            actor_id=caller(request).account_id,
            at=now(),
        )
        return 200, ReturnOut.from_orm(found)

    return once_outside(request, act)
