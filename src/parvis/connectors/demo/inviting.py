"""A few invitations for the demo: the cast's, and some of the latest simulated deliveries. Never one for each order."""

from datetime import datetime, timedelta

from parvis.domains.checkout import queries as orders
from parvis.domains.checkout.contracts import OrderFilter, OrderState
from parvis.domains.people.contracts import Customer
from parvis.domains.voices import actions as voices

WAITING, WRITTEN = 12, 12
"""Orders whose invitation is still to come, and orders whose day has come."""
_PAST = timedelta(days=16)
_ARRIVED = (OrderState.DELIVERED, OrderState.PARTLY_REFUNDED)


def plan(cast: dict[str, Customer], *, at: datetime) -> int:
    """Plan invitations for a bounded set of orders; returns how many. Doing it again adds none for the same orders."""
    latest = orders.orders(OrderFilter(states=(OrderState.DELIVERED,), simulated=True), limit=WAITING)
    earlier = OrderFilter(states=(OrderState.DELIVERED,), simulated=True, placed_to=at - _PAST)
    chosen = [row.id for row in (*latest.items, *orders.orders(earlier, limit=WRITTEN).items)]
    for who in cast.values():
        chosen += [row.id for row in orders.orders_of(who.id) if row.state in _ARRIVED]
    return len(voices.schedule_invitations(order_ids=dict.fromkeys(chosen), at=at))
