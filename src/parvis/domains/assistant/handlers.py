"""What the assistant listens to: people who ask to be forgotten, or turn out to be one."""

from collections.abc import Sequence

from parvis.core import events
from parvis.domains.assistant import actions
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import CustomerErased, CustomersMerged, CustomersSplit
from parvis.domains.voices.contracts import VoiceWithdrawn


def forget(erased: Sequence[CustomerErased]) -> None:
    """Nothing that an erased customer asked stays."""
    for event in erased:
        actions.forget_customer(customer_id=event.customer_id)


def follow(happened: Sequence[CustomersMerged | CustomersSplit]) -> None:
    """Conversations follow a person's records: together when they are merged, apart when they are split."""
    for event in happened:
        merged = isinstance(event, CustomersMerged)
        if merged and people.merge(event.merge_id).undone_at is not None:
            continue  # taken apart before it was heard of
        move = actions.move_customer if merged else actions.move_back
        move(kept_id=event.kept_id, gone_id=event.gone_id, merge_id=event.merge_id)


def withdraw(withdrawn: Sequence[VoiceWithdrawn]) -> None:
    """Nothing stays of what a withdrawn voice said, nor of what was written from it."""
    actions.forget_voices([event.voice_id for event in withdrawn])


def register() -> None:
    """Called when Django is ready."""
    events.register(events.Listener(name="assistant.forget", events=(CustomerErased,), handler=forget, batch=20))
    merged = (CustomersMerged, CustomersSplit)
    events.register(events.Listener(name="assistant.follow", events=merged, handler=follow, batch=20))
    events.register(events.Listener(name="assistant.withdraw", events=(VoiceWithdrawn,), handler=withdraw, batch=200))
