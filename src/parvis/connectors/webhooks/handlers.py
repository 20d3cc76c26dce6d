"""Listen to what may be told outside, and queue a message for each endpoint that wants it."""

from collections.abc import Sequence
from typing import Any

from parvis.connectors.webhooks import actions
from parvis.core import events
from parvis.core.clock import now
from parvis.core.events import Event, Listener
from parvis.domains.catalog import contracts as catalog
from parvis.domains.checkout import contracts as checkout
from parvis.domains.people import contracts as people
from parvis.domains.voices import contracts as voices

# Events that stay inside (a voice just received, a cart) are not told.
TOLD: tuple[type[Event], ...] = (
    voices.VoicePublished,
    voices.VoiceRefused,
    voices.VoiceWithdrawn,
    catalog.ProductChanged,
    catalog.PriceChanged,
    catalog.StockChanged,
    checkout.OrderPlaced,
    checkout.OrderPaid,
    checkout.OrderCancelled,
    checkout.OrderRefunded,
    checkout.RefundBounced,
    checkout.OrderShipped,
    checkout.OrderDelivered,
    checkout.ParcelChanged,
    checkout.ReturnChanged,
    people.ConsentChanged,
    people.CustomerErased,
    people.CustomersMerged,
    people.CustomersSplit,
    people.AgentStopped,
    people.AgentResumed,
)


def queue(batch: Sequence[Event]) -> None:
    """Queue messages in the transaction that receives the events: each is written exactly once."""
    actions.queue([(event.name, _outside(event)) for event in batch], at=now())


def _outside(event: Event) -> dict[str, Any]:
    return {key: value for key, value in events.to_payload(event).items() if key not in event.inside}


def register() -> None:
    events.register(Listener(name="webhooks.queue", events=TOLD, handler=queue, batch=200))
