"""The machine reads voices and decides about them, hundreds at a time.

Texts are read outside of any lock; then one short transaction locks the voices in order of id, keeps the readings and
applies each verdict only where nobody has decided meanwhile. Killed anywhere, a batch is wholly done or not at all;
run twice or by two workers, the second finds nothing left to do.
"""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, QuerySet

from parvis.core import outbox
from parvis.core.events import Event
from parvis.domains.voices import models, rules
from parvis.domains.voices.actions import bursts, checks
from parvis.domains.voices.actions.policies import policy_in_force
from parvis.domains.voices.actions.readings import (
    BATCH,
    Reader,
    Row,
    default_reader,
    keep_readings,
    language_of,
    read,
    rows_of,
)
from parvis.domains.voices.actions.trail import scores_of
from parvis.domains.voices.contracts import (
    AuthorRole,
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
from parvis.domains.voices.queries.desks import openness_by_reason


def examine(
    voice_ids: Iterable[int], *, at: datetime, reader: Reader | None = None, policy: rules.Policy | None = None
) -> Examined:
    """Read these voices and decide about them; those examined before are skipped. Safe to repeat and to run in
    several workers at once."""
    ids = sorted(set(voice_ids))
    total = Examined()
    for first in range(0, len(ids), BATCH):
        total += _examine_batch(ids[first : first + BATCH], at, reader or default_reader, policy)
    return total


def examine_pending(
    *,
    at: datetime,
    received_before: datetime | None = None,
    limit: int = BATCH,
    reader: Reader | None = None,
    policy: rules.Policy | None = None,
) -> Examined:
    """Claim the next unexamined voices and examine them; any number of processes may do so side by side. Everything
    zero means that nothing (unclaimed) is left. ``received_before`` leaves newer ones to their event."""
    with transaction.atomic():
        waiting = _complete(models.Voice.objects.filter(examined_at__isnull=True)).order_by("id")
        if received_before is not None:
            waiting = waiting.filter(received_at__lt=received_before)
        ids = list(waiting.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)[:limit])
        return examine(ids, at=at, reader=reader, policy=policy)


# -- one batch ------------------------------------------------------------------------------------------------


def _examine_batch(ids: Sequence[int], at: datetime, reader: Reader, given: rules.Policy | None) -> Examined:
    policy_id, kept = policy_in_force(at=at)
    # a policy handed in (a test, a trial) is none of the versions that were saved
    under = (policy_id, kept) if given is None else (None, given)
    policy = under[1]
    rows = rows_of(_complete(models.Voice.objects.filter(id__in=ids, examined_at__isnull=True)).order_by("id"))
    living = [row for row in rows if row.state != VoiceState.WITHDRAWN]
    readings, failed = read(living, reader, at)
    copies = first_copies(row.fingerprint for row in living)
    crowds = bursts.find([row.id for row in living], policy=policy)
    verdicts = {
        row.id: rules.verdict(readings[row.id], subject(row, copies, crowds), policy=policy)
        if row.id in readings
        else rules.Verdict(outcome=Outcome.HOLD, reason=Reason.NOT_READ, certainty=1.0, grounds=(Reason.NOT_READ,))
        for row in living
    }
    with transaction.atomic():
        bursts.lock(crowds)
        bursts.keep(crowds, policy_id=policy_id, at=at)
        return _apply(rows, readings, verdicts, failed, asked=len(ids), under=under, at=at)


def _complete(found: "QuerySet[models.Voice]") -> "QuerySet[models.Voice]":
    """Without the voices whose photos are still on their way: they are read with their photos."""
    return found.filter(~Exists(models.PhotoLink.objects.filter(voice_id=OuterRef("pk"), state="waiting")))


def first_copies(fingerprints: Iterable[int | None]) -> dict[int, int]:
    """The earliest living voice with each fingerprint."""
    marks = [mark for mark in fingerprints if mark is not None]
    same = models.Voice.objects.filter(fingerprint__in=marks, state__in=(VoiceState.HELD, VoiceState.PUBLISHED))
    return dict(same.values_list("fingerprint").annotate(Min("id")).order_by()) if marks else {}


def subject(row: Row, copies: Mapping[int, int], crowds: Container[int]) -> rules.Subject:
    """A voice as the verdict needs it. ``copies``: the first voice with each fingerprint; ``crowds``: who is in
    a burst."""
    first = copies.get(row.fingerprint, row.id) if row.fingerprint is not None else row.id
    return rules.Subject(
        kind=VoiceKind(row.kind),
        title=row.title,
        text=row.text,
        stars=row.stars,
        language=row.language,
        duplicate_of=first if first < row.id else None,
        photos=row.photos,
        burst=row.id in crowds,
        disclosed=bool(row.incentive) or row.author_role == AuthorRole.BRAND,
    )


