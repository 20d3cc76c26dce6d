"""News of mails: each once, and what follows from it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from parvis.core.errors import NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.messaging import actions, models, queries, rules
from parvis.domains.messaging.contracts import Ground, MailCounts, MessageState, NewNotice, NoticeKind, Purpose
from parvis.domains.messaging.tests.test_sending import ask
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.people.contracts import Purpose as Agreed


def news(key, kind, *, event="", **more):
    mail_id = models.Message.objects.get(key=key).mail_id
    return NewNotice(event=event or f"{key}:{kind}", kind=kind, mail_id=mail_id, source="provider", **more)


@pytest.fixture
def sent(claire, box, at):
    ask(claire, at)
    actions.send_due(at=at)
    return queries.message_by_key("ask:1")


@pytest.mark.database
@pytest.mark.django_db
class TestNews:
    def test_three_deliveries_of_one_event_count_once(self, sent, claire, at):
        bounce = news("ask:1", NoticeKind.BOUNCED, code="5.1.1", told="no such user")
        assert [actions.take_notice(bounce, at=at) for _ in range(3)] == [True, False, False]
        assert queries.message(sent.id).state is MessageState.BOUNCED
        assert queries.message(sent.id).error == "5.1.1 no such user"
        assert OutboxEvent.objects.filter(name="messaging.lost").count() == 1
        assert [notice.kind for notice in queries.notices(sent.id)] == [NoticeKind.BOUNCED]
        assert ask(claire, at, key="ask:2").ground is Ground.BOUNCED_BEFORE

    def test_a_full_box_loses_the_mail_and_not_its_reader_until_the_third_in_a_row(self, sent, claire, box, at):
        actions.take_notice(news("ask:1", NoticeKind.LOST, code="5.2.2"), at=at)
        assert queries.message(sent.id).state is MessageState.FAILED
        for number in (2, 3):
            moment = at + timedelta(days=8 * number)
            assert ask(claire, moment, key=f"ask:{number}").ground is None
            actions.send_due(at=moment)
            actions.take_notice(news(f"ask:{number}", NoticeKind.LOST, code="5.2.2"), at=moment)
        assert ask(claire, at + timedelta(days=30), key="ask:4").ground is Ground.BOUNCED_BEFORE

    def test_one_that_arrives_in_between_begins_the_count_anew(self, sent, claire, box, at):
        actions.take_notice(news("ask:1", NoticeKind.LOST, code="5.2.2"), at=at)
        for number in (2, 3, 4):
            moment = at + timedelta(days=8 * number)
            ask(claire, moment, key=f"ask:{number}")
            actions.send_due(at=moment)
            kind = NoticeKind.DELIVERED if number == 2 else NoticeKind.LOST
            actions.take_notice(news(f"ask:{number}", kind), at=moment)
        assert ask(claire, at + timedelta(days=40), key="ask:5").ground is None

    def test_a_complaint_ends_all_that_asks_or_sells_and_keeps_what_answers(self, sent, claire, box, at):
        people.record_consent(purpose=Agreed.MARKETING, granted=True, source="form", customer_id=claire.id, at=at)
        actions.take_notice(news("ask:1", NoticeKind.COMPLAINT), at=at)
        assert queries.message(sent.id).state is MessageState.SENT
        assert ask(claire, at, key="ask:2").ground is Ground.UNSUBSCRIBED
        assert ask(claire, at, key="sell:1", purpose=Purpose.MARKETING).ground is Ground.UNSUBSCRIBED
        assert ask(claire, at, key="answer:1", purpose=Purpose.SERVICE).ground is None
        assert people_queries.consent(purpose=Agreed.MARKETING, customer_id=claire.id) is False
        told = [event.payload["purpose"] for event in OutboxEvent.objects.filter(name="messaging.unsubscribed")]
        assert sorted(told) == ["marketing", "opinion"]

    def test_a_mail_of_which_nobody_knew_is_known_to_have_arrived(self, sent, at):
        models.Message.objects.filter(id=sent.id).update(state=MessageState.UNSURE, sent_at=None)
        actions.take_notice(news("ask:1", NoticeKind.DELIVERED), at=at)
        assert queries.message(sent.id).state is MessageState.SENT

    def test_news_of_a_mail_that_is_not_ours_is_told_apart(self, sent, at):
        for mail_id in ("", "0" * 32):
            notice = NewNotice(event="e", kind=NoticeKind.BOUNCED, mail_id=mail_id)
            with pytest.raises(NotFound):
                actions.take_notice(notice, at=at)
        assert not models.Notice.objects.exists()

    def test_an_erased_reader_is_not_written_down_again(self, sent, claire, at):
        actions.take_notice(news("ask:1", NoticeKind.DELAYED, told=f"<{claire.email}> deferred"), at=at)
        actions.forget_customer(customer_id=claire.id, at=at)
        actions.take_notice(news("ask:1", NoticeKind.BOUNCED, told=f"<{claire.email}> unknown"), at=at)
        assert [notice.told for notice in queries.notices(sent.id)] == ["", ""]
        assert queries.message(sent.id).error == ""

    def test_what_went_to_the_address_alone_is_forgotten_too(self, sent, claire, at):
        models.Message.objects.filter(id=sent.id).update(customer=None)
        assert actions.forget_customer(customer_id=claire.id, at=at) == 0
        digest = models.Message.objects.get(id=sent.id).address_digest
        assert actions.forget_customer(customer_id=claire.id, address_digest=digest, at=at) == 1
        assert models.Message.objects.get(id=sent.id).to_email == ""

    def test_old_words_go_with_the_mail(self, sent, at):
        actions.take_notice(news("ask:1", NoticeKind.BOUNCED, told="no such user"), at=at)
        assert actions.forget_old(at=at + timedelta(days=181)) == 1
        (notice,) = queries.notices(sent.id)
        assert (notice.kind, notice.told) == (NoticeKind.BOUNCED, "")

    def test_a_mail_counts_once_in_each(self, sent, at, django_assert_num_queries):
        for event in ("a", "b"):
            actions.take_notice(news("ask:1", NoticeKind.DELIVERED, event=event), at=at)
        actions.take_notice(news("ask:1", NoticeKind.COMPLAINT), at=at)
        with django_assert_num_queries(1):
            counted = queries.mail_counts(since=at, until=at + timedelta(days=1))
        assert counted == MailCounts(sent=1, delivered=1, bounced=0, lost=0, complaints=1)
        nothing = queries.mail_counts(since=at, until=at + timedelta(days=1), templates=["other"])
        assert nothing == MailCounts(sent=0, delivered=0, bounced=0, lost=0, complaints=0)

    def test_no_two_mails_share_an_id_and_nobody_can_guess_it(self, claire, box, at):
        for number in range(3):
            ask(claire, at, key=f"ask:{number}")
        ids = set(models.Message.objects.values_list("mail_id", flat=True))
        assert len(ids) == 3
        assert all(len(each) == 32 for each in ids)


@pytest.mark.parametrize(
    ("action", "code", "kind"),
    [
        ("failed", "5.1.1", NoticeKind.BOUNCED),
        ("failed", "5.1.2", NoticeKind.BOUNCED),
        ("failed", "5.2.1", NoticeKind.BOUNCED),
        ("failed", "5.0.0", NoticeKind.BOUNCED),
        ("failed", "5.2.2", NoticeKind.LOST),
        ("failed", "5.7.1", NoticeKind.LOST),
        ("failed", "4.4.7", NoticeKind.LOST),
        ("failed", "", NoticeKind.LOST),
        ("delayed", "4.4.1", NoticeKind.DELAYED),
        ("delivered", "2.0.0", NoticeKind.DELIVERED),
        ("relayed", "", NoticeKind.DELIVERED),
    ],
)
def test_what_a_report_says_of_the_address(action, code, kind):
    assert rules.notice_kind(action, code) is kind


@pytest.mark.database
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_one_event_delivered_by_four_at_once_counts_once(box, at):
    from parvis.domains.people import testing as cast

    ask(cast.customer("claire", at=at), at)
    actions.send_due(at=at)
    bounce = news("ask:1", NoticeKind.BOUNCED)
    start, new = threading.Barrier(4), []

    def deliver():
        start.wait()
        try:
            new.append(actions.take_notice(bounce, at=at))
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new) == [False, False, False, True]
    assert OutboxEvent.objects.filter(name="messaging.lost").count() == 1
