"""Invitations: after delivery, at a good hour, once, one reminder, and no more than is wanted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parvis.core import outbox
from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout import testing as buying
from parvis.domains.messaging import actions as messaging
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.testing import Postbox, postbox
from parvis.domains.people import actions as people
from parvis.domains.people.testing import BY_KEY
from parvis.domains.voices import actions, models, queries, rules
from parvis.domains.voices.contracts import (
    AuthorRole,
    Campaign,
    InvitationSettings,
    InvitationState,
    NewVoice,
    Outcome,
    Reason,
    StopReason,
    VoiceKind,
    VoiceState,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]
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


# -- when -------------------------------------------------------------------------------------------------------


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


# -- once -------------------------------------------------------------------------------------------------------


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


# -- the reminder -----------------------------------------------------------------------------------------------


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


# -- asking no more ---------------------------------------------------------------------------------------------


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


# -- what it asks -----------------------------------------------------------------------------------------------


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


def test_it_names_the_question_that_nobody_has_answered(box, shop):
    dress = shop.products["linen-dress"]
    answered = ask(dress, "Does it have deep pockets on both sides?", at=AT - 3 * DAY)
    publish(
        NewVoice(
            kind=VoiceKind.ANSWER,
            parent_id=answered.id,
            text="Yes, one on each side of the dress.",
            author_role=AuthorRole.BRAND,
            author_name="Atelier",
        )
    )
    ask(dress, "Is the fabric see-through in the sun?", at=AT - 2 * DAY)
    french = ask(dress, "Est-ce que le tissu se froisse beaucoup dans une valise ?", language="fr")
    found = queries.open_questions([dress], locale="fr")
    assert found[dress].voice_id == french.id
    sent(box, invited({"DR-S": 1}))
    assert "se froisse beaucoup" in box.mails[0].text
    assert "see-through" not in box.mails[0].text


def test_without_an_open_question_it_names_what_few_have_spoken_of(shop):
    dress = shop.products["linen-dress"]
    texts = (
        "The fabric is soft and the colour is lovely, I like it a lot.",
        "Lovely colour and soft fabric, I am very happy with it.",
        "The fabric is soft. The colour is bright and the length is right for me.",
        "Soft fabric, and the length is perfect on me.",
    )
    for words in texts:
        publish(NewVoice(product_id=dress, text=words, stars=5, author_name="Emma", language="en"))
    assert queries.least_proven([dress]) == {dress: "length"}
    spoken = {"colour": 12, "fabric": 10, "length": 4}
    assert rules.least_proven({"colour": 3, "fabric": 2}, spoken) == "length"
    assert rules.least_proven({"colour": 1, "fabric": 1, "length": 1}, spoken) == "colour"
    assert rules.least_proven({}, {}) == ""


def test_the_promise_of_the_campaign_in_force_is_made_and_kept(box, shop, olivia):
    started = actions.start_campaign(name="Spring", incentive="discount", starts_on=AT.date(), actor_id=olivia, at=AT)
    actions.start_campaign(
        name="Other things", incentive="gift", categories=("no-such",), starts_on=AT.date(), actor_id=olivia, at=AT
    )
    invitation = sent(box, invited())
    assert (invitation.incentive, invitation.campaign_id) == ("discount", started.id)
    assert "bon ou mauvais" in box.mails[0].text
    actions.end_campaign(campaign_id=started.id, actor_id=olivia, at=AT)
    assert queries.invitation(invitation.id).incentive == "discount"


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Claire Dubois", "Claire"),
        ("Jean-Paul O’Neill", "Jean-Paul"),
        ("Simulated shopper 0872", ""),
        ("x@y.example", ""),
        ("C. D.", ""),
        ("", ""),
        ("李 明", ""),
    ],
)
def test_people_are_greeted_by_a_name_or_not_at_all(name, greeted):
    assert rules.first_name(name) == greeted


def test_who_says_that_it_runs_small_speaks_of_the_fit():
    assert {rules.asked_as(key) for key in ("fit_small", "fit_large", "fit_true")} == {"fit_true"}
    assert rules.asked_as("fabric") == "fabric"


def test_which_campaign_is_in_force():
    day = AT.date()
    old = Campaign(id=1, name="a", incentive="gift", categories=(), starts_on=day - 9 * DAY, ends_on=None, active=True)
    new = replace(old, id=2, starts_on=day - 2 * DAY, ends_on=day)
    narrow = replace(old, id=3, starts_on=day, categories=("coats",))
    chosen = rules.campaign_for
    assert chosen([old, new, narrow], ["tops"], on=day) == new
    assert chosen([old, new, narrow], ["coats"], on=day) == narrow
    assert chosen([old, new], ["tops"], on=day + DAY) == old
    assert chosen([replace(old, active=False)], ["tops"], on=day) is None
    assert chosen([old], ["tops"], on=day - 10 * DAY) is None


def test_a_campaign_must_promise_something_and_end_after_it_begins(db):
    for wrong in ({"name": ""}, {"incentive": " "}, {"ends_on": AT.date() - DAY}):
        with pytest.raises(Invalid):
            actions.start_campaign(
                **{"name": "n", "incentive": "gift", "starts_on": AT.date(), "actor_id": None, "at": AT, **wrong}
            )


def test_links_are_signed_and_grow_old(box, shop):
    invitation = sent(box, invited())
    token = queries.invitation_token(invitation.id)
    assert token in box.mails[0].text
    assert queries.by_invitation_token(token, at=AT).id == invitation.id
    for bad in (str(invitation.id), token[:-1], queries.owner_token(invitation.id)):
        with pytest.raises(NotFound):
            queries.by_invitation_token(bad, at=AT)
    with pytest.raises(NotFound):
        queries.by_invitation_token(token, at=invitation.sent_at + rules.LINK_KEPT + DAY)


# -- owners -----------------------------------------------------------------------------------------------------


def test_a_question_is_put_to_owners_once_and_only_while_open(box, shop):
    dress = shop.products["linen-dress"]
    for who in ("claire", "emma", "grace"):
        delivered({"DR-S": 1}, who=who, key=who, at=AT - 20 * DAY)
    question = ask(dress, "Is the fabric see-through in the sun?")
    assert actions.ask_owners(at=AT + timedelta(hours=2)) == 0  # others may answer by themselves first
    actions.set_invitations(wanted=InvitationSettings(owners_each=2), actor_id=None, at=AT)
    assert actions.ask_owners(at=AT + 2 * DAY) == 2
    assert actions.ask_owners(at=AT + 2 * DAY) == 0
    messaging.send_due(at=AT + 2 * DAY)
    assert len(box.mails) == 2
    assert all("see-through" in mail.text for mail in box.mails)
    other = ask(dress, "How does it hold after many washes in the machine?", at=AT + 2 * DAY)
    # two of the three owners rest for a month
    assert actions.ask_owners(at=AT + 4 * DAY) == 1
    assert models.OwnerRequest.objects.filter(question_id=other.id).count() == 1
    assert models.OwnerRequest.objects.filter(question_id=question.id).count() == 2


def test_an_answered_question_is_put_to_nobody(box, shop):
    dress = shop.products["linen-dress"]
    delivered({"DR-S": 1}, at=AT - 20 * DAY)
    question = ask(dress, "Is the fabric see-through in the sun?")
    actions.receive(
        NewVoice(kind=VoiceKind.ANSWER, parent_id=question.id, text="No, it is lined.", author_name="G"), at=AT
    )
    assert actions.ask_owners(at=AT + 2 * DAY) == 0


def test_an_owners_link_leads_to_the_question_while_it_is_public(box, shop, camille):
    dress = shop.products["linen-dress"]
    delivered({"DR-S": 1}, at=AT - 20 * DAY)
    question = ask(dress, "Is the fabric see-through in the sun?")
    actions.ask_owners(at=AT + 2 * DAY)
    row = models.OwnerRequest.objects.get()
    token = queries.owner_token(row.pk)
    assert queries.by_owner_token(token, at=AT + 3 * DAY).question.id == question.id
    actions.withdraw(voice_id=question.id, reason=Reason.OTHER, actor_id=camille, at=AT + 3 * DAY)
    with pytest.raises(NotFound):
        queries.by_owner_token(token, at=AT + 3 * DAY)


def test_counts_of_what_came_of_it(box, shop):
    invitation = sent(box, invited({"DR-S": 1, "SW-S": 1}))
    actions.note_opened(invitation_id=invitation.id, at=invitation.due_at)
    actions.receive(review(invitation), at=invitation.due_at)
    counts = queries.invitation_counts(since=AT, until=invitation.due_at + DAY)
    assert (counts.sent, counts.opened, counts.invited, counts.reviewed) == (1, 1, 2, 1)


def test_the_box_is_what_mails_say_they_are(box: Postbox, shop):
    invitation = sent(box, invited())
    message = mails.message_by_key(actions.mail_keys(invitation.id)[0])
    assert message.text == box.mails[0].text
