"""Copy follows its support: voices that go, facts that change. Drafts are marked, never changed."""

from collections.abc import Sequence

from parvis.core import events
from parvis.core.clock import now
from parvis.domains.catalog.contracts import ProductChanged
from parvis.domains.copywriting import actions, queries
from parvis.domains.voices.contracts import VoiceWithdrawn


def withdraw(withdrawn: Sequence[VoiceWithdrawn]) -> None:
    """Drafts that quote a voice which is public no more."""
    actions.recheck(queries.drafts_leaning_on([event.voice_id for event in withdrawn]), at=now())


def follow(changed: Sequence[ProductChanged]) -> None:
    """Drafts of products whose facts changed."""
    actions.recheck(queries.drafts_of({event.product_id for event in changed}), at=now())


def register() -> None:
    """Called when Django is ready."""
    events.register(events.Listener(name="copywriting.withdraw", events=(VoiceWithdrawn,), handler=withdraw, batch=200))
    events.register(events.Listener(name="copywriting.follow", events=(ProductChanged,), handler=follow, batch=200))
