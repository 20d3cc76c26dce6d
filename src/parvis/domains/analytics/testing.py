"""The fixed cast of analytics: events with readable ids and times."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from parvis.domains.analytics.contracts import Event, Kind

NAMES = UUID("6f1f1a52-6a6c-4a0b-9a3a-7f1d52d3c001")
# A Wednesday noon in Paris, far from any border of a day.
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


def event(kind: Kind | str, name: str, *, minutes: float = 0, **fields: Any) -> Event:
    """An event called ``name`` (same name, same id), ``minutes`` after :data:`NOON`."""
    fields.setdefault("at", NOON + timedelta(minutes=minutes))
    return Event(id=uuid5(NAMES, name), kind=Kind(kind), **fields)


def everything() -> list[tuple[UUID, str]]:
    """(id, kind) of every event there is, in PostgreSQL and in the files of the log, duplicates and all."""
    from datetime import date

    from parvis.domains.analytics.models import RawEvent
    from parvis.domains.analytics.queries import log

    found = list(RawEvent.objects.values_list("event_id", "kind"))
    listed = log.manifest(since=date(2000, 1, 1), until=date(2100, 1, 1))
    with log.session() as connection:
        log.view(connection, "anything", "events", [*listed.files["events"], *listed.dirty_events])
        rows = connection.execute("SELECT id, kind FROM anything").fetchall()
    return sorted(found + [(UUID(bytes=bytes(raw)), kind) for raw, kind in rows])
