"""Killed workers, two workers, two moderators, many voters: real processes and threads, each its own connection."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Count
from tests.forks import Forked, start

from parvis.core import outbox
from parvis.core.models import Delivery, OutboxEvent
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.people import testing as people
from parvis.domains.voices import actions, models, queries
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason, VoiceState
from parvis.domains.voices.testing import AT

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

WORKER = """
import dataclasses, sys, time
from parvis.core import events, outbox
from parvis.core.clock import now
from parvis.domains.voices.actions import examining, readings
stop_at, batches = sys.argv[1], 0
def stop(place):
    if place == stop_at and batches == 2:
        print("stopped", flush=True)
        time.sleep(600)
def pausing(function, place):
    def run(*args, **more):
        stop(place)
        done = function(*args, **more)
        stop(place + " done")
        return done
    return run
examining.default_reader = readings.default_reader = pausing(readings.default_reader, "reading")
examining.keep_readings = pausing(examining.keep_readings, "writing")
examining.outbox.publish = pausing(outbox.publish, "publishing")
listener = dataclasses.replace(events.listeners()["voices.examine"], batch=40)
while outbox.deliver_to(listener, at=now()):
    batches += 1
"""


def worker(stop_at: str = "") -> Forked:
    return start(WORKER, stop_at)


def many(count: int) -> list[int]:
    dress = small_catalogue().products["linen-dress"]
    rows = (
        NewVoice(
            product_id=dress,
            text=f"This is voice number {i}, and it says that the dress is soft and light.",
            stars=5,
            origin=Origin.DEMO,
            origin_ref=f"many:{i}",
        )
        for i in range(count)
    )
    return list(actions.receive_many(rows, at=AT).accepted)


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    together = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            together.wait(30)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(60) for future in [pool.submit(run, job) for job in jobs]]


@pytest.mark.parametrize("place", ["reading", "reading done", "writing done", "publishing done"])
def test_a_worker_killed_while_reading_loses_nothing_and_doubles_nothing(place: str) -> None:
    ids = many(200)
    victim = worker(place)
    assert victim.stdout.readline() == "stopped\n"
    assert models.Reading.objects.count() == 80
    victim.kill()
    victim.wait(30)
    others = [worker(), worker()]
    assert [other.wait(120) for other in others] == [0, 0]
    for process in (victim, *others):
        process.close()
    assert models.Voice.objects.filter(state="published", examined_at__isnull=False).count() == 200
    assert models.Reading.objects.count() == 200
    per_voice = models.Decision.objects.values_list("voice_id").annotate(Count("id")).order_by()
    assert dict(per_voice) == dict.fromkeys(ids, 1)
    told = OutboxEvent.objects.filter(name="voices.published").values_list("payload__voice_id", flat=True)
    assert sorted(told) == ids
    assert not Delivery.objects.filter(listener="voices.examine").exists()


def test_two_workers_on_the_same_voices_decide_each_once() -> None:
    ids = many(300)
    counts = at_once([lambda: actions.examine(ids, at=AT), lambda: actions.examine(ids[::-1], at=AT)])
    assert sum(count.published for count in counts) == 300
    assert models.Decision.objects.count() == 300
    assert OutboxEvent.objects.filter(name="voices.published").count() == 300


def test_side_by_side_claims_share_the_work() -> None:
    many(400)

    def work() -> int:
        done = 0
        while counts := actions.examine_pending(at=AT, limit=50).read:
            done += counts
        return done

    assert sum(at_once([work, work, work])) == 400
    assert models.Decision.objects.count() == 400


def test_two_moderators_at_once_get_one_clear_outcome_each() -> None:
    ids = many(12)
    camille, olivia = (people.staff(key, at=AT).account_id for key in ("camille", "olivia"))
    actions.examine(ids, at=AT)
    first = people.staff("mathis", at=AT).account_id
    actions.decide(voice_ids=ids, outcome=Outcome.HOLD, reason=Reason.SECOND_LOOK, actor_id=first, at=AT)
    for voice_id in ids:

        def judge(actor_id: int, outcome: Outcome, voice_id: int = voice_id) -> str:
            try:
                actions.decide(voice_ids=[voice_id], outcome=outcome, reason=Reason.OFF_TOPIC, actor_id=actor_id, at=AT)
            except actions.AlreadyDecided as conflict:
                return str(conflict.params["name"])
            return "decided"

        outcomes = at_once([lambda: judge(camille, Outcome.PUBLISH), lambda: judge(olivia, Outcome.REFUSE)])
        state = queries.voice(voice_id).state
        if outcomes[0] == "decided":
            assert (outcomes[1], state) == ("Camille Roussel", VoiceState.PUBLISHED)
        else:
            assert (outcomes, state) == (["Olivia Marchand", "decided"], VoiceState.REFUSED)


def test_bulk_decisions_in_opposite_order_do_not_deadlock() -> None:
    ids = many(150)
    camille, olivia = (people.staff(key, at=AT).account_id for key in ("camille", "olivia"))
    actions.examine(ids, at=AT)

    def judge(order: list[int], actor_id: int) -> int:
        try:
            done = actions.decide(
                voice_ids=order, outcome=Outcome.REFUSE, reason=Reason.OFF_TOPIC, actor_id=actor_id, at=AT
            )
        except actions.AlreadyDecided:
            return 0
        return len(done.voice_ids)

    assert sum(at_once([lambda: judge(ids, camille), lambda: judge(ids[::-1], olivia)])) == 150


def test_one_decision_is_undone_once() -> None:
    ids = many(3)
    camille = people.staff("camille", at=AT).account_id
    actions.examine(ids, at=AT)
    done = actions.decide(voice_ids=ids, outcome=Outcome.REFUSE, reason=Reason.SPAM, actor_id=camille, at=AT)

    def undo() -> str:
        try:
            actions.undo(decision_ids=done.decision_ids, actor_id=camille, at=AT)
        except actions.CannotUndo:
            return "told"
        return "undone"

    assert sorted(at_once([undo, undo, undo])) == ["told", "told", "undone"]
    assert models.Decision.objects.filter(undoes__isnull=False).count() == 3


def test_votes_at_once_are_counted_exactly() -> None:
    (voice_id,) = many(1)
    actions.examine([voice_id], at=AT)

    def votes(voter: int) -> None:
        for value in (1, -1, 1, 0, 1 if voter % 2 else -1):
            # every voter has two tabs open
            actions.vote(voice_id=voice_id, voter=f"voter {voter % 4}", value=value, at=AT)

    at_once([lambda voter=voter: votes(voter) for voter in range(8)])
    voice = queries.voice(voice_id)
    up = models.Vote.objects.filter(voice_id=voice_id, value=1).count()
    down = models.Vote.objects.filter(voice_id=voice_id, value=-1).count()
    assert (voice.votes_up, voice.votes_down) == (up, down)
    assert up + down == 4


def test_the_same_form_sent_twice_at_once_is_one_voice() -> None:
    dress = small_catalogue().products["linen-dress"]
    new = NewVoice(product_id=dress, text="Soft and light.", stars=5, origin_ref="form:abc")
    found = at_once([lambda: actions.receive(new, at=AT).id] * 4)
    assert len(set(found)) == 1
    assert models.Voice.objects.count() == 1
    outbox.deliver(at=AT.replace(year=2100))
    assert models.Decision.objects.count() == 1
