"""Readings made anew, after a change of models or aspects, at any number of voices and in flat memory.

Texts are read outside of any lock; then one short transaction locks the pass, and the voices in order of id, keeps the
readings of those that still stand, tells of what changed, and moves the cursor. Killed anywhere, a batch is wholly done
or not at all; a second worker that finds the cursor moved leaves the pass to the first. Decisions stay as they are.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from parvis.core import outbox
from parvis.core.errors import NotFound
from parvis.domains.people import actions as people
from parvis.domains.voices import models, queries
from parvis.domains.voices.actions.readings import BATCH, Reader, Row, keep_readings, read, rows_of
from parvis.domains.voices.contracts import Reading, Rereading, RereadingState, VoiceReread, VoiceState

_SCORES = ("sentiment", "stars", "toxicity", "spam", "interest")
_LISTS = ("language", "aspects", "personal", "attributes", "intents", "grounds")
_MOVED = 0.005  # scores that differ by less say the same
Progress = Callable[[int, int], None]


def start_rereading(*, actor_id: int | None, at: datetime, everything: bool = False) -> Rereading:
    """Begin to make readings anew: those that another model or other aspects made, or ``everything``.

    While a pass for the same model runs, that one is given; a pass for an older model is stopped first, since this one
    covers what it left. ``continue_rereading`` (or the task ``voices.reread``) carries it out.
    """
    model = queries.model_in_force()
    with transaction.atomic():
        running = models.Rereading.objects.select_for_update().filter(state=RereadingState.RUNNING).first()
        if running is not None and running.model == model and running.everything >= everything:
            return queries.rereading(running.pk)
        if running is not None:
            models.Rereading.objects.filter(pk=running.pk).update(state=RereadingState.STOPPED, finished_at=at)
        try:
            with transaction.atomic():
                made = models.Rereading.objects.create(
                    model=model,
                    everything=everything,
                    total=_to_read(model, everything=everything).count(),
                    started_by_id=actor_id,
                    started_at=at,
                    advanced_at=at,
                )
        except IntegrityError:  # somebody began at the same moment
            return queries.rereading(models.Rereading.objects.get(state=RereadingState.RUNNING).pk)
        people.note(actor_id=actor_id, verb="readings.again", subject_kind="reading", subject_id=made.pk, at=at)
    return queries.rereading(made.pk)


def stop_rereading(*, rereading_id: int, actor_id: int | None, at: datetime) -> None:
    """Stop a running pass; what it read stays. Raises NotFound."""
    with transaction.atomic():
        running = models.Rereading.objects.filter(id=rereading_id, state=RereadingState.RUNNING)
        if not running.update(state=RereadingState.STOPPED, finished_at=at):
            raise NotFound(kind="rereading", key=rereading_id)
        people.note(actor_id=actor_id, verb="readings.stopped", subject_kind="reading", subject_id=rereading_id, at=at)


def continue_rereading(
    *,
    rereading_id: int,
    at: datetime,
    batches: int | None = None,
    reader: Reader | None = None,
    progress: Progress | None = None,
) -> Rereading:
    """Go on with a pass from where it stands, for at most ``batches`` batches. Safe to repeat and to run twice at once.

    Raises NotFound.
    """
    left = batches
    while left is None or left > 0:
        run = queries.rereading(rereading_id)
        if run.state is not RereadingState.RUNNING or not _advance(rereading_id, at, reader):
            break
        left = None if left is None else left - 1
        if progress is not None:
            now = queries.rereading(rereading_id)
            progress(now.done, max(now.total, now.done))
    return queries.rereading(rereading_id)


def read_again(*, at: datetime, progress: Progress | None = None, reader: Reader | None = None) -> int:
    """Make every reading anew in this process, going on with a pass that a kill left. Returns how many were read."""
    run = start_rereading(actor_id=None, at=at, everything=True)
    return continue_rereading(rereading_id=run.id, at=at, reader=reader, progress=progress).done


# -- one batch ------------------------------------------------------------------------------------------------


def _to_read(model: str, *, everything: bool) -> "QuerySet[models.Voice]":
    voices = models.Voice.objects.filter(reading__isnull=False).exclude(state=VoiceState.WITHDRAWN)
    # a reading without a model is of stars alone: no model reads it otherwise
    return voices if everything else voices.exclude(reading__model__in=(model, ""))


def _advance(rereading_id: int, at: datetime, reader: Reader | None) -> bool:
    """Read the next batch. False when another worker has gone further, or when it was the last."""
    run = models.Rereading.objects.get(id=rereading_id)
    ahead = _to_read(run.model, everything=run.everything).filter(id__gt=run.last_id).order_by("id")
    ids = list(ahead.values_list("id", flat=True)[:BATCH])  # alone: the index gives them without counting any photo
    rows = rows_of(models.Voice.objects.filter(id__in=ids).order_by("id"))
    if not rows:
        _finish(run, at)
        return False
    found, failed = read(rows, reader, at)
    with transaction.atomic():
        locked = models.Rereading.objects.select_for_update().get(id=rereading_id)
        if locked.last_id != run.last_id or locked.state != RereadingState.RUNNING:
            return False
        _keep(locked, rows, found, at)
        locked.failed += len(failed)
        locked.done += len(rows)
        locked.last_id = rows[-1].id
        locked.advanced_at = at
        locked.save(update_fields=["failed", "done", "changed", "aspects_changed", "last_id", "advanced_at"])
    return True


def _finish(run: models.Rereading, at: datetime) -> None:
    unmoved = models.Rereading.objects.filter(id=run.pk, last_id=run.last_id, state=RereadingState.RUNNING)
    unmoved.update(state=RereadingState.DONE, finished_at=at, advanced_at=at)


def _keep(run: models.Rereading, rows: Sequence[Row], found: dict[int, Reading], at: datetime) -> None:
    """Keep the readings of voices that still stand: one withdrawn or erased meanwhile gets none."""
    standing = models.Voice.objects.filter(id__in=list(found)).exclude(state=VoiceState.WITHDRAWN).order_by("id")
    states = dict(standing.select_for_update(no_key=True).values_list("id", "state"))
    before = queries.readings(states)
    kept = [found[key] for key in states if key in before]
    keep_readings(kept, anew=True)
    changed = {reading.voice_id for reading in kept if _says_else(reading, before[reading.voice_id])}
    run.changed += len(changed)
    run.aspects_changed += sum(_leanings(r) != _leanings(before[r.voice_id]) for r in kept)
    events = [
        VoiceReread(voice_id=row.id, kind=row.kind, product_id=row.product_id)
        for row in rows
        if row.id in changed and states[row.id] == VoiceState.PUBLISHED
    ]
    outbox.publish(*events, at=at)


def _says_else(new: Reading, old: Reading) -> bool:
    if any(abs(getattr(new, name) - getattr(old, name)) > _MOVED for name in _SCORES):
        return True
    return any(getattr(new, name) != getattr(old, name) for name in _LISTS)


def _leanings(reading: Reading) -> set[tuple[str, bool]]:
    return {(span.aspect, span.polarity > 0) for span in reading.aspects if span.polarity}
