"""Rows into contracts, in at most two statements whatever their number."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import (
    AspectSpan,
    AuthorRole,
    DecidedBy,
    Ground,
    Intent,
    Media,
    Origin,
    Reading,
    Reason,
    Span,
    Stated,
    Video,
    VideoState,
    Voice,
    VoiceKind,
    VoiceState,
)

_VOICE = (
    "id",
    "kind",
    "state",
    "product_id",
    "parent_id",
    "customer_id",
    "author_name",
    "author_role",
    "title",
    "text",
    "stars",
    "language",
    "submitted_at",
    "received_at",
    "published_at",
    "experienced_on",
    "verified",
    "order_ref",
    "incentive",
    "syndicated_from",
    "syndicated_url",
    "size_worn",
    "fit_felt",
    "age",
    "height_cm",
    "origin",
    "origin_ref",
    "votes_up",
    "votes_down",
    "provenance",
    "reason",
    "decided_by",
    "decided_at",
)
_READING = ["model", "language", "sentiment", "stars", "toxicity", "spam", "aspects", "personal"]
_READING += ["attributes", "intents", "interest", "grounds", "read_at"]
_LISTED: dict[str, Any] = {
    "aspects": AspectSpan,
    "personal": Span,
    "attributes": Stated,
    "intents": Intent,
    "grounds": Ground,
}
_VIDEO: tuple[str, ...] = (
    "state",
    "share",
    "seconds",
    "width",
    "height",
    "bytes",
    "sound",
    "path",
    "poster",
    "thumb",
    "captions",
)
_VIDEO += ("captions_language", "error_code", "error_params", "ready_at", "approved_at", "hidden")
_FROM_READING, _FROM_VIDEO = len(_VOICE), len(_VOICE) + len(_READING)
COLUMNS = (*_VOICE, *(f"reading__{name}" for name in _READING), *(f"video__{name}" for name in _VIDEO))


def load(
    rows: "QuerySet[models.Voice]", *, original: bool = False, photos: bool = True, withheld: bool = False
) -> list[Voice]:
    """The voices of a queryset in its order: one statement, and one for ``photos``. What is withheld of photos and
    videos is there for the team and the author (``original``), and for those who ask for rights themselves."""
    values = list(rows.values_list(*COLUMNS))
    withheld = withheld or original
    media = media_of([row[0] for row in values], withheld=withheld) if photos else {}
    return [to_voice(row, media.get(row[0], ()), original=original, withheld=withheld) for row in values]


def to_voice(row: Sequence[Any], media: tuple[Media, ...], *, original: bool, withheld: bool = False) -> Voice:
    """A row of COLUMNS as a contract."""
    shown: dict[str, Any] = dict(zip(_VOICE, row, strict=False))
    reading = to_reading(shown["id"], row[_FROM_READING:_FROM_VIDEO])
    title, text = shown["title"], shown["text"]
    spans = reading.personal if reading else find_personal(title, text, shown["author_name"])
    if spans:
        shown["title"] = rules.masked(title, spans, field="title")
        shown["text"] = rules.masked(text, spans, field="text")
        shown["author_name"] = rules.masked(shown["author_name"], spans, field="author_name")
    shown["kind"] = VoiceKind(shown["kind"])
    shown["state"] = VoiceState(shown["state"])
    shown["author_role"] = AuthorRole(shown["author_role"])
    shown["origin"] = Origin(shown["origin"])
    shown["reason"] = Reason(shown["reason"]) if shown["reason"] else None
    shown["decided_by"] = DecidedBy(shown["decided_by"]) if shown["decided_by"] else None
    return Voice(
        **shown,
        media=media,
        video=to_video(row[_FROM_VIDEO:], decided_at=shown["decided_at"], withheld=withheld),
        reading=reading,
        original_title=title if original else None,
        original_text=text if original else None,
    )


def to_video(values: Sequence[Any], *, decided_at: datetime | None, withheld: bool = False) -> Video | None:
    """A row of video columns as a contract; None where there is no video. The public sees what a person has seen: the
    voice was decided about after the video was ready, or somebody has allowed the video since; unless it is withheld,
    which the team (``withheld``) is not kept from seeing."""
    if values[0] is None:
        return None
    held: dict[str, Any] = dict(zip(_VIDEO, values, strict=True))
    ready, approved, hidden = held["ready_at"], held.pop("approved_at"), held.pop("hidden")
    seen = ready is not None and decided_at is not None and decided_at >= ready
    paths = {"url": "path", "poster_url": "poster", "thumb_url": "thumb", "captions_url": "captions"}
    found = {name: held.pop(path) for name, path in paths.items()}
    held |= {name: f"{settings.MEDIA_URL}{path}" if path and ready else "" for name, path in found.items()}
    held["state"] = VideoState(held["state"])
    kept = hidden and not withheld
    return Video(**held, shown=ready is not None and (approved is not None or seen) and not kept)


def find_personal(title: str, text: str, author_name: str) -> tuple[Span, ...]:
    """Personal data in everything that is shown of a voice."""
    return (
        *rules.personal_spans(text),
        *rules.personal_spans(title, field="title"),
        *rules.personal_spans(author_name, field="author_name"),
    )


def to_reading(voice_id: int, values: Sequence[Any]) -> Reading | None:
    """A row of reading columns as a contract; None where there is no reading."""
    if values[0] is None:
        return None
    held: dict[str, Any] = dict(zip(_READING, values, strict=True))
    for name, kind in _LISTED.items():
        held[name] = tuple(kind(**each) for each in held[name])
    return Reading(voice_id=voice_id, **held)


def readings_of(voice_ids: Iterable[int]) -> dict[int, Reading]:
    """Readings by voice."""
    rows = models.Reading.objects.filter(voice_id__in=list(voice_ids)).values_list("voice_id", *_READING)
    found = ((row[0], to_reading(row[0], row[1:])) for row in rows)
    return {voice_id: reading for voice_id, reading in found if reading is not None}


def media_of(voice_ids: Sequence[int], *, withheld: bool = False) -> dict[int, tuple[Media, ...]]:
    """Photos by voice, in their order; those that are withheld from our pages only where they are asked for."""
    found: dict[int, list[Media]] = {}
    rows = models.Media.objects.filter(voice_id__in=voice_ids).order_by("voice_id", "position") if voice_ids else ()
    for row in rows:
        if row.hidden and not withheld:
            continue
        found.setdefault(row.voice_id, []).append(
            Media(
                id=row.pk,
                path=row.path,
                thumb=row.thumb,
                url=f"{settings.MEDIA_URL}{row.path}",
                thumb_url=f"{settings.MEDIA_URL}{row.thumb}",
                width=row.width,
                height=row.height,
                alt=row.alt,
            )
        )
    return {voice_id: tuple(photos) for voice_id, photos in found.items()}
