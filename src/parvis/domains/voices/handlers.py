"""What voices listens to: its own newcomers, and people who ask to be forgotten."""

from collections.abc import Sequence

from parvis.core import events
from parvis.core.clock import now
from parvis.domains.people.contracts import CustomerErased
from parvis.domains.voices import actions
from parvis.domains.voices.contracts import VoiceReceived


def read(received: Sequence[VoiceReceived]) -> None:
    """Read and decide about voices that came in."""
    actions.examine([event.voice_id for event in received], at=now())


def forget(erased: Sequence[CustomerErased]) -> None:
    """Empty what erased customers said."""
    for event in erased:
        actions.erase_customer(customer_id=event.customer_id, at=now())


def register() -> None:
    """Called when Django is ready."""
    events.register(events.Listener(name="voices.examine", events=(VoiceReceived,), handler=read, batch=500))
    events.register(events.Listener(name="voices.forget", events=(CustomerErased,), handler=forget, batch=20))
