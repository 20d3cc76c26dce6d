"""The machine reads voices and decides about them, hundreds at a time.

Texts are read outside of any lock; then one short transaction locks the voices in order of id, keeps the readings and
applies each verdict only where nobody has decided meanwhile. Killed anywhere, a batch is wholly done or not at all;
run twice or by two workers, the second finds nothing left to do.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

import polars as pl
import structlog
from django.db import connection, transaction
from django.db.models import Count, Min

from parvis.core import outbox
from parvis.core.events import Event
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.contracts import (
    AspectSpan,
    Examined,
    Outcome,
    Reading,
    Reason,
    VoiceHeld,
    VoiceKind,
    VoicePublished,
    VoiceRefused,
    VoiceState,
)

BATCH = 500
UNKNOWN_LANGUAGE = "und"
SHORT = 24  # letters; the language of fewer is taken from the form or the file
log = structlog.get_logger("parvis.voices")
Reader = Callable[[pl.DataFrame], pl.DataFrame]
"""Takes id, title, text, language (null = find out); gives the columns of ``parvis.science.text.read``."""


@dataclass(slots=True)
class _Row:
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
    photos: int


_FIELDS = ("id", "kind", "product_id", "title", "text", "author_name", "stars", "language", "state", "fingerprint")


def examine(
    voice_ids: Iterable[int], *, at: datetime, reader: Reader | None = None, policy: rules.Policy | None = None
) -> Examined:
    """Read these voices and decide about them; those examined before are skipped. Safe to repeat and to run in
    several workers at once."""
    ids = sorted(set(voice_ids))
    total = Examined()
    for first in range(0, len(ids), BATCH):
        total += _examine_batch(ids[first : first + BATCH], at, reader or default_reader, policy or rules.Policy())
    return total


def examine_pending(
    *, at: datetime, limit: int = BATCH, reader: Reader | None = None, policy: rules.Policy | None = None
) -> Examined:
    """Claim the next unexamined voices and examine them; any number of processes may do so side by side. Everything
    zero means that nothing (unclaimed) is left."""
    with transaction.atomic():
        waiting = models.Voice.objects.filter(examined_at__isnull=True).order_by("id")
        ids = list(waiting.select_for_update(skip_locked=True).values_list("id", flat=True)[:limit])
        return examine(ids, at=at, reader=reader, policy=policy)


def read_again(
    *,
    at: datetime,
    progress: Callable[[int, int], None] | None = None,
    reader: Reader | None = None,
) -> int:
    """Make every reading anew, after a change of models; decisions stay as they are. Public voices are told of again
    as published, so that what is derived from them follows. Returns how many were read."""
    total = models.Reading.objects.count()
    done = last = 0
    while True:
        stale = models.Voice.objects.filter(id__gt=last, reading__isnull=False).exclude(state=VoiceState.WITHDRAWN)
        rows = _rows(stale.order_by("id"), limit=BATCH)
        if not rows:
            return done
        found, _ = _read(rows, reader or default_reader, at)
        with transaction.atomic():
            _keep_readings(list(found.values()), anew=True)
            events = [
                VoicePublished(voice_id=row.id, kind=row.kind, product_id=row.product_id)
                for row in rows
                if row.state == VoiceState.PUBLISHED
            ]
            outbox.publish(*events, at=at)
        done += len(rows)
        last = rows[-1].id
        if progress is not None:
            progress(done, max(total, done))


def read_missing(voice_ids: Sequence[int], *, at: datetime, reader: Reader | None = None) -> None:
    """Make the readings that these voices lack, without deciding: what a person publishes has been read too."""
    unread = models.Voice.objects.filter(id__in=voice_ids, reading__isnull=True).exclude(state=VoiceState.WITHDRAWN)
    rows = _rows(unread.order_by("id"))
    for first in range(0, len(rows), BATCH):
        found, _ = _read(rows[first : first + BATCH], reader or default_reader, at)
        with transaction.atomic():
            _keep_readings(list(found.values()))


def default_reader(frame: pl.DataFrame) -> pl.DataFrame:
    """``science.text.read``, loaded when first needed."""
    from parvis.science import text

    return text.read(frame)


# -- one batch ------------------------------------------------------------------------------------------------


def _examine_batch(ids: Sequence[int], at: datetime, reader: Reader, policy: rules.Policy) -> Examined:
    rows = _rows(models.Voice.objects.filter(id__in=ids, examined_at__isnull=True).order_by("id"))
    living = [row for row in rows if row.state != VoiceState.WITHDRAWN]
    readings, failed = _read(living, reader, at)
    copies = _copies(living)
    verdicts = {
        row.id: rules.verdict(readings[row.id], _subject(row, copies), policy=policy)
        if row.id in readings
        else rules.Verdict(outcome=Outcome.HOLD, reason=Reason.NOT_READ, certainty=1.0, grounds=(Reason.NOT_READ,))
        for row in living
    }
    with transaction.atomic():
        return _apply(rows, readings, verdicts, failed, asked=len(ids), at=at)


def _rows(found: Any, limit: int | None = None) -> list[_Row]:
    annotated = found.annotate(photos=Count("media")).values_list(*_FIELDS, "photos")
    return [_Row(*values) for values in (annotated[:limit] if limit else annotated)]


def _read(rows: Sequence[_Row], reader: Reader, at: datetime) -> tuple[dict[int, Reading], dict[int, str]]:
    """Readings by voice, and what went wrong with those that cannot be read. Stars without words need no reader."""
    silent = [row for row in rows if not row.title and not row.text]
    spoken = [row for row in rows if row.title or row.text]
    found = {row.id: _silent_reading(row, at) for row in silent}
    failed: dict[int, str] = {}
    try:
        found.update(_read_frame(spoken, reader, at))
    except Exception:
        if len(spoken) <= 1:
            raise
        log.warning("a batch of voices cannot be read at once; reading one by one", exc_info=True)
        for row in spoken:
            try:
                found.update(_read_frame([row], reader, at))
            except Exception as error:  # noqa: BLE001 - one text must not hold up the others
                failed[row.id] = f"{type(error).__name__}: {error}"[:500]
        if len(failed) == len(spoken):  # not the texts but the reader is broken: say so, hold nothing against them
            raise
    return found, failed


def _read_frame(rows: Sequence[_Row], reader: Reader, at: datetime) -> dict[int, Reading]:
    if not rows:
        return {}
    frame = pl.DataFrame(
        {
            "id": [row.id for row in rows],
            "title": [row.title for row in rows],
            "text": [row.text for row in rows],
            "language": [_declared(row) for row in rows],
        },
        schema={"id": pl.Int64, "title": pl.String, "text": pl.String, "language": pl.String},
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
            aspects=tuple(
                AspectSpan(aspect=span["aspect"], polarity=span["polarity"], start=span["start"], end=span["end"])
                for span in values["aspects"] or ()
            ),
            personal=queries.find_personal(row.title, row.text, row.author_name),
            read_at=at,
        )
    return readings


def _declared(row: _Row) -> str | None:
    said = row.title + row.text
    return row.language if row.language and len(said) < 4 * SHORT and sum(map(str.isalpha, said)) < SHORT else None


def _silent_reading(row: _Row, at: datetime) -> Reading:
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


def _copies(rows: Sequence[_Row]) -> dict[int, int]:
    """The earliest living voice with each fingerprint."""
    marks = [row.fingerprint for row in rows if row.fingerprint is not None]
    same = models.Voice.objects.filter(fingerprint__in=marks, state__in=(VoiceState.HELD, VoiceState.PUBLISHED))
    return dict(same.values_list("fingerprint").annotate(Min("id")).order_by()) if marks else {}


def _subject(row: _Row, copies: dict[int, int]) -> rules.Subject:
    first = copies.get(row.fingerprint, row.id) if row.fingerprint is not None else row.id
    return rules.Subject(
        kind=VoiceKind(row.kind),
        title=row.title,
        text=row.text,
        stars=row.stars,
        language=row.language,
        duplicate_of=first if first < row.id else None,
        photos=row.photos,
    )


# -- keeping it -----------------------------------------------------------------------------------------------


def _apply(
    rows: Sequence[_Row],
    readings: dict[int, Reading],
    verdicts: dict[int, rules.Verdict],
    failed: dict[int, str],
    *,
    asked: int,
    at: datetime,
) -> Examined:
    by_id = {row.id: row for row in rows}
    # In order of id, as everybody locks them: no two workers can wait for each other.
    locked = models.Voice.objects.filter(id__in=list(by_id), examined_at__isnull=True).order_by("id")
    present = list(locked.select_for_update().values_list("id", "state", "decided_by"))
    decided_ids = [key for key, state, by in present if state == VoiceState.HELD and not by]
    kept = [readings[key] for key, state, _ in present if key in readings and state != VoiceState.WITHDRAWN]
    _keep_readings(kept)
    decided = [(by_id[key], verdicts[key]) for key in decided_ids]
    _keep_verdicts(decided, readings, failed, at)
    _close([key for key, _, _ in present if key not in decided_ids], at)
    outbox.publish(*(_event(row, verdict) for row, verdict in decided), at=at)
    outcomes = [verdict.outcome for _, verdict in decided]
    return Examined(
        read=len(kept),
        published=outcomes.count(Outcome.PUBLISH),
        held=outcomes.count(Outcome.HOLD),
        refused=outcomes.count(Outcome.REFUSE),
        skipped=asked - len(decided),
    )


def _event(row: _Row, verdict: rules.Verdict) -> Event:
    if verdict.outcome is Outcome.PUBLISH:
        return VoicePublished(voice_id=row.id, kind=row.kind, product_id=row.product_id)
    return VoiceHeld(voice_id=row.id) if verdict.outcome is Outcome.HOLD else VoiceRefused(voice_id=row.id)


_READING_SQL = """
INSERT INTO voices_reading (voice_id, model, language, sentiment, stars, toxicity, spam, aspects, personal, read_at)
SELECT voice_id, model, language, sentiment, stars, toxicity, spam, aspects, personal, read_at
FROM json_to_recordset(%s::json)
     AS row(voice_id bigint, model text, language text, sentiment float8, stars float8, toxicity float8, spam float8,
            aspects jsonb, personal jsonb, read_at timestamptz)
