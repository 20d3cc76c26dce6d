"""The fixed cast of analytics: events with readable ids and times."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from parvis.domains.analytics.contracts import Event, Kind
from parvis.domains.analytics.models import RawEvent
from parvis.domains.analytics.queries import log

NAMES = UUID("6f1f1a52-6a6c-4a0b-9a3a-7f1d52d3c001")
# A Wednesday noon in Paris, far from any border of a day.
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


def event(kind: Kind | str, name: str, *, minutes: float = 0, **fields: Any) -> Event:
    """An event called ``name`` (same name, same id), ``minutes`` after :data:`NOON`."""
    fields.setdefault("at", NOON + timedelta(minutes=minutes))
    return Event(id=uuid5(NAMES, name), kind=Kind(kind), **fields)


def logged(columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    """``columns`` of the events in the files of the log (SQL of DuckDB)."""
    listed = log.manifest(since=date(2000, 1, 1), until=date(2100, 1, 1))
    with log.session() as connection:
        log.view(connection, "logged", "events", [*listed.files["events"], *listed.dirty_events])
        rows: list[tuple[Any, ...]] = connection.execute(f"SELECT {columns} FROM logged WHERE {where}").fetchall()
    return rows


def everything() -> list[tuple[UUID, str]]:
    """(id, kind) of every event there is, in PostgreSQL and in the files of the log, duplicates and all."""
    waiting = list(RawEvent.objects.values_list("event_id", "kind"))
    return sorted(waiting + [(UUID(bytes=bytes(raw)), kind) for raw, kind in logged("id, kind")])
