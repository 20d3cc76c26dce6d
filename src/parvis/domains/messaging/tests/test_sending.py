"""A mail is written once, goes out once, in the reader's language, and never to who said no."""

from datetime import timedelta

import pytest

from parvis.core import outbox
from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.messaging import actions, models, queries
from parvis.domains.messaging.contracts import Ground, Limits, MessageFilters, MessageState, Purpose
from parvis.domains.people import actions as people
from parvis.domains.people import testing as cast
from parvis.domains.people.contracts import Purpose as Agreed

pytestmark = [pytest.mark.database, pytest.mark.django_db]
NOTE = "messaging/mail/note"


def ask(customer, at, *, key="ask:1", purpose=Purpose.OPINION, **more):
    context = {"subject": "Your dress", "paragraphs": ["How is it?"], "url": "https://shop.example/x", "action": "Say"}
    return actions.send(
        key=key, template=NOTE, purpose=purpose, to_customer_id=customer.id, context=context, at=at, **more
    )


def test_a_mail_goes_out_once_however_often_it_is_asked_for(claire, box, at):
    first = ask(claire, at)
    second = ask(claire, at + timedelta(hours=1))
    assert (first.new, second.new, first.message_id) == (True, False, second.message_id)
    for _ in range(3):
        actions.send_due(at=at)
    (mail,) = box.to(claire.email)
    assert mail.subject == "Your dress"
    assert queries.message(first.message_id).state is MessageState.SENT
    assert OutboxEvent.objects.filter(name="messaging.sent").count() == 1


def test_it_speaks_the_readers_language_and_offers_one_click(claire, box, at):
    ask(claire, at)
    actions.send_due(at=at)
    (mail,) = box.mails
    assert mail.locale == "fr"
    assert "Vous préférez ne plus recevoir ces demandes" in mail.text
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail.headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("http://testserver/unsubscribe/")
    assert link in mail.text
    assert link in mail.html


def test_words_are_escaped_in_html_and_not_in_text(claire, box, at):
    context = {"subject": "a\r\nBcc: x@y.example", "paragraphs": ["<b>&</b>"]}
    actions.send(key="k", template=NOTE, purpose=Purpose.SERVICE, to_customer_id=claire.id, context=context, at=at)
    actions.send_due(at=at)
    (mail,) = box.mails
    assert mail.subject == "a Bcc: x@y.example"
    assert "<b>&</b>" in mail.text
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in mail.html
    assert "List-Unsubscribe" not in mail.headers


def test_it_waits_for_its_time(claire, box, at):
    ask(claire, at, due_at=at + timedelta(days=2))
    assert not actions.send_due(at=at + timedelta(days=1)).any
    assert actions.send_due(at=at + timedelta(days=2)).sent == 1


def test_a_mail_needs_a_reader_and_a_plain_key(at, db):
    with pytest.raises(Invalid):
        actions.send(key="k", template=NOTE, purpose=Purpose.SERVICE, at=at)
    with pytest.raises(NotFound):
        actions.send(key="k", template=NOTE, purpose=Purpose.SERVICE, to_customer_id=987_654, at=at)
    with pytest.raises(actions.BadKey):
        actions.send(key="a b/c", template=NOTE, purpose=Purpose.SERVICE, to_email="a@b.example", at=at)


# -- no ---------------------------------------------------------------------------------------------------------


def token_of(mail):
    return mail.headers["List-Unsubscribe"].strip("<>").rstrip("/").rpartition("/")[2]


def test_who_unsubscribes_gets_no_more_of_it_but_still_what_they_asked_for(claire, box, at):
    ask(claire, at)
    actions.send_due(at=at)
    ask(claire, at, key="ask:2", due_at=at + timedelta(days=1))
    for _ in range(2):
        actions.unsubscribe(token=token_of(box.mails[0]), source="one click", at=at)
    assert OutboxEvent.objects.filter(name="messaging.unsubscribed").count() == 1
    assert queries.message_by_key("ask:2").ground is Ground.UNSUBSCRIBED
    late = ask(claire, at, key="ask:3")
    assert (late.state, late.ground) == (MessageState.SUPPRESSED, Ground.UNSUBSCRIBED)
    assert queries.message(late.message_id).to_email == ""
    ask(claire, at, key="service:1", purpose=Purpose.SERVICE)
    actions.send_due(at=at + timedelta(days=3))
    assert len(box.mails) == 2


