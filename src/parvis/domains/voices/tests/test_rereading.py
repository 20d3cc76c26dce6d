"""Readings made anew: what changed is told, what was decided stays, and a killed worker loses nothing."""

import pytest
from tests.forks import Forked, start

from parvis.core.errors import NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.voices import actions, models, queries, tasks
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason, RereadingState, VoiceState
from parvis.domains.voices.testing import AT

pytestmark = [pytest.mark.database]


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
    ids = list(actions.receive_many(rows, at=AT).accepted)
    actions.examine(ids, at=AT)
    return ids


def told() -> list[int]:
    events = OutboxEvent.objects.filter(name="voices.reread")
    return sorted(events.values_list("payload__voice_id", flat=True))


@pytest.mark.django_db
def test_only_what_another_model_read_is_read_again(camille, fake_reader):
    ids = many(5)
    models.Reading.objects.filter(voice_id__in=ids[:3]).update(model="older", sentiment=-1.0)
    assert queries.stale_readings() == 3
    run = actions.start_rereading(actor_id=camille, at=AT)
    assert (run.total, run.state, run.share) == (3, RereadingState.RUNNING, 0.0)
    assert actions.start_rereading(actor_id=camille, at=AT).id == run.id
    done = actions.continue_rereading(rereading_id=run.id, at=AT)
    assert (done.state, done.done, done.changed, done.failed) == (RereadingState.DONE, 3, 3, 0)
    assert told() == ids[:3]
    assert queries.stale_readings() == 0
    assert set(queries.readings_by_model()) == {queries.model_in_force()}


@pytest.mark.django_db
def test_what_reads_the_same_is_not_told_of(camille):
    ids = many(3)
    models.Reading.objects.filter(voice_id__in=ids).update(model="older")
    run = actions.start_rereading(actor_id=camille, at=AT)
    done = actions.continue_rereading(rereading_id=run.id, at=AT)
    assert (done.done, done.changed) == (3, 0)
    assert told() == []


@pytest.mark.django_db
def test_decisions_stay_and_only_public_voices_are_told_of(dress, camille, fake_reader):
    ids = many(3)
    actions.decide(voice_ids=[ids[0]], outcome=Outcome.REFUSE, reason=Reason.OFF_TOPIC, actor_id=camille, at=AT)
    actions.withdraw(voice_id=ids[1], reason=Reason.ERASURE, at=AT)
    assert actions.read_again(at=AT, reader=fake_reader(sentiment=-0.9)) == 2
    assert queries.voice(ids[0]).state is VoiceState.REFUSED
    assert queries.readings([ids[1]])[ids[1]].sentiment != -0.9
    assert told() == [ids[2]]


@pytest.mark.django_db
def test_a_voice_erased_while_it_is_read_gets_no_reading_back(fake_reader):
    ids = many(2)

    def reader(frame):
        read = fake_reader(sentiment=-0.9)(frame)
        models.Reading.objects.filter(voice_id=ids[0]).delete()
        models.Voice.objects.filter(id=ids[0]).update(state=VoiceState.WITHDRAWN, text="")
        return read

    actions.read_again(at=AT, reader=reader)
    assert not models.Reading.objects.filter(voice_id=ids[0]).exists()
    assert told() == [ids[1]]


@pytest.mark.django_db
def test_a_pass_is_stopped_and_another_model_takes_its_place(camille, fake_reader):
    from parvis.domains.voices.tests.test_aspects import POCKETS

    many(2)
    first = actions.start_rereading(actor_id=camille, at=AT, everything=True)
    actions.stop_rereading(rereading_id=first.id, actor_id=camille, at=AT)
    assert actions.continue_rereading(rereading_id=first.id, at=AT).done == 0
    with pytest.raises(NotFound):
        actions.stop_rereading(rereading_id=first.id, actor_id=camille, at=AT)
    second = actions.start_rereading(actor_id=camille, at=AT, everything=True)
    actions.save_aspect(POCKETS, actor_id=camille, at=AT)
    third = actions.start_rereading(actor_id=camille, at=AT)
    assert third.id != second.id
    assert queries.rereading(second.id).state is RereadingState.STOPPED
    tasks.reread(third.id)
    tasks.reread(third.id)
    assert queries.rereading(third.id).state is RereadingState.DONE
    assert queries.stale_readings() == 0


@pytest.mark.django_db
def test_what_a_dead_worker_left_is_found(camille):
    many(2)
    run = actions.start_rereading(actor_id=camille, at=AT, everything=True)
    assert queries.rereadings_left(advanced_before=AT) == ()
    tasks.reread_left(0)
    assert queries.rereading(run.id).state is RereadingState.DONE
    with pytest.raises(NotFound):
        actions.continue_rereading(rereading_id=0, at=AT)


@pytest.mark.django_db
def test_two_workers_on_one_pass_read_each_voice_once(camille, fake_reader):
    """The second reads the same batch while the first does: it finds the cursor moved and leaves."""
    many(4)
    run = actions.start_rereading(actor_id=camille, at=AT, everything=True)
    plain = fake_reader(sentiment=-0.9)

    def while_another(frame):
        actions.continue_rereading(rereading_id=run.id, at=AT, reader=plain)
        return plain(frame)

    actions.continue_rereading(rereading_id=run.id, at=AT, reader=while_another)
    assert queries.rereading(run.id).done == 4
    assert len(told()) == 4


WORKER = """
import sys, time
from parvis.core.clock import now
from parvis.domains.voices import actions
from parvis.domains.voices.actions import readings, rereading
readings.BATCH = rereading.BATCH = 40
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
rereading.read = pausing(rereading.read, "reading")
rereading.keep_readings = pausing(rereading.keep_readings, "writing")
rereading.outbox.publish = pausing(rereading.outbox.publish, "publishing")
while actions.continue_rereading(rereading_id=int(sys.argv[2]), at=now(), batches=1).finished_at is None:
    batches += 1
"""


def worker(stop_at: str, run_id: int) -> Forked:
    return start(WORKER, stop_at, str(run_id))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["reading done", "writing done", "publishing done"])
def test_a_worker_killed_while_rereading_loses_nothing_and_doubles_nothing(place: str) -> None:
    ids = many(200)
    models.Reading.objects.update(model="older", sentiment=-1.0)
    run = actions.start_rereading(actor_id=None, at=AT)
    victim = worker(place, run.id)
    assert victim.stdout.readline() == "stopped\n"
    assert queries.rereading(run.id).done == 80
    victim.kill()
    victim.wait(30)
    others = [worker("", run.id), worker("", run.id)]
    assert [other.wait(120) for other in others] == [0, 0]
    for process in (victim, *others):
        process.close()
    done = queries.rereading(run.id)
    assert (done.state, done.done, done.changed) == (RereadingState.DONE, 200, 200)
    assert told() == ids
    assert set(queries.readings_by_model()) == {queries.model_in_force()}
    assert not models.Reading.objects.filter(sentiment=-1.0).exists()
