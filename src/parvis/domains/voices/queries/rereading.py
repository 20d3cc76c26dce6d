"""Passes over all readings."""

from datetime import datetime

from django.db.models import Count

from parvis.core.errors import NotFound
from parvis.domains.voices import models
from parvis.domains.voices.contracts import Rereading, RereadingState, VoiceState
from parvis.domains.voices.queries.aspects import model_in_force

_FIELDS = ("id", "model", "total", "done", "changed", "aspects_changed", "failed", "started_at", "advanced_at")


def rereading(rereading_id: int) -> Rereading:
    """One pass. Raises NotFound."""
    row = models.Rereading.objects.filter(id=rereading_id).first()
    if row is None:
        raise NotFound(kind="rereading", key=rereading_id)
    return _to_rereading(row)


def rereadings(*, limit: int = 10) -> tuple[Rereading, ...]:
    """The latest passes first."""
    return tuple(_to_rereading(row) for row in models.Rereading.objects.order_by("-id")[:limit])


def rereadings_left(*, advanced_before: datetime) -> tuple[int, ...]:
    """Running passes whose worker seems to be dead."""
    left = models.Rereading.objects.filter(state=RereadingState.RUNNING, advanced_at__lt=advanced_before)
    return tuple(left.values_list("id", flat=True))


def readings_by_model() -> dict[str, int]:
    """How many readings of voices that stand were made by each model; "" are stars without words."""
    standing = models.Reading.objects.exclude(voice__state=VoiceState.WITHDRAWN)
    counted = standing.values_list("model").annotate(readings=Count("voice_id")).order_by("-readings")
    return dict(counted)


def stale_readings() -> int:
    """How many readings another model, or other aspects, made than the one in force."""
    current = model_in_force()
    return sum(count for model, count in readings_by_model().items() if model not in (current, ""))


def _to_rereading(row: models.Rereading) -> Rereading:
    return Rereading(
        **{name: getattr(row, name) for name in _FIELDS},
        state=RereadingState(row.state),
        started_by=row.started_by_id,
        finished_at=row.finished_at,
    )