# -- keeping it -----------------------------------------------------------------------------------------------


def _apply(
    rows: Sequence[Row],
    readings: dict[int, Reading],
    verdicts: dict[int, rules.Verdict],
    failed: dict[int, str],
    *,
    asked: int,
    under: tuple[int | None, rules.Policy],
    at: datetime,
) -> Examined:
    by_id = {row.id: row for row in rows}
    # In order of id, as everybody locks them: no two workers can wait for each other. Not the key: an answer that is
    # received meanwhile refers to its question, and must neither wait nor close a circle.
    locked = models.Voice.objects.filter(id__in=list(by_id), examined_at__isnull=True).order_by("id")
    present = list(locked.select_for_update(no_key=True).values_list("id", "state", "decided_by"))
    decided_ids = [key for key, state, by in present if state == VoiceState.HELD and not by]
    kept = [readings[key] for key, state, _ in present if key in readings and state != VoiceState.WITHDRAWN]
    keep_readings(kept)
    decided = [(by_id[key], verdicts[key]) for key in decided_ids]
    _keep_verdicts(decided, readings, failed, under, at)
    checks.draw([row.id for row, _ in decided], share=under[1].sampled_share, at=at)
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


def _event(row: Row, verdict: rules.Verdict) -> Event:
    if verdict.outcome is Outcome.PUBLISH:
        return VoicePublished(voice_id=row.id, kind=row.kind, product_id=row.product_id)
    return VoiceHeld(voice_id=row.id) if verdict.outcome is Outcome.HOLD else VoiceRefused(voice_id=row.id)


_DECISION_SQL = """
INSERT INTO voices_decision
    (voice_id, outcome, by, reason, note, model, scores, language, policy_id, state_before, state_after, at)
SELECT id, outcome, 'machine', reason, note, model, scores, read_as, %s, 'held', state, %s
FROM json_to_recordset(%s::json)
     AS row(id bigint, outcome text, reason text, note text, model text, scores jsonb,
            read_as text, state text)
ORDER BY id
"""
_MOVE_SQL = """
UPDATE voices_voice AS voice
SET state = row.state, reason = row.reason, language = row.language, decided_by = 'machine', decided_at = %s,
    examined_at = %s, look_by = row.look_by,
    published_at = CASE WHEN row.state = 'published' THEN coalesce(voice.published_at, %s) ELSE voice.published_at END
FROM json_to_recordset(%s::json) AS row(id bigint, state text, reason text, language text, look_by timestamptz)
WHERE voice.id = row.id
"""


def _keep_verdicts(
    decided: "Sequence[tuple[Row, rules.Verdict]]",
    readings: dict[int, Reading],
    failed: dict[int, str],
    under: tuple[int | None, rules.Policy],
    at: datetime,
) -> None:
    """A decision of the machine for each, and the voices moved: two statements."""
    if not decided:
        return
    policy_id, policy = under
    open_ = openness_by_reason() if any(verdict.outcome is Outcome.HOLD for _, verdict in decided) else {}
    rows = [
        {
            "id": row.id,
            "outcome": verdict.outcome.value,
            "state": verdict.outcome.state.value,
            "reason": verdict.reason.value,
            "note": failed.get(row.id) or ", ".join(verdict.grounds[1:]),
            "model": readings[row.id].model if row.id in readings else "",
            "scores": scores_of(readings.get(row.id), verdict),
            "language": language_of(row, readings),
            "read_as": readings[row.id].language if row.id in readings else "",
            "look_by": _look_by(row, verdict, readings.get(row.id), policy, open_),
        }
        for row, verdict in decided
    ]
    values = json.dumps(rows)
    with connection.cursor() as cursor:
        cursor.execute(_DECISION_SQL, [policy_id, at, values])
        cursor.execute(_MOVE_SQL, [at, at, at, values])


def _look_by(
    row: Row,
    verdict: rules.Verdict,
    reading: Reading | None,
    policy: rules.Policy,
    open_: dict[Reason, float],
) -> str | None:
    if verdict.outcome is not Outcome.HOLD:
        return None
    doubt = max(reading.toxicity, reading.spam) if reading is not None else 0.5
    value = rules.worth(reason=verdict.reason, kind=VoiceKind(row.kind), doubt=doubt, known=open_)
    return rules.look_by(received_at=row.received_at, promise_hours=policy.promise_hours, value=value).isoformat()


def _close(voice_ids: Sequence[int], at: datetime) -> None:
    """Voices that a person decided about or that were withdrawn: read, but not touched."""
    if voice_ids:
        models.Voice.objects.filter(id__in=voice_ids).update(examined_at=at)
