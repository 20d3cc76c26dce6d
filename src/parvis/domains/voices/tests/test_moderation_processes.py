"""Moderators, authors and workers at once, each a real process of its own with its own connection."""

import json

import pytest
from tests.forks import Forked, start

from parvis.core.models import OutboxEvent
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.messaging import queries as mail
from parvis.domains.people import testing as people
from parvis.domains.voices import actions, models, queries, rules
from parvis.domains.voices.contracts import NewReport, NewVoice, Outcome, Reason, VoiceState
from parvis.domains.voices.testing import AT

pytestmark = [pytest.mark.database, pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

# Says "ready", waits for a line, then does what it was told and tells how it went.
PERSON = """
import json, sys
from django.db import connection
from datetime import datetime
from parvis.core.errors import ParvisError
from parvis.domains.voices import actions, queries, rules
from parvis.domains.voices.contracts import Outcome, Reason
at = datetime.fromisoformat(sys.argv[1])
job = json.loads(sys.argv[2])
connection.ensure_connection()
def run():
    if job["do"] == "decide":
        done = actions.decide(voice_ids=[job["voice"]], outcome=Outcome(job["outcome"]), reason=Reason(job["reason"]),
                              actor_id=job["actor"], at=at, seen=job.get("seen"))
        return "proposed" if done.proposed else "decided" if done.voice_ids else "kept"
    if job["do"] == "appeal":
        actions.appeal(voice_id=job["voice"], text="Another look, if you please.", at=at)
    if job["do"] == "answer":
        actions.answer_appeal(appeal_id=job["appeal"], reverse=job["reverse"], answer="Looked at again.",
                              actor_id=job["actor"], at=at)
    if job["do"] == "policy":
        actions.save_policy(policy=rules.Policy(promise_hours=job["hours"]), seen=1, actor_id=None, at=at)
    if job["do"] == "erase":
        actions.erase_customer(customer_id=job["customer"], at=at)
    if job["do"] == "tell":
        return str(actions.tell_authors(at=at))
    return "done"
print("ready", flush=True)
sys.stdin.readline()
try:
    print(run(), flush=True)
except ParvisError as error:
    print(f"told {error.code}", flush=True)
"""

READER = """
import sys
from datetime import datetime
from parvis.domains.voices import actions
from parvis.domains.voices.actions import readings
plain = readings.default_reader
def reader(frame):
    found = plain(frame)
    print("ready", flush=True)
    sys.stdin.readline()
    return found
counts = actions.examine([int(sys.argv[2])], at=datetime.fromisoformat(sys.argv[1]), reader=reader)
print(f"{counts.read} {counts.published} {counts.skipped}", flush=True)
"""


def ready(script: str, *words: str) -> Forked:
    process = start(script, AT.isoformat(), *words)
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process: Forked) -> str:
    told, _ = process.communicate("\n", timeout=60)
    return told.strip()


def together(*jobs: dict) -> list[str]:
    """Each job in a process, all let go at the same moment."""
    processes = [ready(PERSON, json.dumps(job)) for job in jobs]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * len(jobs)
    return told


def team() -> tuple[int, int]:
    return tuple(people.staff(key, at=AT).account_id for key in ("camille", "olivia"))


def said(customer_id: int | None = None) -> int:
    dress = small_catalogue().products["linen-dress"]
    text = "Write to me at lou@mail.example if you want mine, it is as new."
    return actions.receive(NewVoice(product_id=dress, text=text, stars=4, customer_id=customer_id), at=AT).id


def held(customer_id: int | None = None) -> int:
    voice = said(customer_id)
    actions.examine([voice], at=AT)
    assert queries.voice(voice).state is VoiceState.HELD
    return voice


def wish(voice: int, actor: int, outcome: str = "refuse", reason: str = "spam", **more: object) -> dict:
    return {"do": "decide", "voice": voice, "actor": actor, "outcome": outcome, "reason": reason, **more}


def test_two_moderators_one_voice_one_outcome() -> None:
    camille, olivia = team()
    voice = held()
    told = together(wish(voice, camille), wish(voice, olivia, "publish", "approved"))
    assert sorted(told) == ["decided", "told already_decided"]
    people_s = models.Decision.objects.filter(voice_id=voice, by="person")
    assert people_s.count() == 1
    expected = VoiceState.REFUSED if told[0] == "decided" else VoiceState.PUBLISHED
    assert queries.voice(voice).state is expected
    assert OutboxEvent.objects.filter(name__in=("voices.refused", "voices.published")).count() == 1


