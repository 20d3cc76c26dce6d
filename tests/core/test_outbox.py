"""Events: written with their change, handed over at least once, whatever dies."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import connection, transaction

from parvis.core import events, outbox
from parvis.core.events import Event, Listener
from parvis.core.models import Delivery, KeptAnswer, OutboxEvent

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@events.declare
@dataclass(frozen=True, kw_only=True)
class Rang(Event):
    name: ClassVar[str] = "test.rang"
    bell: int
    at: datetime = AT


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """A listener that notes what it hears; forgotten after the test."""
    before = dict(events._LISTENERS)
    noted: list[int] = []

    def hear(batch: Sequence[Rang]) -> None:
        if any(event.bell < 0 for event in batch):
            raise ValueError("a cracked bell")
        noted.extend(event.bell for event in batch)

    events.register(Listener(name="test.ear", events=(Rang,), handler=hear, batch=3))
    yield noted
    events._LISTENERS.clear()
    events._LISTENERS.update(before)


def ring(*bells: int) -> None:
    with transaction.atomic():
        outbox.publish(*(Rang(bell=bell) for bell in bells), at=AT)


def test_events_reach_their_listener_in_order_and_once(heard: list[int]) -> None:
    ring(1, 2, 3, 4, 5)
    assert outbox.deliver(at=AT + timedelta(days=9999)) == 5
    assert outbox.deliver(at=AT + timedelta(days=9999)) == 0
    assert heard == [1, 2, 3, 4, 5]


def test_a_change_that_is_rolled_back_leaves_no_event(heard: list[int]) -> None:
    with transaction.atomic():
        outbox.publish(Rang(bell=1), at=AT)
        transaction.set_rollback(True)
    assert OutboxEvent.objects.count() == 0
    assert outbox.pending() == {}


def test_publishing_outside_a_transaction_is_refused(heard: list[int]) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.publish(Rang(bell=1), at=AT)


def test_one_bad_event_holds_nobody_up_and_is_set_aside_in_the_end(heard: list[int]) -> None:
    ring(1, -1, 2)
    late = datetime.now(UTC)
    for day in range(1, outbox.MAX_ATTEMPTS + 2):
        outbox.deliver(at=late + timedelta(days=day), limit_rounds=1)
    assert sorted(heard) == [1, 2]
    [(_, listener, name, error)] = outbox.failed()
    assert (listener, name) == ("test.ear", "test.rang")
    assert "cracked bell" in error
    assert outbox.retry_failed(at=late) == 1
    assert outbox.pending() == {"test.ear": 1}


def test_forgetting_keeps_what_somebody_still_waits_for(heard: list[int]) -> None:
    ring(1)
    assert outbox.forget(before=AT + timedelta(days=1)) == 0
    outbox.deliver(at=AT + timedelta(days=9999))
    assert outbox.forget(before=AT + timedelta(days=1)) == 1


_VICTIM = textwrap.dedent(
    """
    import os, sys, time
    import django
    django.setup()
    from django.db import connection
    connection.settings_dict["NAME"] = sys.argv[1]
    sys.path.insert(0, ".")
    from datetime import datetime, UTC, timedelta
    from parvis.core import events, outbox
    from parvis.core.models import KeptAnswer
    from tests.core.test_outbox import Rang

    def hear(batch):
        for event in batch:
            KeptAnswer.objects.create(scope="bell", key=str(event.bell), fingerprint="", created_at=event.at)
            if len(sys.argv) > 2:
                print("halfway", flush=True)
                time.sleep(60)

    events.register(events.Listener(name="test.ear", events=(Rang,), handler=hear, batch=50))
    outbox.deliver(at=datetime.now(UTC) + timedelta(days=1))
    """
)


@pytest.mark.concurrency
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(heard: list[int]) -> None:
    ring(*range(20))
    database = str(connection.settings_dict["NAME"])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "parvis.project.settings", "PYTHONPATH": "src:."}
    victim = subprocess.Popen(
        [sys.executable, "-c", _VICTIM, database, "stop"], stdout=subprocess.PIPE, env=environment, text=True
    )
    assert victim.stdout is not None
    assert victim.stdout.readline().strip() == "halfway"
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    deadline = time.monotonic() + 10  # the server notices a dead client when it next talks to it
    while Delivery.objects.select_for_update(skip_locked=True).count() < 20 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert KeptAnswer.objects.count() == 0
    others = [subprocess.Popen([sys.executable, "-c", _VICTIM, database], env=environment) for _ in range(2)]
    assert [other.wait(timeout=60) for other in others] == [0, 0]
    if outbox.pending():  # rows still locked by the dead connection when the two ran
        assert subprocess.run([sys.executable, "-c", _VICTIM, database], env=environment, check=True).returncode == 0
    assert KeptAnswer.objects.filter(scope="bell").count() == 20
    assert outbox.pending() == {}
