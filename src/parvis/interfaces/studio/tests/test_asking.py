"""The rooms of invitations and of mail."""

import re
from datetime import timedelta

import pytest

from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout.testing import without_letters
from parvis.domains.messaging import actions as messaging
from parvis.domains.messaging import models as mail_models
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import MessageState, NewNotice, NoticeKind
from parvis.domains.messaging.testing import postbox
from parvis.domains.people import queries as people
from parvis.domains.voices import actions as voices
from parvis.domains.voices import queries
from parvis.interfaces.studio.letters import hidden_links
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def sent(shop):
    """The shop's order, delivered some weeks ago, and its invitation sent."""
    past = now() - timedelta(days=20)
    with postbox() as box, without_letters():
        checkout.ship(order_id=shop.order, at=past)
        checkout.deliver(order_id=shop.order, at=past)
        outbox.deliver(at=now())
        voices.invite_due(at=now())
        messaging.send_due(at=now())
        yield box.mails[0]


def message_id():
    return mail_models.Message.objects.get().pk


def settings_form(**more):
    return {
        "active": "on",
        "delay_days": "10",
        "reminder_days": "7",
        "cap_messages": "2",
        "cap_days": "7",
        "owners_active": "on",
        "owners_after_hours": "24",
        "owners_each": "3",
        "subject_fr": "",
        "opening_fr": "",
        "subject_en": "",
        "opening_en": "",
        **more,
    }


def test_an_invitation_is_listed_with_what_it_asks_about(sent, owner):
    page = owner.get("/studio/invitations/").content.decode()
    assert "Linen dress" in page
    assert "invited" in page
    assert owner.get("/studio/invitations/?state=done").content.decode().count("Linen dress") == 0


def test_a_viewer_sees_the_invitations_without_names_and_cannot_change_them(sent, shop):
    page = signed_in("victor").get("/studio/invitations/").content.decode()
    assert "claire@parvis.example" not in page
    assert "/studio/invitations/settings/" not in page


def test_settings_are_saved_with_their_delays_and_limits(shop, owner):
    given = settings_form(delay_days="5", delay_of_dresses="21", cap_messages="1", opening_fr="Bonjour {name}")
    answer = owner.post("/studio/invitations/settings/", given)
    assert answer.status_code == 302
    kept = queries.invitation_settings()
    assert (kept.delay_days, kept.delays, kept.opening_fr) == (5, {"dresses": 21}, "Bonjour {name}")
    assert mails.limits().messages == 1
    assert people.audit("invitations", 1)[0].verb == "invitations.settings"


def test_what_is_out_of_bounds_is_said_and_nothing_is_saved(shop, owner):
    answer = owner.post("/studio/invitations/settings/", settings_form(delay_days="500"))
    assert answer.status_code == 422
    assert queries.invitation_settings().delay_days == 10


def test_one_can_look_at_unsaved_words_in_both_languages(shop, owner):
    given = settings_form(do="preview", opening_fr="Chère {name}, votre avis ?", subject_en="About {product}")
    page = owner.post("/studio/invitations/settings/", given).content.decode()
    assert "Chère Claire, votre avis" in page
    assert "not saved yet" in page
    assert queries.invitation_settings().opening_fr == ""
    french, english = re.findall(r'src="(/studio/invitations/preview/[^"]+)"', page)
    letter = owner.get(french.replace("&amp;", "&"))
    assert "Chère Claire" in letter.content.decode()
    assert "'unsafe-inline'" in letter["Content-Security-Policy"]
    assert "script-src" not in letter["Content-Security-Policy"]
    assert letter["X-Frame-Options"] == "SAMEORIGIN"
    assert "Hello Emma" in owner.get(english.replace("&amp;", "&")).content.decode()


def test_words_of_the_brand_cannot_carry_markup(shop, owner):
    page = owner.get("/studio/invitations/preview/", {"locale": "en", "opening_en": "<script>alert(1)</script>"})
    assert b"<script>" not in page.content


def test_a_campaign_begins_and_ends(shop, owner):
    given = {"name": "Spring", "incentive": "discount", "starts_on": "2026-03-01", "ends_on": ""}
    assert owner.post("/studio/invitations/campaigns/", given).status_code == 302
    (campaign,) = queries.campaigns()
    page = owner.get("/studio/invitations/").content.decode()
    assert "a discount or points" in page
    assert "running" in page
    owner.post(f"/studio/invitations/campaigns/{campaign.id}/end/")
    assert queries.campaigns()[0].active is False
    wrong = owner.post("/studio/invitations/campaigns/", {**given, "ends_on": "2026-02-01"})
    assert wrong.status_code == 422


