"""What messaging listens to: people who ask to be forgotten."""

from collections.abc import Sequence

from parvis.core import events
from parvis.core.clock import now
from parvis.domains.messaging import actions
from parvis.domains.people.contracts import CustomerErased


def forget(erased: Sequence[CustomerErased]) -> None:
    """Nothing more goes to who was erased, and nothing written to them stays."""
    for event in erased:
        actions.forget_customer(customer_id=event.customer_id, address_digest=event.address_digest, at=now())


def register() -> None:
    """Called when Django is ready."""
    events.register(events.Listener(name="messaging.forget", events=(CustomerErased,), handler=forget, batch=20))
