"""The door for mail that comes back: only signed, each event once, whatever is thrown at it."""

import json
import random
from datetime import timedelta

import pytest

from parvis.connectors.mail import reports
from parvis.connectors.webhooks import signing
from parvis.core.clock import now
from parvis.domains.messaging import actions, models, queries
from parvis.domains.messaging.contracts import MessageState, NoticeKind, Purpose
from parvis.domains.messaging.testing import postbox
from parvis.domains.people import testing as people

OURS = "0123456789abcdef0123456789abcdef"
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZg=="

DSN = """\
From: MAILER-DAEMON@mx.example
To: shop@localhost
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="XX"

--XX
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--XX
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Sun, 22 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822; claire@parvis.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--XX
Content-Type: {returned}

From: shop@localhost
To: claire@parvis.example
Subject: Votre robe
Message-ID: <{mail_id}@shop.example>

--XX--
"""
COMPLAINT = """\
From: feedback@mail.example
To: shop@localhost
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="XX"

--XX
Content-Type: text/plain

This is an email abuse report.

--XX
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeLoop/1.0
Version: 1

--XX
Content-Type: message/rfc822

Message-ID: <{mail_id}@shop.example>
Subject: Votre robe

Bonjour

--XX--
"""


def returned(*, action="failed", status="5.1.1", words="550 5.1.1 no such user", kind="text/rfc822-headers", ours=OURS):
    return DSN.format(action=action, status=status, words=words, returned=kind, mail_id=ours).encode()


# -- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_delivery_report_names_the_mail_and_the_reason(kind):
    (notice,) = reports.from_mail(returned(kind=kind))
    assert (notice.kind, notice.mail_id, notice.code) == (NoticeKind.BOUNCED, OURS, "5.1.1")
    assert notice.told == "smtp; 550 5.1.1 no such user"


def test_a_servers_own_words_are_nearer_than_a_general_status():
    (notice,) = reports.from_mail(returned(status="5.0.0", words="552 5.2.2 mailbox full"))
    assert (notice.kind, notice.code) == (NoticeKind.LOST, "5.2.2")


def test_a_delay_is_no_loss():
    (notice,) = reports.from_mail(returned(action="delayed", status="4.4.1", words="connection timed out"))
    assert notice.kind is NoticeKind.DELAYED


def test_a_feedback_loop_reports_a_complaint():
    (notice,) = reports.from_mail(COMPLAINT.format(mail_id=OURS).encode())
    assert (notice.kind, notice.mail_id) == (NoticeKind.COMPLAINT, OURS)


def test_one_report_is_one_event_whichever_way_it_came():
    first, second = reports.from_mail(returned()), reports.from_mail(b"Received: by road.example\n" + returned())
    assert first[0].event == second[0].event


def test_an_answer_from_somebody_on_holiday_is_no_report():
    away = f"From: claire@parvis.example\nSubject: absente\nIn-Reply-To: <{OURS}@shop.example>\n\nDe retour lundi."
    assert reports.from_mail(away.encode()) == ()


def test_a_report_about_somebody_elses_mail_is_none_of_ours():
    assert reports.from_mail(returned(ours="not-one-of-ours")) == ()


def test_broken_mail_gives_nothing_and_never_an_error():
    dice, whole = random.Random(7), returned(kind="message/rfc822")
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            at = dice.randrange(len(broken))
            broken[at : at + dice.randint(0, 40)] = dice.randbytes(dice.randint(0, 20))
        assert all(notice.mail_id for notice in reports.from_mail(bytes(broken)))
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(300))
    assert reports.from_mail(deep) == ()
    assert reports.from_mail(b"\0" * 1000) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"events": {}}',
        b'{"events": [1]}',
        b'{"events": [{"id": "a", "type": "opened", "message_id": "x"}]}',
        b'{"events": [{"id": "", "type": "lost", "message_id": "x"}]}',
        b'{"events": [{"id": "a", "type": "lost", "message_id": 7}]}',
        b'{"events": [[]]}',
        b"[" * 5000,
        json.dumps({"events": [{"id": str(n), "type": "lost"} for n in range(501)]}).encode(),
    ],
    ids=range(11),
)
def test_events_that_cannot_be_read_are_refused(body):
    with pytest.raises(reports.BadEvents):
        reports.from_events(body)


