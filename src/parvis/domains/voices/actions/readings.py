"""Texts read by hundreds, outside of any lock, and the readings kept."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import polars as pl
import structlog
from django.db import connection, transaction
from django.db.models import Count

from parvis.domains.voices import models, queries
from parvis.domains.voices.contracts import (
    AspectSpan,
    Ground,
    Intent,
    Reading,
    Span,
    Stated,
    VoiceState,
)

BATCH = 500
UNKNOWN_LANGUAGE = "und"
SHORT = 24  # letters; the language of fewer is taken from the form or the file
log = structlog.get_logger("parvis.voices")
Reader = Callable[[pl.DataFrame], pl.DataFrame]
"""Takes id, title, text, language and kind of product (null = find out); gives the columns of
``parvis.science.text.read`` and, where it is not the shipped one, the model."""


@dataclass(slots=True)
class Row:
    """A voice as the machine reads it."""

    id: int
    kind: str
    product_id: int | None
    title: str
    text: str
    author_name: str
    stars: int | None
    language: str
    state: str
    fingerprint: int | None
    received_at: datetime
    incentive: str
    author_role: str
    photos: int
    category: str | None = None


_FIELDS = (
    "id",
    "kind",
    "product_id",
    "title",
    "text",
    "author_name",
    "stars",
    "language",
    "state",
    "fingerprint",
    "received_at",
    "incentive",
    "author_role",
)


def read_missing(voice_ids: Sequence[int], *, at: datetime, reader: Reader | None = None) -> None:
    """Make the readings that these voices lack, without deciding: what a person publishes has been read too."""
    unread = models.Voice.objects.filter(id__in=voice_ids, reading__isnull=True).exclude(state=VoiceState.WITHDRAWN)
    rows = rows_of(unread.order_by("id"))
    for first in range(0, len(rows), BATCH):
        found, _ = read(rows[first : first + BATCH], reader, at)
        with transaction.atomic():
            keep_readings(list(found.values()))


def default_reader(frame: pl.DataFrame) -> pl.DataFrame:
    """``science.text.read`` with the brand's aspects and stars, loaded when first needed."""
    from parvis.science import text

    chosen = queries.reading_set()
    named = pl.lit(queries.model_named(chosen.version)).alias("model")
    return text.read(frame, aspects=chosen.cues, taught=chosen.taught).with_columns(named)


def rows_of(found: Any, limit: int | None = None) -> list[Row]:
    """The rows of a queryset of voices, with how many pictures and videos they have and their product's category."""
    pictures = Count("media", distinct=True) + Count("video", distinct=True)
    annotated = found.annotate(photos=pictures).values_list(*_FIELDS, "photos", "product__category__key")
    return [Row(*values) for values in (annotated[:limit] if limit else annotated)]


_PLAIN_SENTENCE = Row(
    id=0,
    kind="review",
    product_id=None,
    title="",
    text="The fabric is soft and the size is right.",
    author_name="",
    stars=None,
    language="en",
    state="held",
    fingerprint=None,
    received_at=datetime(2026, 1, 1, tzinfo=UTC),
    incentive="",
    author_role="shopper",
    photos=0,
)


def read(rows: Sequence[Row], reader: Reader | None, at: datetime) -> tuple[dict[int, Reading], dict[int, str]]:
    """Readings by voice, and what went wrong with those that cannot be read. Stars without words need no reader."""
    silent = [row for row in rows if not row.title and not row.text]
    spoken = [row for row in rows if row.title or row.text]
    found = {row.id: _silent_reading(row, at) for row in silent}
    reader = reader or default_reader
    failed: dict[int, str] = {}
    try:
        found.update(_read_frame(spoken, reader, at))
    except Exception:
        log.warning("a batch of voices cannot be read at once; reading one by one", exc_info=True)
        for row in spoken:
            try:
                found.update(_read_frame([row], reader, at))
            except Exception as error:  # noqa: BLE001 - one text must not hold up the others
                failed[row.id] = f"{type(error).__name__}: {error}"[:500]
        if len(failed) == len(spoken):
            # every text fails: if a plain sentence does too, the reader is broken and nothing is held against them
            _read_frame([_PLAIN_SENTENCE], reader, at)
    return found, failed


