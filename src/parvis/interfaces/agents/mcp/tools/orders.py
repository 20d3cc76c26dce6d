"""order_status: a customer's own orders, with her consent; or one order, by its number and its e-mail address."""

import hmac
from typing import Annotated

from pydantic import Field

from parvis.core import limits
from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound, ParvisError
from parvis.core.limits import Allowance
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import Order
from parvis.domains.people.contracts import GrantScope
from parvis.interfaces.agents.mcp.gate import Caller
from parvis.interfaces.agents.mcp.tools.common import READS, Arguments, tool
from parvis.interfaces.agents.mcp.words import Amount, Shape, amount, line

# Numbers can be guessed: few tries for who asks, and few for an order, whoever asks.
TRIES = Allowance("mcp-order-tries", burst=10, per_minute=1)
TRIES_OF_ORDER = Allowance("mcp-order-of", burst=6, per_minute=0.2)
MOST = 10


class Which(Arguments):
    number: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z]{1,3}-?[0-9]{1,12}$", description="As in the confirmation ('P-000123')."),
    ] = None
    email: Annotated[
        str | None,
        Field(max_length=254, description="The address it was ordered with; only where the customer is not signed in."),
    ] = None


class LineOut(Shape):
    sku: str
    name: str
    quantity: int
    refunded: int


class OrderOut(Shape):
    number: str
    state: str
    placed_at: str
    paid_at: str | None
    shipped_at: str | None
    delivered_at: str | None
    cancelled_at: str | None
    tracking: str
    total: Amount
    refunded: Amount
    lines: list[LineOut]


class Orders(Shape):
    orders: list[OrderOut]


class NoSuchOrder(ParvisError):
    """The same words for a number that never was and for one that is somebody else's."""

    code = "no_such_order"
    status = 404
    template = "No order is known under this number for this customer."


def status(caller: Caller, asked: Which) -> Orders:
    if caller.access is None and asked.number and asked.email:
        return Orders(orders=[_out(_by_email(caller, asked.number, asked.email))])
    if caller.access is None and (asked.number or asked.email):
        raise Invalid(field="email", problem="give both the number and the e-mail address, or sign in")
    customer_id = caller.needs(GrantScope.ORDERS)
    if asked.number is None:
        found = [queries.order(row.id) for row in queries.orders_of(customer_id, limit=MOST)]
        return Orders(orders=[_out(each) for each in found])
    try:
        one = queries.order_by_number(asked.number)
    except NotFound:
        raise NoSuchOrder from None
    if one.customer_id != customer_id:
        raise NoSuchOrder
    return Orders(orders=[_out(one)])


def _by_email(caller: Caller, number: str, email: str) -> Order:
    at = now()
    limits.spend(TRIES, caller=caller.address, at=at)
    limits.spend(TRIES_OF_ORDER, caller=number.strip().upper(), at=at)
    try:
        one = queries.order_by_number(number)
    except NotFound:
        raise NoSuchOrder from None
    # An order whose buyer was forgotten has no address any more: nothing typed is the same as nothing.
    kept, typed = one.email.strip().lower(), email.strip().lower()
    if not kept or not hmac.compare_digest(kept.encode(), typed.encode()):
        raise NoSuchOrder
    return one


def _out(order: Order) -> OrderOut:
    """Where it stands; no name and no address, which the assistant needs not know."""
    moments = (order.paid_at, order.shipped_at, order.delivered_at, order.cancelled_at)
    paid, shipped, delivered, cancelled = (each.isoformat() if each else None for each in moments)
    return OrderOut(
        number=order.number,
        state=order.state.value,
        placed_at=order.placed_at.isoformat(),
        paid_at=paid,
        shipped_at=shipped,
        delivered_at=delivered,
        cancelled_at=cancelled,
        tracking=line(order.tracking, limit=100),
        total=amount(order.totals.total),
        refunded=amount(order.refunded),
        lines=[
            LineOut(
                sku=each.sku,
                name=line(each.name, limit=200),
                quantity=each.quantity,
                refunded=each.refunded_quantity,
            )
            for each in order.lines
        ],
    )


ORDER_STATUS = tool(
    name="order_status",
    title="Where an order is",
    description=(
        "Where the customer's orders are: state, dates, tracking. Signed in (the customer allows 'see my orders'), it"
        " tells the latest ones, or the one of the number; otherwise the number and the e-mail address of one order are"
        " needed, and only a few tries are taken."
    ),
    takes=Which,
    gives=Orders,
    run=status,
    annotations=READS,
)