# -- the door -----------------------------------------------------------------------------------------------------


@pytest.fixture
def mail(db, settings):
    """A mail to Claire that was sent."""
    settings.MAIL_HOOK_SECRET = SECRET
    at = now()
    claire = people.customer("claire", at=at)
    with postbox():
        asked = {"subject": "Votre robe", "paragraphs": ["Alors ?"], "url": "https://shop.example/x", "action": "Dire"}
        actions.send(
            key="ask:1",
            template="messaging/mail/note",
            purpose=Purpose.OPINION,
            to_customer_id=claire.id,
            context=asked,
            at=at,
        )
        actions.send_due(at=at)
    return models.Message.objects.get(key="ask:1")


def post(client, body, *, kind="application/json", secret=SECRET, at=None):
    signed = signing.headers(secret=secret, message_id="msg_1", body=body, at=at or now())
    headers = {name: value for name, value in signed.items() if name.startswith("webhook-")}
    return client.post("/webhooks/mail/", body, content_type=kind, headers=headers)


def events(*ids, mail, **more):
    told = [{"id": each, "message_id": f"<{mail.mail_id}@shop.example>", "type": "bounced", **more} for each in ids]
    return json.dumps({"events": told}).encode()


@pytest.mark.database
@pytest.mark.django_db
class TestDoor:
    def test_three_deliveries_of_one_event_count_once(self, client, mail):
        answers = [post(client, events("e1", mail=mail)).json() for _ in range(3)]
        assert answers == [{"taken": 1, "known": 0, "unknown": 0}, *[{"taken": 0, "known": 1, "unknown": 0}] * 2]
        assert queries.message(mail.pk).state is MessageState.BOUNCED
        assert len(queries.notices(mail.pk)) == 1

    def test_a_returned_mail_is_taken_as_it_is(self, client, mail):
        raw = returned(ours=mail.mail_id)
        assert post(client, raw, kind="message/rfc822").json()["taken"] == 1
        assert post(client, raw, kind="message/rfc822").json()["known"] == 1

    def test_a_provider_that_only_knows_the_status_leaves_the_rest_to_us(self, client, mail):
        assert post(client, events("e1", mail=mail, type="returned", status="5.2.2")).json()["taken"] == 1
        (notice,) = queries.notices(mail.pk)
        assert (notice.kind, notice.code) == (NoticeKind.LOST, "5.2.2")

    def test_mail_that_is_not_ours_is_taken_and_counted(self, client, mail):
        body = json.dumps({"events": [{"id": "a", "type": "bounced", "message_id": "<x@y>"}]}).encode()
        assert post(client, body).json() == {"taken": 0, "known": 0, "unknown": 1}

    def test_without_the_right_signature_nothing_is_even_looked_up(self, client, mail, django_assert_num_queries):
        body = events("e1", mail=mail)
        with django_assert_num_queries(0):
            assert client.post("/webhooks/mail/", body, content_type="application/json").status_code == 401
            assert post(client, body, secret=signing.new_secret()).status_code == 401
            assert post(client, body, at=now() - timedelta(minutes=6)).status_code == 401
        assert queries.message(mail.pk).state is MessageState.SENT

    def test_what_is_neither_is_told_so(self, client, mail):
        assert post(client, b"hello", kind="text/plain").status_code == 415
        assert post(client, b"hello").status_code == 422
        assert post(client, b"x" * (513 * 1024)).status_code == 413
        assert client.get("/webhooks/mail/").status_code == 405

    def test_without_a_secret_the_door_is_shut(self, client, mail, settings):
        settings.MAIL_HOOK_SECRET = ""
        assert post(client, events("e1", mail=mail)).status_code == 404
