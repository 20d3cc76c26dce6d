"""The tables of the regulator's archive beside decisions and voices: policies, reports, appeals, further looks, groups,
second opinions, passes, reasons told, the team. Rows of plain values, in order of their ids."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from parvis.domains.people import queries as people
from parvis.domains.voices import models

Row = dict[str, Any]


def iso(moment: datetime | None) -> str | None:
    """A moment as the archive writes it."""
    return None if moment is None else moment.isoformat()


def policies(until: datetime) -> Iterator[Row]:
    """Every version written until then, whole."""
    for row in models.Policy.objects.filter(at__lt=until).order_by("version"):
        yield {
            "version": row.version,
            "at": iso(row.at),
            "person": row.author_id,
            "note": row.note,
            "settings": row.settings,
        }


def reports(since: datetime, until: datetime) -> Iterator[Row]:
    """What was reported, and the answers."""
    for row in models.Report.objects.filter(at__gte=since, at__lt=until).order_by("id").iterator(chunk_size=2000):
        yield {
            "id": row.pk,
            "voice": row.voice_id,
            "at": iso(row.at),
            "role": row.role,
            "notice": row.notice,
            "ground": row.ground,
            "why": row.why,
            "url": row.url,
            "good_faith": row.good_faith,
            "reported_by_person": row.staff_id,
            "state": row.state,
            "answered_at": iso(row.answered_at),
            "answered_by_person": row.actor_id,
            "answer": row.answer,
        }


def appeals(since: datetime, until: datetime) -> Iterator[Row]:
    """What authors contested, and the answers."""
    for row in models.Appeal.objects.filter(at__gte=since, at__lt=until).order_by("id").iterator(chunk_size=2000):
        yield {
            "id": row.pk,
            "voice": row.voice_id,
            "decision": row.decision_id,
            "at": iso(row.at),
            "text": row.text,
            "state": row.state,
            "answer": row.answer,
            "answered_at": iso(row.answered_at),
            "answered_by_person": row.actor_id,
        }


def proposals(since: datetime, until: datetime) -> Iterator[Row]:
    """Second signatures."""
    for row in models.Proposal.objects.filter(at__gte=since, at__lt=until).order_by("id").iterator(chunk_size=2000):
        yield {
            "id": row.pk,
            "voice": row.voice_id,
            "at": iso(row.at),
            "outcome": row.outcome,
            "ground": row.reason,
            "note": row.note,
            "first_person": row.actor_id,
            "second_person": row.closed_by_id,
            "closed_at": iso(row.closed_at),
            "confirmed": row.confirmed,
            "decision": row.decision_id,
        }


def checks(since: datetime, until: datetime) -> Iterator[Row]:
    """Voices drawn by chance, and what a person found."""
    drawn = models.Check.objects.filter(drawn_at__gte=since, drawn_at__lt=until).order_by("id")
    for row in drawn.iterator(chunk_size=2000):
        yield {
            "voice": row.voice_id,
            "drawn_at": iso(row.drawn_at),
            "chance": row.chance,
            "fit": row.fit,
            "ground": row.reason,
            "person": row.actor_id,
            "checked_at": iso(row.checked_at),
        }


def statements(since: datetime, until: datetime) -> Iterator[Row]:
    """Reasons as they were told to authors."""
    told = models.Statement.objects.filter(decision__at__gte=since, decision__at__lt=until).order_by("id")
    for row in told.iterator(chunk_size=2000):
        yield {
            "decision": row.decision_id,
            "voice": row.voice_id,
            "at": iso(row.at),
            "locale": row.locale,
            "ground": row.ground,
            "words": row.words,
            "automated": row.automated,
            "sent": row.sent,
        }


def team() -> Iterator[Row]:
    """Who the numbers of persons are."""
    for one in sorted(people.all_staff(), key=lambda each: each.account_id):
        yield {"id": one.account_id, "name": one.name, "role": one.role.value, "active": one.active}


def bursts(since: datetime, until: datetime) -> Iterator[Row]:
    """Who joined which group of nearly the same words."""
    joined = models.BurstMember.objects.filter(joined_at__gte=since, joined_at__lt=until)
    fields = ("burst_id", "burst__opened_at", "burst__policy__version", "voice_id", "alike", "joined_at")
    for row in joined.order_by("burst_id", "voice_id").values_list(*fields).iterator(chunk_size=2000):
        burst_id, opened_at, version, voice_id, alike, joined_at = row
        yield {
            "burst": burst_id,
            "opened_at": iso(opened_at),
            "policy_version": version,
            "voice": voice_id,
            "alike": alike,
            "joined_at": iso(joined_at),
        }


def opinions(since: datetime, until: datetime) -> Iterator[Row]:
    """What a language model was asked and said: advice, or with "acted" the reason why a voice was published."""
    asked = models.Opinion.objects.filter(asked_at__gte=since, asked_at__lt=until).order_by("voice_id")
    for row in asked.iterator(chunk_size=2000):
        yield {
            "voice": row.voice_id,
            "asked_at": iso(row.asked_at),
            "given_at": iso(row.given_at),
            "state": row.state,
            "model": row.model,
            "suggests": row.suggests,
            "ground": row.ground,
            "findings": row.findings,
            "passages": row.passages,
            "confidence": row.confidence,
            "suspect": row.suspect,
            "acted": row.acted,
            "why": row.why,
        }


def passes(since: datetime, until: datetime) -> Iterator[Row]:
    """Passes over the voices that waited, after a change of policy: who asked for them, and what came of them."""
    begun = models.Redeciding.objects.filter(started_at__gte=since, started_at__lt=until).order_by("id")
    for row in begun.select_related("policy"):
        yield {
            "id": row.pk,
            "policy_version": row.policy.version,
            "started_at": iso(row.started_at),
            "finished_at": iso(row.finished_at),
            "person": row.started_by_id,
            "state": row.state,
            "waited": row.total,
            "done": row.done,
            "published": row.published,
            "refused": row.refused,
            "held": row.held,
        }
