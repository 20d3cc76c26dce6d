"""History in bulk, straight into files: for simulations and for brands that move in with a past."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from parvis.core.days import day_of, shop_zone
from parvis.core.errors import Conflict
from parvis.core.tasks import app
from parvis.domains.analytics.actions import compaction, files
from parvis.domains.analytics.actions.recording import TEXTS
from parvis.domains.analytics.contracts import Event
from parvis.domains.analytics.models import LoadedSource
from parvis.domains.analytics.queries import schema

_FIELDS = tuple(name for name in schema.EVENTS if name not in ("day", "id", "received_at"))


def load(events: Iterable[Event], *, source: str, at: datetime) -> int:
    """Put events of the past in the log, all or none; returns how many, 0 when ``source`` is there already.

    Ids are not compared with those of other events: ``source`` ("simulate 2026-10-01") is what dedupes. Several times
    faster than :func:`record`, which is for what happens now. Raises Conflict while another writer is at work.
    """
    by_day: dict[date, dict[Any, Event]] = {}
    zone = shop_zone()
    for event in events:
        by_day.setdefault(day_of(event.at, zone), {}).setdefault(event.id, event)
    with transaction.atomic():
        if LoadedSource.objects.filter(source=source).exists():
            return 0
        if not files.alone(wait=True):
            raise Conflict(reason="the event log is being written by somebody else")
        total = sum(len(day) for day in by_day.values())
        LoadedSource.objects.create(source=source, rows=total, loaded_at=at)
        for day, told in sorted(by_day.items()):
            frame = compaction.frame_of(day, _columns(list(told.values()), at))
            compaction.add(day, frame, received_until=at, at=at)
        # Days long over are summed up at once: until then every overview would count their events again.
        transaction.on_commit(_finish)
    return total


def _finish() -> None:
    try:
        app.configure_task("analytics.finish_days", queueing_lock="analytics.finish_days").defer(timestamp=0)
    except AlreadyEnqueued:
        return


def _columns(events: Sequence[Event], at: datetime) -> dict[str, Sequence[Any]]:
    columns: dict[str, Sequence[Any]] = {"event_id": [event.id for event in events]}
    for name in _FIELDS:
        columns[name] = [getattr(event, name) for event in events]
    columns["kind"] = [event.kind.value for event in events]
    columns["at"] = [event.at.astimezone(UTC) for event in events]
    columns["received_at"] = [at.astimezone(UTC)] * len(events)
    for name, limit in TEXTS.items():
        columns[name] = [None if value is None else value[:limit] for value in columns[name]]
    for name in ("product_ids", "voice_ids"):
        columns[name] = [list(value) or None for value in columns[name]]
    return {name: columns[name] for name in ("event_id", *(n for n in schema.EVENTS if n not in ("day", "id")))}
