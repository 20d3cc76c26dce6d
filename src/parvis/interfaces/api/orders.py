"""/orders: what was bought, and what happens to it."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from parvis.core.clock import now
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import OrderFilter, OrderState, RefundState
from parvis.domains.people.contracts import Scope
from parvis.interfaces.api.auth import Needs, caller
from parvis.interfaces.api.parcels import ParcelOut, ReturnOut
from parvis.interfaces.api.problems import only
from parvis.interfaces.api.repeat import once, once_outside, own_key
from parvis.interfaces.api.shapes import Amount, Cursor, Limit, Listed

router = Router(tags=["orders"])
READ, WRITE = Needs(Scope.ORDERS_READ), Needs(Scope.ORDERS_WRITE)


class OrderRowOut(Schema):
    id: int
    number: str
    state: OrderState
    email: str
    name: str
    total: Amount
    refunded: Amount
    quantity: int
    placed_at: datetime
    provenance: dict[str, str]


class OrderLineOut(Schema):
    id: int
    sku: str
    product_id: int
    variant_id: int
    name: str
    size: str
    colour: str
    unit: Amount
    quantity: int
    refunded_quantity: int


class TotalsOut(Schema):
    """Prices include the tax; ``tax`` is its part of ``total``."""

    subtotal: Amount
    shipping: Amount
    discount: Amount
    tax: Amount
    total: Amount
    tax_basis_points: int


class AddressOut(Schema):
    line1: str
    line2: str
    postcode: str
    city: str
    region: str
    country: str
    phone: str
    point: str


class RefundOut(Schema):
    id: int
    amount: Amount
    reason: str
    state: RefundState
    at: datetime


class TrailOut(Schema):
    kind: str
    actor_id: int | None
    at: datetime


class OrderOut(Schema):
    id: int
    number: str
    state: OrderState
    customer_id: int | None
    email: str
    name: str
    locale: str
    totals: TotalsOut
    refunded: Amount
    address: AddressOut
    shipping_method: str
    tracking: str
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    lines: list[OrderLineOut]
    refunds: list[RefundOut]
    parcels: list[ParcelOut]
    returns: list[ReturnOut]
    trail: list[TrailOut]
    provenance: dict[str, str]


class OrderQuery(Schema):
    state: list[OrderState] = Field(default_factory=list)
    placed_from: datetime | None = None
    placed_to: datetime | None = None
    limit: Limit = 50
    cursor: Cursor = None


class Shipment(Schema):
    tracking: Annotated[str, Field(max_length=100)] = ""


class RefundLine(Schema):
    line_id: int
    quantity: Annotated[int, Field(ge=1, le=1000)]


class RefundIn(Schema):
    """Lines with quantities, or an amount, or both; never above what was captured."""

    lines: Annotated[list[RefundLine], Field(max_length=100)] = Field(default_factory=list)
    amount_minor: Annotated[int | None, Field(ge=1, le=100_000_000)] = None
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    restock: bool = True


@router.get("/orders", response=Listed[OrderRowOut], auth=READ, summary="List orders, newest first")
def list_orders(request: HttpRequest, query: Query[OrderQuery]) -> Any:
    only(request, *OrderQuery.model_fields)
    filters = OrderFilter(states=tuple(query.state), placed_from=query.placed_from, placed_to=query.placed_to)
    page = queries.orders(filters, query.cursor, limit=query.limit)
    return {"items": list(page.items), "next": page.next}


@router.get("/orders/{number}", response=OrderOut, auth=READ, summary="Read an order")
def read_order(request: HttpRequest, number: str) -> Any:
    return queries.order_by_number(number)


@router.post("/orders/{number}/shipment", response={200: OrderOut}, auth=WRITE, summary="The order has left")
def ship(request: HttpRequest, number: str, shipment: Shipment) -> HttpResponse:
    def act() -> tuple[int, Any]:
        order = queries.order_by_number(number)
        actor = caller(request).account_id
        actions.ship(order_id=order.id, tracking=shipment.tracking, actor_id=actor, at=now())
        return 200, OrderOut.from_orm(queries.order(order.id))

    return once(request, act)


@router.post("/orders/{number}/delivery", response={200: OrderOut}, auth=WRITE, summary="The order has arrived")
def deliver(request: HttpRequest, number: str) -> HttpResponse:
    def act() -> tuple[int, Any]:
        order = queries.order_by_number(number)
        actions.deliver(order_id=order.id, actor_id=caller(request).account_id, at=now())
        return 200, OrderOut.from_orm(queries.order(order.id))

    return once(request, act)


@router.post("/orders/{number}/refunds", response={201: RefundOut}, auth=WRITE, summary="Give money back")
def refund(request: HttpRequest, number: str, new: RefundIn) -> HttpResponse:
    def act() -> tuple[int, Any]:
        order = queries.order_by_number(number)
        made = actions.refund(
            order_id=order.id,
            lines={line.line_id: line.quantity for line in new.lines},
            amount_minor=new.amount_minor,
            reason=new.reason,
            actor_id=caller(request).account_id,
            key=own_key(request),
            at=now(),
            restock=new.restock,
        )
        return 201, RefundOut.from_orm(made)

    return once_outside(request, act)
