"""What the server itself knows of a visit: carts, orders, reviews; and people who take their consent back.

Ids are derived from what happened, so that nothing is counted twice whoever tells it again.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4, uuid5

from parvis.core import events
from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.analytics import actions
from parvis.domains.analytics.contracts import SIMULATED, Event, Kind
from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.contracts import CartLineAdded, OrderPaid
from parvis.domains.people.contracts import ConsentChanged, Purpose
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Origin, Voice, VoiceKind, VoiceReceived

_NAMES = UUID("0b1d8f5e-4f0e-5c0a-9a55-7a1c7d0c9e21")


def carts(added: Sequence[CartLineAdded]) -> None:
    """Something was put in a cart."""
    at = now()
    actions.record(
        [
            Event(id=uuid4(), kind=Kind.ADD_TO_CART, at=at, visit=each.visit or "", product_id=each.product_id)
            for each in added
        ],
        at=at,
    )


def orders(paid: Sequence[OrderPaid]) -> None:
    """Orders were paid: at the time of the payment, in the visit that the cart was filled in."""
    at = now()
    actions.record([_order(each) for each in paid], at=at)


def _order(paid: OrderPaid) -> Event:
    moment, simulated = now(), False
    try:
        order = checkout.order(paid.order_id)
        moment = order.paid_at or moment
        simulated = SIMULATED in order.provenance.values()
    except NotFound:
        pass  # gone since; that it was paid remains true
    return Event(
        id=uuid5(_NAMES, f"order {paid.order_id}"),
        kind=Kind.ORDER,
        at=moment,
        visit=paid.visit or "",
        product_ids=paid.product_ids,
        order_id=paid.order_id,
        value_minor=paid.total_minor,
        provenance=SIMULATED if simulated else "",
    )


def reviews(received: Sequence[VoiceReceived]) -> None:
    """Reviews written on the shop; imports and the demo's own data are not submissions."""
    wanted = [each.voice_id for each in received if each.kind == VoiceKind.REVIEW]
    at = now()
    actions.record(_submissions(voices.voices(wanted).values()), at=at)


def _submissions(found: Iterable[Voice]) -> list[Event]:
    return [
        Event(
            id=uuid5(_NAMES, f"review {voice.id}"),
            kind=Kind.REVIEW_SUBMIT,
            at=voice.received_at,
            product_id=voice.product_id,
            locale=voice.language if voice.language in ("fr", "en") else "",
        )
        for voice in found
        if voice.origin == Origin.STOREFRONT
    ]


def consents(changed: Sequence[ConsentChanged]) -> None:
    """Who no longer agrees to be measured across days is taken out of the days already measured."""
    gone = [each.visitor for each in changed if each.purpose == Purpose.ANALYTICS and not each.granted and each.visitor]
    if gone:
        actions.forget_visitors(gone, at=now())


def register() -> None:
    """Called when Django is ready."""
    for name, kind, handler in (
        ("analytics.carts", CartLineAdded, carts),
        ("analytics.orders", OrderPaid, orders),
        ("analytics.reviews", VoiceReceived, reviews),
        ("analytics.consents", ConsentChanged, consents),
    ):
        events.register(events.Listener(name=name, events=(kind,), handler=handler))
