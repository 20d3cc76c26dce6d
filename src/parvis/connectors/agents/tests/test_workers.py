"""Workers that race, die and come late: each message in its order, at least once."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection

from parvis.connectors.agents import orders
from parvis.connectors.agents.models import OrderNews
from parvis.connectors.agents.tests.conftest import PROGRESS, bought, listen
from parvis.connectors.webhooks import sending
from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout.testing import AT

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


_TELLERS = """
import django; django.setup()
import os, sys, time
from datetime import timedelta
from django.conf import settings
from django.db import connection
from parvis.connectors.agents import orders
from parvis.connectors.agents.tests import plain
from parvis.connectors.webhooks import sending
from parvis.core.clock import now
# days in seconds, on one clock for all
sending.WAITS, sending.LEASE = tuple(timedelta(milliseconds=50) for _ in sending.WAITS), timedelta(seconds=2)
connection.settings_dict["NAME"], settings.OUTBOUND_ALLOWED = sys.argv[1], (sys.argv[2],)
plain.speak()

def tell():
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if not orders.tell_due(at=now(), limit=1):
            if not orders.OrderNews.objects.filter(state="waiting").exists():
                return 0
            time.sleep(0.02)
    return 1

tellers = []
for _ in range(4):
    pid = os.fork()
    if not pid:
        os._exit(tell())
    tellers.append(pid)
print(*tellers, flush=True)
print(*(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in tellers), flush=True)
"""


@pytest.mark.concurrency
def test_workers_that_race_and_die_tell_every_order_in_order(agent, server):
    """Four processes, three orders with four messages each, an endpoint that is slow and refuses; one is killed."""
    listen(agent, server)
    sold = [bought(agent) for _ in range(3)]
    for order in sold:
        checkout.ship(order_id=order.id, tracking="T", at=AT)
        checkout.deliver(order_id=order.id, at=AT)
        checkout.refund(order_id=order.id, lines={}, amount_minor=100, key=f"r{order.id}", reason="late", at=AT)
    outbox.deliver(at=now())
    wanted = OrderNews.objects.count()
    assert wanted == 12
    server.seconds, server.answers = 0.05, [204, 500, 204, 204, 503]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PARVIS_HOME": str(project.HOME),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    command = [sys.executable, "-c", _TELLERS, connection.settings_dict["NAME"], server.address]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        tellers = [int(pid) for pid in starter.stdout.readline().split()]
        until = time.monotonic() + 30
        while server.asked < 3 and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(tellers[0], signal.SIGKILL)
        assert starter.communicate(timeout=90)[0].split() == [str(-signal.SIGKILL), "0", "0", "0"]
    assert OrderNews.objects.filter(state="delivered").count() == wanted
    for order in sold:
        told = [each for each in server.told if each["number"] == order.number]
        assert len({each["id"] for each in told}) == 4  # at least once each
        kinds = [PROGRESS.index(each["kind"]) for each in told]
        assert kinds == sorted(kinds)


class Killed(BaseException):
    """The worker ends here, after the agent has heard it or before."""


@pytest.mark.parametrize("heard", [True, False])
def test_a_worker_that_dies_while_it_tells_leaves_it_to_the_next_one(agent, server, monkeypatch, heard):
    listen(agent, server)
    bought(agent)
    outbox.deliver(at=now())
    at, send = now() + timedelta(minutes=1), sending.attempt

    def dies(url: str, **letter: Any) -> sending.Outcome:
        assert not connection.in_atomic_block, "nothing is locked while it is sent"
        with ThreadPoolExecutor(1) as another:
            assert another.submit(elsewhere).result() == 0, "one at a time"
        if heard:
            send(url, **letter)
        raise Killed

    def elsewhere() -> int:
        try:
            return orders.tell_due(at=at)
        finally:
            connection.close()

    with monkeypatch.context() as patched:
        patched.setattr(sending, "attempt", dies)
        with pytest.raises(Killed):
            orders.tell_due(at=at)
    assert orders.tell_due(at=at + timedelta(seconds=100)) == 0
    assert orders.tell_due(at=at + timedelta(seconds=130)) == 1
    news = OrderNews.objects.get()
    assert [each["id"] for each in server.told] == [news.key] * (2 if heard else 1)
    assert (news.state, news.attempts) == ("delivered", 2)


def test_an_answer_that_comes_after_the_lease_changes_nothing_of_the_next_try(agent, server, monkeypatch):
    listen(agent, server)
    bought(agent)
    outbox.deliver(at=now())
    at, send = now() + timedelta(minutes=1), sending.attempt

    def late(url: str, **letter: Any) -> sending.Outcome:
        monkeypatch.setattr(sending, "attempt", send)
        assert orders.tell_due(at=at + timedelta(minutes=3)) == 1
        return sending.Outcome(None, "too late")

    monkeypatch.setattr(sending, "attempt", late)
    orders.tell_due(at=at, limit=1)
    assert OrderNews.objects.get().state == "delivered"
    assert not OrderNews.objects.get().error