def test_a_refusal_holds_at_the_persons_next_address_too(claire, box, at):
    ask(claire, at)
    actions.send_due(at=at)
    actions.unsubscribe(token=token_of(box.mails[0]), source="one click", at=at)
    people.update_profile(customer_id=claire.id, email="claire.new@parvis.example")
    assert ask(claire, at, key="ask:2").ground is Ground.UNSUBSCRIBED


def test_a_refusal_holds_for_records_found_to_be_one_person(claire, box, at):
    emma, olivia = cast.customer("emma", at=at), cast.staff("olivia", at=at)
    ask(emma, at)
    actions.send_due(at=at)
    actions.unsubscribe(token=token_of(box.mails[0]), source="one click", at=at)
    assert ask(claire, at, key="ask:2").ground is None
    merged = people.merge_customers(
        kept_id=claire.id, gone_id=emma.id, actor_id=olivia.account_id, at=at, close_account=True
    )
    actions.send_due(at=at)
    assert queries.message_by_key("ask:2").ground is Ground.UNSUBSCRIBED
    people.split_customers(merge_id=merged.id, actor_id=olivia.account_id, at=at)
    assert ask(claire, at, key="ask:3").ground is None


def test_an_old_address_that_bounced_does_not_close_the_new_one(claire, box, at):
    box.refuses.add(claire.email)
    ask(claire, at)
    actions.send_due(at=at)
    people.update_profile(customer_id=claire.id, email="claire.new@parvis.example")
    assert ask(claire, at, key="ask:2").ground is None


def test_a_mistaken_click_can_be_taken_back(claire, box, at):
    ask(claire, at)
    actions.send_due(at=at)
    actions.unsubscribe(token=token_of(box.mails[0]), source="page", at=at)
    actions.resubscribe(token=token_of(box.mails[0]), at=at)
    assert queries.refusal(claire.email, Purpose.OPINION) is None


def test_a_link_that_we_did_not_sign_does_nothing(claire, box, at):
    ask(claire, at)
    with pytest.raises(NotFound):
        actions.unsubscribe(token="ask:1~forged", source="page", at=at)


def test_who_is_erased_gets_nothing_and_nothing_written_stays(claire, box, at):
    ask(claire, at)
    actions.send_due(at=at)
    ask(claire, at, key="ask:2", due_at=at + timedelta(days=1))
    ask(claire, at, key="service:1", purpose=Purpose.SERVICE, due_at=at + timedelta(days=1))
    email = claire.email
    people.erase_customer(customer_id=claire.id, at=at)
    # before the event is handed over, the sender asks anew
    actions.send_due(at=at + timedelta(days=1))
    assert len(box.mails) == 1
    outbox.deliver(at=now())
    assert not models.Message.objects.exclude(to_email="", text="", html="", subject="").exists()
    assert queries.refusal(email, Purpose.OPINION) is Ground.ERASED
    assert ask(claire, at, key="ask:3").ground is Ground.ERASED
    # nor through the bare address
    again = actions.send(key="ask:4", template=NOTE, purpose=Purpose.OPINION, to_email=email, at=at)
    assert again.ground is Ground.ERASED
    actions.send_due(at=at + timedelta(days=9))
    assert len(box.mails) == 1


def test_selling_needs_consent(claire, box, at):
    ask(claire, at, key="sell:1", purpose=Purpose.MARKETING)
    actions.send_due(at=at)
    assert queries.message_by_key("sell:1").ground is Ground.NO_CONSENT
    people.record_consent(purpose=Agreed.MARKETING, granted=True, source="test", customer_id=claire.id, at=at)
    ask(claire, at, key="sell:2", purpose=Purpose.MARKETING)
    actions.send_due(at=at)
    (mail,) = box.mails
    actions.unsubscribe(token=token_of(mail), source="one click", at=at)
    from parvis.domains.people import queries as known

    assert known.consent(purpose=Agreed.MARKETING, customer_id=claire.id) is False


# -- how often --------------------------------------------------------------------------------------------------


def test_a_person_is_asked_only_so_often(claire, box, at):
    actions.set_limits(messages=1, days=7, actor_id=None, at=at)
    ask(claire, at)
    ask(claire, at, key="ask:2")
    ask(claire, at, key="service:1", purpose=Purpose.SERVICE)
    actions.send_due(at=at)
    assert len(box.mails) == 2  # the first question and the service mail
    assert queries.message_by_key("ask:2").due_at == at + timedelta(days=7)
    actions.send_due(at=at + timedelta(days=7))
    assert len(box.mails) == 3


