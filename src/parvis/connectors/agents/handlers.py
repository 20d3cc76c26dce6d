"""Listen to what happens to orders, for those that agents placed."""

from collections.abc import Mapping, Sequence
from typing import Any

from parvis.connectors.agents import orders
from parvis.core import events
from parvis.core.clock import now
from parvis.core.events import Event, Listener
from parvis.domains.checkout import contracts as checkout

CHANGED = "changed"
# An order is told from the moment it is paid: before that it may still come to nothing.
TOLD: Mapping[type[Event], str] = {
    checkout.OrderPaid: "paid",
    checkout.OrderShipped: "shipped",
    checkout.OrderDelivered: "delivered",
    checkout.OrderCancelled: "cancelled",
    checkout.OrderRefunded: "refunded",
    checkout.ParcelChanged: CHANGED,
    checkout.ReturnChanged: CHANGED,
    checkout.RefundBounced: CHANGED,
}


def queue(batch: Sequence[Any]) -> None:
    """Note messages in the transaction that receives the events: each is written exactly once. A message holds the
    whole order, so that a mere change that came with something greater, or with another change, is not told twice."""
    happened = [(TOLD[type(event)], event.order_id) for event in batch]
    greater = {order_id for kind, order_id in happened if kind != CHANGED}
    changed = dict.fromkeys((kind, order_id) for kind, order_id in happened if kind == CHANGED)
    kept = [each for each in happened if each[0] != CHANGED]
    orders.queue([*kept, *(each for each in changed if each[1] not in greater)], at=now())


def register() -> None:
    events.register(Listener(name="agentlink.orders", events=tuple(TOLD), handler=queue, batch=200))
