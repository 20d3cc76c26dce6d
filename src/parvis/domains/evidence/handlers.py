"""Evidence follows voices (published, read anew, withdrawn, voted on), products and the rules about reviews."""

from collections.abc import Sequence

from parvis.core import events
from parvis.core.clock import now
from parvis.domains.catalog.contracts import ProductChanged
from parvis.domains.evidence import actions
from parvis.domains.voices.contracts import PolicyChanged, VoicePublished, VoiceReread, VoiceWithdrawn, VotesChanged


def follow(batch: Sequence[VoicePublished | VoiceReread | VoiceWithdrawn | VotesChanged]) -> None:
    """Whatever happened, the present state of the voices decides: late and repeated events do no harm."""
    actions.refresh([event.voice_id for event in batch], at=now())


def follow_products(batch: Sequence[ProductChanged]) -> None:
    """What the catalogue states now is what is searched."""
    actions.follow_products({event.product_id for event in batch})


def follow_policies(batch: Sequence[PolicyChanged]) -> None:
    """What is promised about reviews now is what is searched."""
    actions.follow_policies()


def follow_questions(batch: Sequence[VoiceWithdrawn]) -> None:
    """Answers to frequent questions lose what they rested on."""
    actions.follow_faq([event.voice_id for event in batch], at=now())


def register() -> None:
    """Called when Django is ready."""
    kinds = (VoicePublished, VoiceReread, VoiceWithdrawn, VotesChanged)
    events.register(events.Listener(name="evidence.follow", events=kinds, handler=follow, batch=1000))
    events.register(
        events.Listener(name="evidence.products", events=(ProductChanged,), handler=follow_products, batch=500)
    )
    events.register(events.Listener(name="evidence.policies", events=(PolicyChanged,), handler=follow_policies))
    events.register(
        events.Listener(name="evidence.faq", events=(VoiceWithdrawn,), handler=follow_questions, batch=1000)
    )
