"""Orders that were delivered, their invitations and the mails."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout import testing as buying
from parvis.domains.messaging import actions as messaging
from parvis.domains.messaging.testing import postbox
from parvis.domains.people.testing import BY_KEY
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import (
    NewVoice,
    Outcome,
    Reason,
    VoiceKind,
    VoiceState,
)

PARIS = ZoneInfo("Europe/Paris")
AT = buying.AT
CLAIRE = BY_KEY["claire"].email
DAY = timedelta(days=1)


@pytest.fixture
def box(db):
    with postbox() as made, buying.without_letters():
        yield made


@pytest.fixture
def shop(db):
    return small_catalogue()


def delivered(lines=None, *, who="claire", key="one", at=AT):
    order = buying.paid_order(lines, who=who, token=f"test-cart-token-of-{key}", key=key, at=at)
    checkout.ship(order_id=order.id, at=at)
    return checkout.deliver(order_id=order.id, at=at)


def invited(lines=None, **more):
    order = delivered(lines, **more)
    (found,) = actions.schedule_invitations(order_ids=[order.id], at=order.delivered_at)
    return queries.invitation(found)


def sent(box, invitation):
    actions.invite_due(at=invitation.due_at)
    messaging.send_due(at=invitation.due_at)
    return queries.invitation(invitation.id)


def review(invitation, *, product=0, **more):
    return NewVoice(
        product_id=invitation.products[product].product_id,
        customer_id=invitation.customer_id,
        text="I wear it every week and it keeps its shape.",
        stars=5,
        author_name="Claire",
        origin_ref=f"invitation:{invitation.id}:{product}",
        **more,
    )


def publish(new, at=AT):
    voice = actions.receive(new, at=at)
    actions.examine([voice.id], at=at)
    if queries.voice(voice.id).state is not VoiceState.PUBLISHED:
        from parvis.domains.people import testing as cast

        actions.decide(
            voice_ids=[voice.id],
            outcome=Outcome.PUBLISH,
            reason=Reason.APPROVED,
            note="",
            actor_id=cast.staff("camille", at=at).account_id,
            at=at,
        )
    return voice


def ask(product_id, text, *, language="en", at=AT):
    return publish(
        NewVoice(
            kind=VoiceKind.QUESTION,
            product_id=product_id,
            text=text,
            author_name="Emma",
            language=language,
            submitted_at=at,
        ),
        at,
    )