ON CONFLICT (voice_id) DO """
_KEEP_FIRST = "NOTHING"
_KEEP_LAST = """UPDATE SET model = excluded.model, language = excluded.language, sentiment = excluded.sentiment,
 stars = excluded.stars, toxicity = excluded.toxicity, spam = excluded.spam, aspects = excluded.aspects,
 personal = excluded.personal, read_at = excluded.read_at"""


def _keep_readings(readings: Sequence[Reading], *, anew: bool = False) -> None:
    if not readings:
        return
    with connection.cursor() as cursor:
        cursor.execute(_READING_SQL + (_KEEP_LAST if anew else _KEEP_FIRST), [_as_json(readings)])


def _as_json(readings: Sequence[Reading]) -> str:
    rows = []
    for reading in readings:
        row = {name: getattr(reading, name) for name in _PLAIN}
        row["aspects"] = [
            {"aspect": span.aspect, "polarity": span.polarity, "start": span.start, "end": span.end}
            for span in reading.aspects
        ]
        row["personal"] = [asdict(span) for span in reading.personal]
        row["read_at"] = reading.read_at.isoformat() if reading.read_at else None
        rows.append(row)
    return json.dumps(rows)


_PLAIN = ("voice_id", "model", "language", "sentiment", "stars", "toxicity", "spam")
_DECISION_SQL = """
INSERT INTO voices_decision (voice_id, outcome, by, reason, note, model, scores, state_before, state_after, at)
SELECT id, outcome, 'machine', reason, note, model, scores, 'held', state, %s
FROM json_to_recordset(%s::json)
     AS row(id bigint, outcome text, reason text, note text, model text, scores jsonb, state text)