def test_mail_is_listed_and_shown_without_its_readers_links(sent, owner):
    listed = owner.get("/studio/mail/").content.decode()
    assert sent.subject in listed
    assert "claire@parvis.example" in listed
    page = owner.get(f"/studio/mail/{message_id()}/").content.decode()
    letter = owner.get(f"/studio/mail/{message_id()}/html/").content.decode()
    token = re.search(r"/fr/review/([^/]+)/", sent.text).group(1)
    for shown in (page, letter):
        assert "/fr/review/…" in shown
        assert token not in shown
    assert owner.get("/studio/mail/?q=nothing-like-it").content.decode().count(sent.subject) == 0


def test_the_letter_stands_in_a_frame_in_which_nothing_runs(sent, owner):
    letter = owner.get(f"/studio/mail/{message_id()}/html/")
    assert "default-src 'none'" in letter["Content-Security-Policy"]
    assert letter["X-Frame-Options"] == "SAMEORIGIN"
    assert 'sandbox=""' in owner.get(f"/studio/mail/{message_id()}/").content.decode()


def test_what_was_given_up_is_sent_again_by_hand(sent, owner):
    mail_models.Message.objects.update(state=MessageState.UNSURE, error="lost")
    page = owner.get(f"/studio/mail/{message_id()}/").content.decode()
    assert "Nobody knows whether it went" in page
    owner.post(f"/studio/mail/{message_id()}/again/")
    assert mails.message(message_id()).state is MessageState.WAITING
    assert owner.post(f"/studio/mail/{message_id()}/again/", follow=True).status_code == 200


def test_an_empty_house_says_so(shop, owner):
    assert "No mail yet" in owner.get("/studio/mail/").content.decode()
    assert "An invitation is planned when an order has arrived" in owner.get("/studio/invitations/").content.decode()
    assert owner.get("/studio/mail/987654/").status_code == 404


@pytest.mark.parametrize(
    "link",
    [
        "http://x/fr/review/12.aBcDeFgHiJkLmNoP/?product=1&stars=5",
        "http://x/unsubscribe/invitation:12~aBcDeFgHiJkLmNoP/",
        "http://x/en/my-review/12.aBcDeFgHiJkLmNoP/",
        "http://x/en/alerts/aBcDeFgHiJkLmNoP/stop/",
        "http://x/en/cart/back/aBcDeFgHiJkLmNoP/?stop=1",
    ],
)
def test_signed_parts_are_cut_and_the_rest_stays(link):
    cut = hidden_links(f'<a href="{link}">x</a>')
    assert "aBcDeFgH" not in cut
    assert cut.endswith('">x</a>')


@pytest.mark.parametrize("path", ["/studio/invitations/", "/studio/invitations/settings/", "/studio/mail/"])
def test_french_is_complete_on_the_pages(sent, shop, path):
    client = signed_in("olivia", locale="fr")
    page = client.get(path).content.decode()
    for english in (
        "Invitations sent",
        "What is promised",
        "When and how",
        "To be sent",
        "asks for a review",
        "Latest",
    ):
        assert english not in page


def test_statements_do_not_grow_with_the_list(sent, owner, django_assert_max_num_queries):
    for path in ("/studio/invitations/", "/studio/mail/"):
        owner.get(path)
        with django_assert_max_num_queries(22):
            owner.get(path)


def test_what_came_back_is_shown_on_the_mail_and_in_the_figures(sent, owner):
    mail_id = mail_models.Message.objects.get().mail_id
    told = NewNotice(event="e", kind=NoticeKind.BOUNCED, mail_id=mail_id, code="5.1.1", told="<b>no such user</b>")
    messaging.take_notice(told, at=now())
    page = owner.get(f"/studio/mail/{message_id()}/").content.decode()
    assert "the address takes no mail" in page
    assert "&lt;b&gt;no such user" in page
    assert "Mails that came back after they were taken" in owner.get("/studio/mail/").content.decode()
    assert "Share of the mails that came back" in owner.get("/studio/invitations/").content.decode()
