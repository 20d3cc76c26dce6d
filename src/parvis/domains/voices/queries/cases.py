"""Voices as the verdict needs them, with the readings that they have: to decide about them again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet

from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import AuthorRole, Reading, Span, VoiceKind, VoiceState

_FIELDS = (
    "id",
    "kind",
    "title",
    "text",
    "stars",
    "language",
    "fingerprint",
    "incentive",
    "author_role",
    "decided_at",
    "reading__model",
    "reading__language",
    "reading__sentiment",
    "reading__stars",
    "reading__toxicity",
    "reading__spam",
    "reading__personal",
    "reading__interest",
    "burst_member__voice_id",
    "pictures",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A voice and its reading; of personal data only whether there is any."""

    subject: rules.Subject
    reading: Reading
    decided_at: datetime | None

    @property
    def id(self) -> int:
        return self.reading.voice_id


def cases(voices: "QuerySet[models.Voice]", *, limit: int, living: bool = False) -> list[Case]:
    """The first ``limit`` of these voices (with readings), in their order. ``living``: copies of voices that are
    refused or withdrawn by now do not count. Whether a voice is in a burst is as it was found when it came in: another
    width of the window is not tried. Two statements."""
    pictures = Count("media", distinct=True) + Count("video", distinct=True)
    rows = list(voices.annotate(pictures=pictures).values_list(*_FIELDS)[:limit])
    said = [dict(zip(_FIELDS, row, strict=True)) for row in rows]
    copies = _copies([row["fingerprint"] for row in said], living=living)
    return [_case(row, copies) for row in said]


def _copies(marks: Iterable[int | None], *, living: bool) -> dict[int, int]:
    known = [mark for mark in marks if mark is not None]
    same = models.Voice.objects.filter(fingerprint__in=known)
    if living:
        same = same.filter(state__in=(VoiceState.HELD, VoiceState.PUBLISHED))
    return dict(same.values_list("fingerprint").annotate(Min("id")).order_by()) if known else {}


def _case(said: dict[str, Any], copies: dict[int, int]) -> Case:
    first = copies.get(said["fingerprint"], said["id"]) if said["fingerprint"] is not None else said["id"]
    subject = rules.Subject(
        kind=VoiceKind(said["kind"]),
        title=said["title"],
        text=said["text"],
        stars=said["stars"],
        language=said["language"],
        duplicate_of=first if first < said["id"] else None,
        photos=said["pictures"],
        burst=said["burst_member__voice_id"] is not None,
        disclosed=bool(said["incentive"]) or said["author_role"] == AuthorRole.BRAND,
    )
    scores = ("language", "sentiment", "stars", "toxicity", "spam", "interest", "model")
    reading = Reading(
        voice_id=said["id"],
        personal=(Span(start=0, end=1, kind="any"),) if said["reading__personal"] else (),
        **{name: said[f"reading__{name}"] for name in scores},
    )
    return Case(subject, reading, said["decided_at"])