ORDER BY id
"""
_MOVE_SQL = """
UPDATE voices_voice AS voice
SET state = row.state, reason = row.reason, language = row.language, decided_by = 'machine', decided_at = %s,
    examined_at = %s,
    published_at = CASE WHEN row.state = 'published' THEN coalesce(voice.published_at, %s) ELSE voice.published_at END
FROM json_to_recordset(%s::json) AS row(id bigint, state text, reason text, language text)
WHERE voice.id = row.id
"""


def _keep_verdicts(
    decided: "Sequence[tuple[_Row, rules.Verdict]]", readings: dict[int, Reading], failed: dict[int, str], at: datetime
) -> None:
    """A decision of the machine for each, and the voices moved: two statements."""
    if not decided:
        return
    rows = [
        {
            "id": row.id,
            "outcome": verdict.outcome.value,
            "state": verdict.outcome.state.value,
            "reason": verdict.reason.value,
            "note": failed.get(row.id) or ", ".join(verdict.grounds[1:]),
            "model": readings[row.id].model if row.id in readings else "",
            "scores": _scores(readings.get(row.id), verdict),
            "language": _language(row, readings),
        }
        for row, verdict in decided
    ]
    values = json.dumps(rows)
    with connection.cursor() as cursor:
        cursor.execute(_DECISION_SQL, [at, values])
        cursor.execute(_MOVE_SQL, [at, at, at, values])


def _scores(reading: Reading | None, verdict: rules.Verdict) -> dict[str, float]:
    scores = {"certainty": verdict.certainty}
    if reading is not None:
        scores |= {name: getattr(reading, name) for name in ("toxicity", "spam", "sentiment", "stars")}
    return {name: round(value, 4) for name, value in scores.items()}


def _language(row: _Row, readings: dict[int, Reading]) -> str:
    """What the words are in; where they say too little ("und"), what the form or the file said."""
    found = readings[row.id].language if row.id in readings else ""
    return found if found not in ("", UNKNOWN_LANGUAGE) else row.language


def _close(voice_ids: Sequence[int], at: datetime) -> None:
    """Voices that a person decided about or that were withdrawn: read, but not touched."""
    if voice_ids:
        models.Voice.objects.filter(id__in=voice_ids).update(examined_at=at)
