"""What voices listens to: its own newcomers, orders that arrive or come back, people who want to hear no more."""

from collections.abc import Sequence

from parvis.core import events
from parvis.core.clock import now
from parvis.core.language_model import language_model
from parvis.core.tasks import SLOW
from parvis.domains.checkout.contracts import OrderDelivered, OrderRefunded
from parvis.domains.messaging.contracts import MessageLost, Purpose, Unsubscribed
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import CustomerErased, CustomersMerged, CustomersSplit
from parvis.domains.voices import actions, queries, tasks
from parvis.domains.voices.contracts import StopReason, VoiceHeld, VoicePublished, VoiceReceived, VoiceReported

OPINIONS_AT_ONCE = 5  # a task of some seconds


def read(received: Sequence[VoiceReceived]) -> None:
    """Read and decide about voices that came in."""
    actions.examine([event.voice_id for event in received], at=now())


def acknowledge(reported: Sequence[VoiceReported]) -> None:
    """Send the receipt of each report."""
    for event in reported:
        actions.acknowledge(event.report_id, at=now())


def ask(held: Sequence[VoiceHeld]) -> None:
    """Ask the language model about voices that were held, when there is one: later, outside of this transaction."""
    if language_model() is None or queries.opinion_mode() is queries.OpinionMode.OFF:
        return
    ids = [event.voice_id for event in held]
    for first in range(0, len(ids), OPINIONS_AT_ONCE):
        later = tasks.second_opinions.configure(lock=SLOW)
        later.defer(voice_ids=[*ids[first : first + OPINIONS_AT_ONCE]])


def replace(published: Sequence[VoicePublished]) -> None:
    """A person's later review of a product, or of the shop, takes the place of the earlier one."""
    wanted = [event.voice_id for event in published if event.kind == "review" or event.product_id is None]
    actions.replace_earlier(voice_ids=wanted, at=now())


def forget(erased: Sequence[CustomerErased]) -> None:
    """Empty what erased customers said, and ask them nothing more."""
    for event in erased:
        at = now()
        actions.stop_customer(customer_id=event.customer_id, reason=StopReason.ERASED, at=at)
        actions.erase_customer(customer_id=event.customer_id, at=at)


def invite(happened: Sequence[OrderDelivered | OrderRefunded]) -> None:
    """Plan an invitation for what has arrived; do not ask about what went back."""
    at = now()
    delivered = [event.order_id for event in happened if isinstance(event, OrderDelivered)]
    actions.schedule_invitations(order_ids=delivered, at=at)
    refunded = [event.order_id for event in happened if isinstance(event, OrderRefunded)]
    actions.refresh_orders(order_ids=refunded, at=at)


def hush(happened: Sequence[Unsubscribed | MessageLost]) -> None:
    """Invitations to who refuses them, or cannot be reached, end."""
    at = now()
    for event in happened:
        if isinstance(event, MessageLost):
            actions.stop_by_mail(key=event.key, at=at)
        elif event.purpose is Purpose.OPINION and event.customer_id is not None:
            actions.stop_customer(customer_id=event.customer_id, reason=StopReason.UNSUBSCRIBED, at=at)


def follow(happened: Sequence[CustomersMerged | CustomersSplit]) -> None:
    """What a person said follows their records: together when they are merged, apart when they are split."""
    at = now()
    for event in happened:
        merged = isinstance(event, CustomersMerged)
        if merged and people.merge(event.merge_id).undone_at is not None:
            continue  # taken apart before it was heard of
        move = actions.move_customer if merged else actions.move_back
        move(kept_id=event.kept_id, gone_id=event.gone_id, merge_id=event.merge_id, at=at)


def register() -> None:
    """Called when Django is ready."""
    events.register(events.Listener(name="voices.examine", events=(VoiceReceived,), handler=read, batch=500))
    events.register(events.Listener(name="voices.acknowledge", events=(VoiceReported,), handler=acknowledge, batch=20))
    events.register(events.Listener(name="voices.ask", events=(VoiceHeld,), handler=ask, batch=500))
    events.register(events.Listener(name="voices.forget", events=(CustomerErased,), handler=forget, batch=20))
    merged = (CustomersMerged, CustomersSplit)
    events.register(events.Listener(name="voices.follow", events=merged, handler=follow, batch=20))
    orders = (OrderDelivered, OrderRefunded)
    events.register(events.Listener(name="voices.invite", events=orders, handler=invite, batch=100))
    events.register(events.Listener(name="voices.replace", events=(VoicePublished,), handler=replace, batch=500))
    mail = (Unsubscribed, MessageLost)
    events.register(events.Listener(name="voices.hush", events=mail, handler=hush, batch=100))