def _read_frame(rows: Sequence[Row], reader: Reader, at: datetime) -> dict[int, Reading]:
    if not rows:
        return {}
    kinds = queries.category_kinds() if any(row.category for row in rows) else {}
    frame = pl.DataFrame(
        {
            "id": [row.id for row in rows],
            "title": [row.title for row in rows],
            "text": [row.text for row in rows],
            "language": [_declared(row) for row in rows],
            "kind": [kinds.get(row.category or "") for row in rows],
        },
        schema={"id": pl.Int64, "title": pl.String, "text": pl.String, "language": pl.String, "kind": pl.String},
    )
    read = reader(frame)
    by_id = {row.id: row for row in rows}
    readings: dict[int, Reading] = {}
    for values in read.iter_rows(named=True):
        row = by_id[values["id"]]
        readings[row.id] = Reading(
            voice_id=row.id,
            model=values.get("model") or model_name(),
            language=values["language"] or row.language,
            sentiment=values["sentiment"],
            stars=values["stars"],
            toxicity=values["toxicity"],
            spam=values["spam"],
            aspects=tuple(AspectSpan(**span) for span in values["aspects"] or ()),
            personal=_personal(row, values.get("personal")),
            attributes=tuple(Stated(**each) for each in values.get("attributes") or ()),
            intents=tuple(Intent(**each) for each in values.get("intents") or ()),
            interest=values.get("interest") or 0.0,
            grounds=tuple(Ground(**each) for each in values.get("grounds") or ()),
            read_at=at,
        )
    return readings


def _personal(row: Row, found: Sequence[dict[str, Any]] | None) -> tuple[Span, ...]:
    """Personal data of every field; the reader has looked at the text already."""
    if found is None:
        return queries.find_personal(row.title, row.text, row.author_name)
    return (*(Span(**each) for each in found), *queries.find_personal(row.title, "", row.author_name))


def _declared(row: Row) -> str | None:
    said = row.title + row.text
    return row.language if row.language and len(said) < 4 * SHORT and sum(map(str.isalpha, said)) < SHORT else None


def _silent_reading(row: Row, at: datetime) -> Reading:
    return Reading(
        voice_id=row.id,
        model="",
        language=row.language,
        sentiment=0.0,
        stars=3.0 if row.stars is None else float(row.stars),
        toxicity=0.0,
        spam=0.0,
        personal=queries.find_personal("", "", row.author_name),
        read_at=at,
    )


@cache
def model_name() -> str:
    """The version of the reader, kept with each reading and decision."""
    from parvis.science import text

    return text.model_version()


_READING_SQL = """
INSERT INTO voices_reading (voice_id, model, language, sentiment, stars, toxicity, spam, aspects, personal, attributes,
  intents, interest, grounds, read_at)
SELECT voice_id, model, language, sentiment, stars, toxicity, spam, aspects, personal, attributes, intents, interest,
  grounds, read_at
FROM json_to_recordset(%s::json)
     AS row(voice_id bigint, model text, language text, sentiment float8, stars float8, toxicity float8, spam float8,
            aspects jsonb, personal jsonb, attributes jsonb, intents jsonb, interest float8, grounds jsonb,
            read_at timestamptz)
ON CONFLICT (voice_id) DO """
_KEEP_FIRST = "NOTHING"
_KEEP_LAST = """UPDATE SET model = excluded.model, language = excluded.language, sentiment = excluded.sentiment,
 stars = excluded.stars, toxicity = excluded.toxicity, spam = excluded.spam, aspects = excluded.aspects,
 personal = excluded.personal, attributes = excluded.attributes, intents = excluded.intents,
 interest = excluded.interest, grounds = excluded.grounds, read_at = excluded.read_at"""


def keep_readings(readings: Sequence[Reading], *, anew: bool = False) -> None:
    """Write readings in one statement; those that exist stay, or are replaced when ``anew``."""
    if not readings:
        return
    with connection.cursor() as cursor:
        cursor.execute(_READING_SQL + (_KEEP_LAST if anew else _KEEP_FIRST), [_as_json(readings)])


def _as_json(readings: Sequence[Reading]) -> str:
    rows = []
    for reading in readings:
        row = {name: getattr(reading, name) for name in _PLAIN}
        for name in ("aspects", "personal", "attributes", "intents", "grounds"):
            row[name] = [asdict(each) for each in getattr(reading, name)]
        row["read_at"] = reading.read_at.isoformat() if reading.read_at else None
        rows.append(row)
    return json.dumps(rows)


_PLAIN = ("voice_id", "model", "language", "sentiment", "stars", "toxicity", "spam", "interest")


def language_of(row: Row, readings: dict[int, Reading]) -> str:
    """What the words are in; where they say too little ("und"), what the form or the file said."""
    found = readings[row.id].language if row.id in readings else ""
    return found if found not in ("", UNKNOWN_LANGUAGE) else row.language
