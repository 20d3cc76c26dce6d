"""What another policy would have done: the voices of the last days decided again on paper, by the same rules."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min

from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import (
    AuthorRole,
    DecidedBy,
    Moved,
    Outcome,
    Reading,
    Replay,
    Span,
    VoiceKind,
)

MOST = 20_000
SHOWN = 30
_FIELDS = (
    "id",
    "kind",
    "title",
    "text",
    "stars",
    "language",
    "fingerprint",
    "reading__language",
    "reading__sentiment",
    "reading__stars",
    "reading__toxicity",
    "reading__spam",
    "incentive",
    "author_role",
    "reading__personal",
    "reading__interest",
    "burst_member__voice_id",
    "photos",
)


def replay(policy: rules.Policy, *, at: datetime, days: int = 30, most: int = MOST) -> Replay:
    """Decide again, without keeping anything, about the voices received in the last ``days``: under ``policy`` and
    under the one in force, with the readings that they have now. Three statements; some 10,000 voices a second."""
    now_in_force = models.Policy.objects.order_by("-version").values_list("settings", flat=True).first()
    before_policy = rules.from_data(now_in_force) if now_in_force else rules.Policy()
    voices = models.Voice.objects.filter(received_at__gte=at - timedelta(days=days), reading__isnull=False)
    rows = list(voices.annotate(photos=Count("media")).order_by("-id").values_list(*_FIELDS)[: most + 1])
    cut, rows = len(rows) > most, rows[:most]
    judged = _judged([row[0] for row in rows])
    copies = _copies([row[6] for row in rows if row[6] is not None])
    counts: Counter[tuple[Outcome, Outcome]] = Counter()
    moved: list[Moved] = []
    alone, wrong = Counter[bool](), Counter[bool]()
    for row in rows:
        subject, reading = _case(row, copies)
        before = rules.verdict(reading, subject, policy=before_policy)
        after = rules.verdict(reading, subject, policy=policy)
        counts[before.outcome, after.outcome] += 1
        person = judged.get(row[0])
        for later, verdict in ((False, before), (True, after)):
            if person is not None and verdict.outcome is not Outcome.HOLD:
                alone[later] += 1
                wrong[later] += verdict.outcome is not person
        if before.outcome is not after.outcome and len(moved) < SHOWN:
            moved.append(
                Moved(voice_id=row[0], before=before.outcome, after=after.outcome, reason=after.reason, person=person)
            )
    return Replay(
        days=days,
        total=len(rows),
        counts=dict(counts),
        moved=tuple(moved),
        judged=len(judged),
        alone_before=alone[False],
        alone_after=alone[True],
        wrong_before=wrong[False],
        wrong_after=wrong[True],
        cut=cut,
    )


def _case(row: tuple[Any, ...], copies: dict[int, int]) -> tuple[rules.Subject, Reading]:
    said = dict(zip(_FIELDS, row, strict=True))
    first = copies.get(said["fingerprint"], said["id"]) if said["fingerprint"] is not None else said["id"]
    subject = rules.Subject(
        kind=VoiceKind(said["kind"]),
        title=said["title"],
        text=said["text"],
        stars=said["stars"],
        language=said["language"],
        duplicate_of=first if first < said["id"] else None,
        photos=said["photos"],
        # whether it was found to be in one: another width of the window is not tried on paper
        burst=said["burst_member__voice_id"] is not None,
        disclosed=bool(said["incentive"]) or said["author_role"] == AuthorRole.BRAND,
    )
    reading = Reading(
        voice_id=said["id"],
        model="",
        language=said["reading__language"],
        sentiment=said["reading__sentiment"],
        stars=said["reading__stars"],
        toxicity=said["reading__toxicity"],
        spam=said["reading__spam"],
        interest=said["reading__interest"],
        # only whether there is any counts here
        personal=(Span(start=0, end=1, kind="any"),) if said["reading__personal"] else (),
    )
    return subject, reading


def _judged(voice_ids: list[int]) -> dict[int, Outcome]:
    """What people last decided about these voices, if they published or refused."""
    lines = models.Decision.objects.filter(
        voice_id__in=voice_ids, by=DecidedBy.PERSON, undoes__isnull=True, undone_by__isnull=True
    ).filter(outcome__in=(Outcome.PUBLISH, Outcome.REFUSE))
    latest = lines.order_by("voice_id", "-id").distinct("voice_id").values_list("voice_id", "outcome")
    return {voice_id: Outcome(outcome) for voice_id, outcome in latest}


def _copies(marks: list[int]) -> dict[int, int]:
    same = models.Voice.objects.filter(fingerprint__in=marks) if marks else models.Voice.objects.none()
    return dict(same.values_list("fingerprint").annotate(Min("id")).order_by())
