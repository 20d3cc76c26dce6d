"""After a change of policy the voices that wait are decided about again: when asked, resumable, each with its line."""

from datetime import timedelta

import pytest
from tests.forks import start

from parvis.core.errors import NotFound
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.people import queries as people
from parvis.domains.voices import actions, models, queries, rules, tasks
from parvis.domains.voices.contracts import (
    DecidedBy,
    NewReport,
    NewVoice,
    Origin,
    Outcome,
    Reason,
    RedecidingState,
    ReporterRole,
    VoiceState,
)
from parvis.domains.voices.testing import AT

pytestmark = [pytest.mark.database, pytest.mark.django_db]
LATER = AT + timedelta(hours=2)
SCORES = {"Fine seam.": {"toxicity": 0.5}, "Sharp words.": {"toxicity": 0.93}, "My number is 3.": {"toxicity": 0.1}}


def said(product, *texts):
    rows = (
        NewVoice(product_id=product, text=text, stars=2, origin=Origin.DEMO, origin_ref=f"again:{i}:{text}")
        for i, text in enumerate(texts)
    )
    return list(actions.receive_many(rows, at=AT).accepted)


@pytest.fixture
def held(dress, fake_reader):
    ids = said(dress, *SCORES)
    actions.examine(ids, at=AT, reader=fake_reader(SCORES, personal=[{"start": 0, "end": 2, "kind": "phone"}]))
    assert {voice.state for voice in queries.voices(ids).values()} == {VoiceState.HELD}
    return ids


def change(**to):
    """A new version; what it changes is what these tests ask about."""
    current = queries.policy_version()
    kept = queries.policy_with({"hold_personal_data": False, **to})
    return actions.save_policy(policy=kept, seen=current.version, actor_id=None, at=LATER)


def test_counts_tell_what_would_happen_and_change_nothing(held):
    version = change(hold_toxicity=0.6, refuse_toxicity=0.9)
    found = queries.redecision(before=version.at)
    assert (found.total, found.published, found.refused, found.held) == (3, 2, 1, 0)
    assert queries.redecision(chosen=rules.Policy()).held == 3
    assert {voice.state for voice in queries.voices(held).values()} == {VoiceState.HELD}
    assert not models.Redeciding.objects.exists()


def test_each_voice_gets_its_line_under_the_new_version(held, olivia):
    version = change(hold_toxicity=0.6, refuse_toxicity=0.9)
    run = actions.start_redeciding(actor_id=olivia, at=LATER)
    done = actions.continue_redeciding(redeciding_id=run.id, at=LATER)
    assert (done.state, done.version, done.total, done.done) == (RedecidingState.DONE, version.version, 3, 3)
    assert (done.published, done.refused, done.held) == (2, 1, 0)
    fine, sharp, _plain = (queries.decisions(key) for key in held)
    assert (fine[0].outcome, fine[0].by, len(fine)) == (Outcome.PUBLISH, DecidedBy.MACHINE, 2)
    assert (sharp[0].outcome, sharp[0].reason) == (Outcome.REFUSE, Reason.TOXIC)
    assert set(models.Decision.objects.filter(at=LATER).values_list("policy_id", flat=True)) == {version.id}
    (entry,) = people.audit("redeciding", run.id)
    assert (entry.verb, entry.actor_id) == ("moderation.again", olivia)
    actions.undo(decision_ids=[fine[0].id], actor_id=olivia, at=LATER)
    assert queries.voice(held[0]).state is VoiceState.HELD


def test_where_the_verdict_is_the_same_no_line_is_written(held):
    change(hold_links=False)
    actions.save_policy(
        policy=queries.policy_with({"hold_personal_data": True}),
        seen=queries.policy_version().version,
        actor_id=None,
        at=LATER,
    )
    run = actions.start_redeciding(actor_id=None, at=LATER)
    done = actions.continue_redeciding(redeciding_id=run.id, at=LATER)
    assert (done.held, done.published, done.refused) == (3, 0, 0)
    assert models.Decision.objects.count() == 3


def test_what_people_touched_is_left_alone(held, camille, olivia):
    fine, sharp, plain = held
    actions.decide(voice_ids=[fine], outcome=Outcome.HOLD, reason=Reason.SECOND_LOOK, actor_id=camille, at=AT)
    doubt = NewReport(
        voice_id=sharp, ground=Reason.TOXIC, why="Look at this one please.", role=ReporterRole.TEAM, staff_id=olivia
    )
    actions.report(doubt, at=AT)
    change(two_people="everything")
    actions.decide(voice_ids=[plain], outcome=Outcome.REFUSE, reason=Reason.SPAM, actor_id=camille, at=LATER)
    assert queries.waiting_count() == 0
    run = actions.start_redeciding(actor_id=None, at=LATER)
    assert actions.continue_redeciding(redeciding_id=run.id, at=LATER).done == 0
    assert {voice.state for voice in queries.voices(held).values()} == {VoiceState.HELD}


