"""What an invitation asks and promises, and what owners are asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parvis.core.errors import Invalid, NotFound
from parvis.domains.messaging import actions as messaging
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.testing import Postbox
from parvis.domains.voices import actions, models, queries, rules
from parvis.domains.voices.contracts import (
    AuthorRole,
    Campaign,
    InvitationSettings,
    NewVoice,
    Reason,
    VoiceKind,
)
from parvis.domains.voices.tests.inviting.conftest import AT, DAY, ask, delivered, invited, publish, review, sent

pytestmark = [pytest.mark.database, pytest.mark.django_db]


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
