"""When an invitation and its reminder come: on their day, once."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis.core import outbox
from parvis.core.clock import now
from parvis.core.errors import Invalid
from parvis.domains.messaging import actions as messaging
from parvis.domains.voices import actions, queries, rules
from parvis.domains.voices.contracts import (
    InvitationSettings,
    InvitationState,
)
from parvis.domains.voices.tests.inviting.conftest import AT, CLAIRE, DAY, PARIS, delivered, invited, sent

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_it_comes_at_the_hour_at_which_they_ordered_within_the_day():
    delivered_at = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
    for ordered, hour in ((7, 8), (11, 11), (23, 20)):
        placed = datetime(2026, 3, 4, ordered, 30, tzinfo=PARIS)
        moment = rules.first_moment(placed_at=placed, delivered_at=delivered_at, delay_days=10, zone="Europe/Paris")
        assert moment.astimezone(PARIS) == datetime(2026, 3, 20, hour, tzinfo=PARIS)


def test_summer_time_does_not_move_the_hour():
    placed = datetime(2026, 3, 20, 18, 0, tzinfo=PARIS)
    moment = rules.first_moment(placed_at=placed, delivered_at=placed, delay_days=14, zone="Europe/Paris")
    assert moment.astimezone(PARIS).hour == 18


def test_never_before_the_delivery():
    placed = datetime(2026, 3, 4, 9, 0, tzinfo=PARIS)
    arrived = datetime(2026, 3, 10, 17, 0, tzinfo=PARIS)
    moment = rules.first_moment(placed_at=placed, delivered_at=arrived, delay_days=0, zone="Europe/Paris")
    assert moment > arrived


@pytest.mark.parametrize("weekday", range(7))
def test_the_reminder_comes_on_the_other_kind_of_day(weekday):
    first = datetime(2026, 3, 9, 18, 0, tzinfo=PARIS) + weekday * DAY
    moment = rules.reminder_moment(placed_at=first, sent_at=first, days=7, zone="Europe/Paris").astimezone(PARIS)
    assert (moment.weekday() >= 5) != (weekday >= 5)
    assert moment.hour == 18
    assert timedelta(days=7) <= moment - first <= timedelta(days=12)


def test_the_longest_delay_of_the_order_counts():
    settings = InvitationSettings(delay_days=10, delays={"coats": 30, "food": 2})
    assert rules.delay_of(settings, ["food"]) == 2
    assert rules.delay_of(settings, ["food", "coats", "tops"]) == 30
    assert rules.delay_of(settings, []) == 10


def test_settings_are_kept_within_bounds_and_their_change_leaves_a_trail(olivia):
    with pytest.raises(Invalid):
        actions.set_invitations(wanted=InvitationSettings(delay_days=121), actor_id=olivia, at=AT)
    with pytest.raises(Invalid):
        actions.set_invitations(wanted=InvitationSettings(delays={"tops": -1}), actor_id=olivia, at=AT)
    wanted = InvitationSettings(delays={"tops": 3}, opening_fr="Bonjour {name}")
    actions.set_invitations(wanted=wanted, actor_id=olivia, at=AT)
    assert queries.invitation_settings() == wanted
    from parvis.domains.people import queries as trail

    (entry,) = trail.audit("invitations", 1)
    assert set(entry.detail) == {"delays", "opening_fr"}


def test_a_delivery_told_twice_invites_once(box, shop):
    order = delivered()
    assert len(actions.schedule_invitations(order_ids=[order.id], at=AT)) == 1
    assert actions.schedule_invitations(order_ids=[order.id, 987_654], at=AT) == ()
    invitation = queries.invitation_of_order(order.id)
    for _ in range(3):
        actions.invite_due(at=invitation.due_at)
        messaging.send_due(at=invitation.due_at)
    (mail,) = box.to(CLAIRE)
    assert mail.locale == "fr"
    assert "Comment trouvez-vous" in mail.subject
    assert queries.invitation(invitation.id).state is InvitationState.INVITED


def test_the_event_of_the_delivery_plans_it(box, shop):
    order = delivered()
    outbox.deliver(at=now())
    assert queries.invitation_of_order(order.id).state is InvitationState.SCHEDULED


def test_nothing_is_planned_while_switched_off(shop):
    actions.set_invitations(wanted=InvitationSettings(active=False), actor_id=None, at=AT)
    assert actions.schedule_invitations(order_ids=[delivered().id], at=AT) == ()


def test_it_waits_for_its_day(box, shop):
    invitation = invited()
    assert actions.invite_due(at=invitation.due_at - timedelta(minutes=1)) == 0
    assert actions.invite_due(at=invitation.due_at) == 1


def test_one_mail_asks_about_everything_in_the_order(box, shop):
    invitation = invited({"DR-S": 1, "DR-M": 1, "SW-S": 1})
    assert len(invitation.products) == 2
    sent(box, invitation)
    (mail,) = box.mails
    for product in invitation.products:
        assert f"#product-{product.product_id}" in mail.text
        assert f"product={product.product_id}&amp;stars=5" in mail.html


def test_one_reminder_and_not_a_second(box, shop):
    invitation = sent(box, invited())
    moment = invitation.remind_at
    assert actions.remind_due(at=moment - timedelta(minutes=1)) == 0
    for _ in range(3):
        actions.remind_due(at=moment)
        actions.invite_due(at=moment)
        messaging.send_due(at=moment)
        moment += 30 * DAY
    assert len(box.to(CLAIRE)) == 2
    assert "Il est encore temps" in box.mails[1].subject
    assert queries.invitation(invitation.id).state is InvitationState.REMINDED


def test_no_reminder_when_the_brand_wants_none(box, shop):
    actions.set_invitations(wanted=InvitationSettings(reminder_days=0), actor_id=None, at=AT)
    invitation = sent(box, invited())
    assert invitation.remind_at is None


def test_who_has_just_opened_the_form_is_left_in_peace_for_a_while(box, shop):
    invitation = sent(box, invited())
    actions.note_opened(invitation_id=invitation.id, at=invitation.remind_at - timedelta(hours=5))
    actions.remind_due(at=invitation.remind_at)
    messaging.send_due(at=invitation.remind_at)
    assert len(box.mails) == 1
    later = queries.invitation(invitation.id).remind_at
    assert later == invitation.remind_at - timedelta(hours=5) + rules.OPENED_PATIENCE
    actions.remind_due(at=later)
    messaging.send_due(at=later)
    assert len(box.mails) == 2