def test_a_person_who_decides_meanwhile_is_not_overruled(held, camille, monkeypatch):
    from parvis.domains.voices.actions import redeciding

    change(hold_toxicity=0.6)
    judged = redeciding.rules.verdict

    def slow(reading, subject, **more):
        if reading.voice_id == held[0]:
            actions.decide(voice_ids=held[:1], outcome=Outcome.REFUSE, reason=Reason.SPAM, actor_id=camille, at=LATER)
        return judged(reading, subject, **more)

    monkeypatch.setattr(redeciding.rules, "verdict", slow)
    run = actions.start_redeciding(actor_id=None, at=LATER)
    actions.continue_redeciding(redeciding_id=run.id, at=LATER)
    assert queries.voice(held[0]).state is VoiceState.REFUSED
    assert queries.decisions(held[0])[0].actor_id == camille


def test_a_pass_can_be_stopped_and_ends_when_its_policy_does(held):
    change(hold_toxicity=0.6)
    run = actions.start_redeciding(actor_id=None, at=LATER)
    assert actions.start_redeciding(actor_id=None, at=LATER).id == run.id
    actions.stop_redeciding(redeciding_id=run.id, actor_id=None, at=LATER)
    with pytest.raises(NotFound):
        actions.stop_redeciding(redeciding_id=run.id, actor_id=None, at=LATER)
    second = actions.start_redeciding(actor_id=None, at=LATER)
    change(hold_toxicity=0.7)
    assert actions.continue_redeciding(redeciding_id=second.id, at=LATER).state is RedecidingState.STOPPED
    third = actions.start_redeciding(actor_id=None, at=LATER)
    tasks.redecide(third.id)
    assert queries.redeciding(third.id).state is RedecidingState.DONE
    assert [run.id for run in queries.redecidings()] == [third.id, second.id, run.id]


def test_a_batch_costs_the_same_statements_whatever_it_holds(dress, fake_reader, django_assert_max_num_queries):
    texts = [f"Seam {number} is fine." for number in range(60)]
    ids = said(dress, *texts)
    actions.examine(ids, at=AT, reader=fake_reader(toxicity=0.5))
    change(hold_toxicity=0.6)
    run = actions.start_redeciding(actor_id=None, at=LATER)
    with django_assert_max_num_queries(24):
        actions.continue_redeciding(redeciding_id=run.id, at=LATER)
    assert queries.redeciding(run.id).published == 60


WORKER = """
import sys, time
from datetime import datetime
from parvis.domains.voices.actions import redeciding
redeciding.BATCH = 20
stop, done = sys.argv[3] == "stop", 0
plain = redeciding.apply
def apply(lines, *args, **more):
    global done
    plain(lines, *args, **more)
    done += 1
    if stop and done == 3:
        print("stopped", flush=True)
        time.sleep(600)
redeciding.apply = apply
while True:
    run = redeciding.continue_redeciding(redeciding_id=int(sys.argv[2]), at=datetime.fromisoformat(sys.argv[1]))
    if run.finished_at is not None:
        break
"""


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_and_decides_each_once(fake_reader):
    dress = small_catalogue().products["linen-dress"]
    ids = said(dress, *(f"Seam {number} is fine." for number in range(150)))
    actions.examine(ids, at=AT, reader=fake_reader(toxicity=0.5))
    change(hold_toxicity=0.6)
    run = actions.start_redeciding(actor_id=None, at=LATER)

    def worker(what):
        return start(WORKER, LATER.isoformat(), str(run.id), what)

    victim = worker("stop")
    assert victim.stdout.readline() == "stopped\n"
    victim.kill()
    victim.communicate(timeout=30)
    half = queries.redeciding(run.id)
    assert (half.state, half.done, half.published) == (RedecidingState.RUNNING, 40, 40)
    assert queries.redecidings_left(advanced_before=LATER + timedelta(minutes=3)) == [run.id]
    others = [worker("go"), worker("go")]
    assert [other.communicate(timeout=120)[0] for other in others] == ["", ""]
    assert [other.returncode for other in others] == [0, 0]
    whole = queries.redeciding(run.id)
    assert (whole.state, whole.done, whole.published) == (RedecidingState.DONE, 150, 150)
    assert models.Decision.objects.filter(outcome="publish").count() == 150
    assert models.Voice.objects.filter(state="published").count() == 150