def test_two_people_at_the_same_moment_are_two_people() -> None:
    camille, olivia = team()
    voice = held()
    policy = rules.Policy(two_people=rules.TwoPeople.REFUSALS)
    actions.save_policy(policy=policy, seen=1, actor_id=olivia, at=AT)
    assert sorted(together(wish(voice, camille), wish(voice, olivia))) == ["decided", "proposed"]
    assert queries.voice(voice).state is VoiceState.REFUSED
    proposal = models.Proposal.objects.get()
    assert proposal.confirmed is True
    assert {proposal.actor_id, proposal.closed_by_id} == {camille, olivia}


def test_one_person_in_two_windows_is_one_person() -> None:
    camille, olivia = team()
    voice = held()
    policy = rules.Policy(two_people=rules.TwoPeople.REFUSALS)
    actions.save_policy(policy=policy, seen=1, actor_id=olivia, at=AT)
    assert together(wish(voice, camille), wish(voice, camille)) == ["proposed", "proposed"]
    assert queries.voice(voice).state is VoiceState.HELD
    assert models.Proposal.objects.count() == 1


def test_an_appeal_sent_twice_is_one_and_answered_once() -> None:
    camille, olivia = team()
    mathis = people.staff("mathis", at=AT).account_id
    voice = held()
    actions.decide(voice_ids=[voice], outcome=Outcome.REFUSE, reason=Reason.SPAM, actor_id=camille, at=AT)
    sent = {"do": "appeal", "voice": voice}
    assert sorted(together(sent, sent)) == ["done", "told cannot_appeal"]
    appeal = models.Appeal.objects.get().pk
    answers = [
        {"do": "answer", "appeal": appeal, "reverse": reverse, "actor": actor}
        for reverse, actor in ((True, olivia), (False, mathis))
    ]
    assert sorted(together(*answers)) == ["done", "told appeal_closed"]
    row = models.Appeal.objects.get()
    assert (row.state == "reversed") == (queries.voice(voice).state is VoiceState.PUBLISHED)
    assert OutboxEvent.objects.filter(name="voices.appeal_answered").count() == 1


def test_two_editors_of_the_rules_one_version() -> None:
    actions.policy_in_force(at=AT)
    told = together({"do": "policy", "hours": 24}, {"do": "policy", "hours": 48})
    assert sorted(told) == ["done", "told policy_moved"]
    assert queries.policy_version().version == 2
    assert queries.policy().promise_hours == (24 if told[0] == "done" else 48)


def test_reasons_are_told_once_by_two_workers() -> None:
    camille, _ = team()
    claire = people.customer("claire", at=AT)
    ids = [held(claire.id) for _ in range(3)]
    early = AT.replace(year=AT.year - 1)
    for voice in ids:
        actions.decide(voice_ids=[voice], outcome=Outcome.REFUSE, reason=Reason.SPAM, actor_id=camille, at=early)
    together({"do": "tell"}, {"do": "tell"})
    told = set(models.Statement.objects.values_list("decision_id", flat=True))
    assert len(told) == 3
    assert {each.key for each in mail.messages().items} == {f"voices.reasons:{key}" for key in told}


def test_who_is_erased_while_being_read_leaves_no_word() -> None:
    claire = people.customer("claire", at=AT)
    voice = said(claire.id)
    reading = ready(READER, str(voice))  # has read the words, has not kept anything yet
    assert together({"do": "erase", "customer": claire.id}) == ["done"]
    assert finish(reading).split()[1] == "0"
    row = models.Voice.objects.get(id=voice)
    assert (row.state, row.text, row.customer_id) == ("withdrawn", "", None)
    assert not models.Reading.objects.filter(voice_id=voice).exists()
    assert not OutboxEvent.objects.filter(name="voices.published").exists()


def test_who_is_erased_while_a_person_decides_leaves_no_word() -> None:
    camille, _ = team()
    claire = people.customer("claire", at=AT)
    voice = held(claire.id)
    actions.decide(voice_ids=[voice], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=camille, at=AT)
    actions.report(NewReport(voice_id=voice, ground=Reason.RIGHTS, why="The picture is mine."), at=AT)
    together({"do": "erase", "customer": claire.id}, wish(voice, camille))
    row = models.Voice.objects.get(id=voice)
    assert (row.state, row.text) == ("withdrawn", "")
    assert not models.Report.objects.filter(state="open").exists()
