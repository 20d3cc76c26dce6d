"""Senders that die, and several at once: a mail goes out once or not at all."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from parvis.domains.messaging import actions, ports, queries
from parvis.domains.messaging.contracts import MessageState, Purpose
from parvis.domains.messaging.testing import Postbox
from parvis.domains.people import testing as people

NOTE = "messaging/mail/note"
LATER = timedelta(minutes=11)


class Killed(BaseException):
    """The worker ends here, whatever it was about to write down."""


class DeadlyBox(Postbox):
    """The worker dies while the mail is handed over: after it was taken, or just before."""

    def __init__(self, *, takes: bool, blind: bool) -> None:
        super().__init__(blind=blind)
        self.takes, self.deadly = takes, True

    def send(self, mail):
        if not self.deadly:
            return super().send(mail)
        if self.takes:
            self.mails.append(mail)
        raise Killed


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("takes", "blind", "state", "mails"),
    [
        (True, False, MessageState.SENT, 1),
        (False, False, MessageState.SENT, 1),
        (True, True, MessageState.UNSURE, 1),
        (False, True, MessageState.UNSURE, 0),
    ],
)
def test_a_worker_that_dies_in_the_middle(takes, blind, state, mails, at):
    before, deadly = ports.transport(), DeadlyBox(takes=takes, blind=blind)
    ports.bind_transport(deadly)
    try:
        claire = people.customer("claire", at=at)
        actions.send(key="k", template=NOTE, purpose=Purpose.SERVICE, to_customer_id=claire.id, at=at)
        with pytest.raises(Killed):
            actions.send_due(at=at)
        deadly.deadly = False
        # others leave it alone while it may still be on its way
        assert actions.recover(at=at + timedelta(minutes=1)) == 0
        assert not actions.send_due(at=at + timedelta(minutes=1)).any
        assert actions.recover(at=at + LATER) == 1
        actions.send_due(at=at + LATER)
        assert queries.message_by_key("k").state is state
        assert len(deadly.mails) == mails
    finally:
        ports.bind_transport(before)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_four_senders_send_each_mail_once_and_keep_the_limit(box, at):
    claire, emma = people.customer("claire", at=at), people.customer("emma", at=at)
    for number in range(6):
        actions.send(key=f"service:{number}", template=NOTE, purpose=Purpose.SERVICE, to_customer_id=emma.id, at=at)
        actions.send(key=f"ask:{number}", template=NOTE, purpose=Purpose.OPINION, to_customer_id=claire.id, at=at)
    start = threading.Barrier(4)

    def work():
        start.wait()
        try:
            actions.send_due(at=at)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(box.to(emma.email)) == len({mail.message_id for mail in box.to(emma.email)}) == 6
    assert len(box.to(claire.email)) == 2
