"""What checkout does when others change."""

from collections.abc import Sequence

from parvis.core.clock import now
from parvis.core.events import Listener
from parvis.domains.checkout import actions
from parvis.domains.people.contracts import CustomerErased


def forget(events: Sequence[CustomerErased]) -> None:
    """Erased customers leave no personal data in closed orders, no cart and no card."""
    at = now()
    for event in events:
        actions.forget_customer(customer_id=event.customer_id, at=at)


LISTENERS = (Listener(name="checkout.forget", events=(CustomerErased,), handler=forget),)