def test_what_would_come_too_late_does_not_come(claire, box, at):
    actions.set_limits(messages=1, days=7, actor_id=None, at=at)
    ask(claire, at)
    ask(claire, at, key="ask:2", expires_at=at + timedelta(days=3))
    actions.send_due(at=at)
    assert queries.message_by_key("ask:2").ground is Ground.CAPPED


def test_limits_have_limits(at, db):
    with pytest.raises(Invalid):
        actions.set_limits(messages=0, days=7, actor_id=None, at=at)
    with pytest.raises(Invalid):
        actions.set_limits(messages=1, days=91, actor_id=None, at=at)
    assert queries.limits() == Limits()


# -- what goes wrong --------------------------------------------------------------------------------------------


def test_a_server_that_is_down_is_tried_again_and_in_the_end_given_up(claire, box, at):
    box.down = True
    ask(claire, at, expires_at=at + timedelta(days=30))
    moment = at
    for _ in range(9):
        assert actions.send_due(at=moment).any
        moment = queries.message_by_key("ask:1").due_at
    lost = queries.message_by_key("ask:1")
    assert (lost.state, lost.attempts) == (MessageState.FAILED, 9)
    box.down = False
    actions.send_again(message_id=lost.id, at=moment)
    actions.send_due(at=moment)
    assert len(box.mails) == 1


def test_an_address_that_does_not_exist_is_asked_nothing_more(claire, box, at):
    box.refuses.add(claire.email)
    ask(claire, at)
    actions.send_due(at=at)
    assert queries.message_by_key("ask:1").state is MessageState.BOUNCED
    assert ask(claire, at, key="ask:2").ground is Ground.BOUNCED_BEFORE


def test_a_bounce_told_later_and_twice_is_one(claire, box, at):
    ask(claire, at)
    actions.send_due(at=at)
    for _ in range(2):
        actions.record_bounce(key="ask:1", told="550 unknown", at=at)
    assert queries.message_by_key("ask:1").state is MessageState.BOUNCED
    assert OutboxEvent.objects.filter(name="messaging.lost").count() == 1


def test_mails_are_listed_newest_first_by_pages(claire, box, at):
    for number in range(5):
        ask(claire, at, key=f"ask:{number}")
    page = queries.messages(MessageFilters(customer_id=claire.id), limit=3)
    rest = queries.messages(MessageFilters(customer_id=claire.id), page.next, limit=3)
    assert [item.key for item in (*page.items, *rest.items)] == [f"ask:{number}" for number in (4, 3, 2, 1, 0)]
    assert queries.counts() == {MessageState.WAITING: 5}


def test_old_mails_are_emptied(claire, box, at):
    ask(claire, at)
    actions.send_due(at=at)
    assert actions.forget_old(at=at + timedelta(days=179)) == 0
    assert actions.forget_old(at=at + timedelta(days=181)) == 1
    assert queries.message_by_key("ask:1").text == ""
    assert not ask(claire, at).new


def test_the_cast_of_the_demo_is_never_written_to_in_earnest():
    assert all(person.email.endswith(".example") for person in cast.CAST)


def test_the_switch_of_an_account_is_heard_and_can_be_turned_back(claire, box, at):
    ask(claire, at, due_at=at + timedelta(days=1))
    assert actions.set_asking(customer_id=claire.id, wanted=False, source="account", at=at)
    assert not actions.set_asking(customer_id=claire.id, wanted=False, source="account", at=at)
    assert queries.message_by_key("ask:1").ground is Ground.UNSUBSCRIBED
    assert queries.asking_refused(claire.id, claire.email) is Ground.UNSUBSCRIBED
    assert OutboxEvent.objects.filter(name="messaging.unsubscribed").count() == 1
    assert actions.set_asking(customer_id=claire.id, wanted=True, source="account", at=at)
    assert ask(claire, at, key="ask:2").ground is None


def test_turning_it_on_does_not_bring_a_dead_address_to_life(claire, box, at):
    ask(claire, at)
    actions.send_due(at=at)
    actions.record_bounce(key="ask:1", told="550 unknown", at=at)
    assert not actions.set_asking(customer_id=claire.id, wanted=True, source="account", at=at)
    assert queries.asking_refused(claire.id, claire.email) is Ground.BOUNCED_BEFORE
