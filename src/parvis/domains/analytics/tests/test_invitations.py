"""Metrics of invitations: each with its denominator; what nobody tells is unknown, not zero."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from parvis.core.errors import Invalid
from parvis.domains.analytics import queries
from parvis.domains.analytics.contracts import Group
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout import testing as buying
from parvis.domains.messaging import actions as messaging
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.testing import postbox
from parvis.domains.voices import actions as voices
from parvis.domains.voices import queries as voice_queries

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def invitation():
    """An order of two products, delivered; its invitation sent."""
    small_catalogue()
    with buying.without_letters():
        order = buying.paid_order({"DR-S": 1, "SW-S": 1})
        checkout.ship(order_id=order.id, at=buying.AT)
        order = checkout.deliver(order_id=order.id, at=buying.AT)
    (made,) = voices.schedule_invitations(order_ids=[order.id], at=buying.AT)
    due = voice_queries.invitation(made).due_at
    with postbox():
        voices.invite_due(at=due)
        messaging.send_due(at=due)
    return voice_queries.invitation(made)


def of(invitation):
    day = localdate(invitation.due_at)
    return queries.invitation_figures(since=day, until=day + timedelta(days=1))


def test_a_share_has_its_denominator_and_its_interval(invitation, django_assert_num_queries):
    voices.note_opened(invitation_id=invitation.id, at=invitation.due_at)
    with django_assert_num_queries(3):
        found = of(invitation)
    assert (found["invitations_sent"].value, found["invitations_sent"].low) == (1, None)
    reached = found["invitation_form_rate"]
    assert (reached.numerator, reached.denominator, reached.value) == (1, 1, 1.0)
    assert reached.low < 0.3  # one invitation says little
    reviewed = found["invitation_review_rate"]
    assert (reviewed.numerator, reviewed.denominator) == (0, 2)


def test_deliveries_are_unknown_until_somebody_tells(invitation):
    assert of(invitation)["invitation_delivery_rate"].value is None
    (mail,) = mails.messages().items
    messaging.record_bounce(key=mail.key, told="550", at=invitation.due_at)
    found = of(invitation)
    assert found["invitation_return_rate"].value == 1.0
    assert found["invitation_delivery_rate"].value is None


def test_every_figure_is_in_the_catalogue_and_opening_a_mail_in_none(invitation):
    known = {key for key, metric in queries.catalogue().items() if metric.group is Group.INVITATIONS}
    assert set(of(invitation)) == known
    assert not any("open" in key for key in known)


def test_an_empty_period_is_refused(db):
    day = localdate(buying.AT)
    with pytest.raises(Invalid):
        queries.invitation_figures(since=day, until=day)
