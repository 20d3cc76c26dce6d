"""What the shop itself knows: prices and stock, delivery, returns, and the shopper's own orders."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from parvis.domains.assistant.contracts import Hint, Outcome
from parvis.domains.assistant.queries.answering.reply import Asking, Reply
from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.contracts import WITHDRAWAL_DAYS, Order, OrderState

ORDERS = 3
_NUMBER = re.compile(r"\bp\s?-?\s?0\d{3,}\b", re.IGNORECASE)


def price(asking: Asking) -> Reply:
    """Price, sizes and stock, as they are when the answer is read."""
    if asking.product is None:
        return Reply(outcome=Outcome.DIRECTED, hints=(Hint.WHICH_PRODUCT,))
    return Reply(outcome=Outcome.ANSWERED, certainty=1.0, terms=("price",), filters=asking.asked.filters)


def delivery(asking: Asking) -> Reply:
    """Ways of delivery, from the shop's settings."""
    return Reply(outcome=Outcome.ANSWERED, certainty=1.0, terms=("delivery",))


def returns(asking: Asking) -> Reply:
    """The terms of sending back, and which of the shopper's orders may still be sent back."""
    orders = [order.id for order in _orders(asking) if _may_return(order, asking.at)]
    return Reply(outcome=Outcome.ANSWERED, certainty=1.0, terms=("withdrawal",), orders=orders)


def order(asking: Asking) -> Reply:
    """The shopper's own orders. Nobody else's: an order's number is no key."""
    if asking.customer_id is None:
        return Reply(outcome=Outcome.DIRECTED, hints=(Hint.SIGN_IN,))
    found = _orders(asking)
    if not found:
        return Reply(outcome=Outcome.ANSWERED, certainty=1.0, hints=(Hint.NO_ORDER,))
    if named := _NUMBER.search(asking.asked.asked):
        digits = "".join(c for c in named[0] if c.isdigit())
        mine = [each for each in found if digits == "".join(c for c in each.number if c.isdigit())]
        if not mine:
            return Reply(outcome=Outcome.THIN, hints=(Hint.NO_ORDER,), orders=[each.id for each in found[:ORDERS]])
        found = mine
    return Reply(outcome=Outcome.ANSWERED, certainty=1.0, orders=[each.id for each in found[:ORDERS]])


def _orders(asking: Asking) -> Sequence[Order]:
    if asking.customer_id is None:
        return ()
    rows = checkout.orders_of(asking.customer_id)
    return [checkout.order(row.id) for row in rows[: 2 * ORDERS]]


def _may_return(order: Order, at: datetime) -> bool:
    until = returnable_until(order)
    return until is not None and until > at


def returnable_until(order: Order) -> datetime | None:
    """When the days to change one's mind end; None when there is nothing to send back."""
    if order.state not in (OrderState.DELIVERED, OrderState.PARTLY_REFUNDED) or order.delivered_at is None:
        return None
    return order.delivered_at + timedelta(days=WITHDRAWAL_DAYS)
