"""Evidence follows voices: published, read anew, withdrawn, voted on."""

from collections.abc import Sequence

from parvis.core import events
from parvis.core.clock import now
from parvis.domains.evidence import actions
from parvis.domains.voices.contracts import VoicePublished, VoiceReread, VoiceWithdrawn, VotesChanged


def follow(batch: Sequence[VoicePublished | VoiceReread | VoiceWithdrawn | VotesChanged]) -> None:
    """Whatever happened, the present state of the voices decides: late and repeated events do no harm."""
    actions.refresh([event.voice_id for event in batch], at=now())


def register() -> None:
    """Called when Django is ready."""
    kinds = (VoicePublished, VoiceReread, VoiceWithdrawn, VotesChanged)
    events.register(events.Listener(name="evidence.follow", events=kinds, handler=follow, batch=1000))
