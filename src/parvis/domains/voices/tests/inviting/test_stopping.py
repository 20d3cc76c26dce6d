"""What ends an invitation: a review, a return, a refusal, an erasure, time."""

import pytest

from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout import testing as buying
from parvis.domains.messaging import actions as messaging
from parvis.domains.people import actions as people
from parvis.domains.voices import actions, queries, rules
from parvis.domains.voices.contracts import (
    InvitationState,
    StopReason,
)
from parvis.domains.voices.tests.inviting.conftest import AT, CLAIRE, DAY, invited, review, sent

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_review_ends_it(box, shop):
    invitation = sent(box, invited())
    voice = actions.receive(review(invitation), at=invitation.due_at)
    ended = queries.invitation(invitation.id)
    assert (ended.state, ended.products[0].voice_id) == (InvitationState.DONE, voice.id)
    actions.remind_due(at=invitation.remind_at)
    messaging.send_due(at=invitation.remind_at)
    assert len(box.mails) == 1


def test_a_review_of_one_product_leaves_the_others_to_ask_about(box, shop):
    invitation = sent(box, invited({"DR-S": 1, "SW-S": 1}))
    actions.receive(review(invitation), at=invitation.due_at)
    actions.remind_due(at=invitation.remind_at)
    messaging.send_due(at=invitation.remind_at)
    reminder = box.mails[1]
    assert f"#product-{invitation.products[0].product_id}" not in reminder.text
    assert f"#product-{invitation.products[1].product_id}" in reminder.text


def test_a_review_written_before_the_day_makes_the_mail_needless(box, shop):
    invitation = invited()
    actions.receive(review(invitation), at=AT)
    ended = queries.invitation(invitation.id)
    assert (ended.state, ended.stop_reason) == (InvitationState.STOPPED, StopReason.REVIEWED)
    sent(box, invitation)
    assert box.mails == []


def test_what_went_back_is_not_asked_about(box, shop):
    invitation = invited({"DR-S": 1, "SW-S": 1})
    order = buying.queries.order(invitation.order_id)
    dress = next(line for line in order.lines if line.sku == "DR-S")
    refund = {"reason": "too small", "actor_id": None}
    checkout.refund(order_id=order.id, lines={dress.id: 1}, key="r1", at=AT + DAY, **refund)
    outbox.deliver(at=now())
    products = {each.product_id: each.dropped for each in queries.invitation(invitation.id).products}
    assert products[dress.product_id] is True
    other = next(line for line in order.lines if line.sku == "SW-S")
    checkout.refund(order_id=order.id, lines={other.id: 1}, key="r2", at=AT + DAY, **refund)
    outbox.deliver(at=now())
    assert queries.invitation(invitation.id).stop_reason is StopReason.REFUNDED
    sent(box, invitation)
    assert box.mails == []


@pytest.mark.parametrize("told", [True, False])
def test_an_erased_person_is_never_written_to(box, shop, told):
    invitation = invited()
    people.erase_customer(customer_id=invitation.customer_id, at=AT)
    if told:  # else the mail's day comes before the event does
        outbox.deliver(at=now())
    sent(box, invitation)
    assert box.mails == []
    assert queries.invitation(invitation.id).stop_reason is StopReason.ERASED


def test_who_unsubscribes_is_neither_reminded_nor_invited_again(box, shop):
    invitation = sent(box, invited())
    other = invited({"SW-S": 1}, key="two", at=AT + DAY)
    token = box.mails[0].headers["List-Unsubscribe"].strip("<>").rstrip("/").rpartition("/")[2]
    messaging.unsubscribe(token=token, source="one click", at=invitation.due_at)
    outbox.deliver(at=now())
    for each in (invitation, other):
        assert queries.invitation(each.id).stop_reason is StopReason.UNSUBSCRIBED
    third = invited({"SW-M": 1}, key="three", at=AT + 2 * DAY)
    actions.invite_due(at=third.due_at + DAY)
    actions.remind_due(at=third.due_at + 60 * DAY)
    messaging.send_due(at=third.due_at + 60 * DAY)
    assert len(box.mails) == 1
    assert queries.invitation(third.id).stop_reason is StopReason.UNSUBSCRIBED


def test_an_address_that_bounces_is_not_reminded(box, shop):
    box.refuses.add(CLAIRE)
    invitation = sent(box, invited())
    outbox.deliver(at=now())
    assert queries.invitation(invitation.id).stop_reason is StopReason.UNREACHABLE


def test_an_old_invitation_is_not_sent_any_more(box, shop):
    invitation = invited()
    actions.invite_due(at=invitation.due_at + rules.STALE_AFTER + DAY)
    assert queries.invitation(invitation.id).stop_reason is StopReason.EXPIRED
