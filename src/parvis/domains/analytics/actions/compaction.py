"""Rows out of PostgreSQL into Parquet, by day: each event is in exactly one of the two at every moment.

One transaction deletes the rows and lists the file that holds them. Killed before its commit, the rows are still
there and the file is nobody's (the next sweep removes it); killed after, the file is listed and the rows are gone.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from parvis.core.days import day_of, shop_zone
from parvis.domains.analytics.actions import files
from parvis.domains.analytics.models import SeenEvent, Segment
from parvis.domains.analytics.queries import schema

if TYPE_CHECKING:
    import polars as pl

ROUND = 20_000
IDS_KEPT = timedelta(hours=48)
_COLUMNS = ("event_id", *(name for name in schema.EVENTS if name not in ("day", "id")))
_AT, _RECEIVED = _COLUMNS.index("at"), _COLUMNS.index("received_at")
_TAKE = f"""
DELETE FROM analytics_event WHERE id IN (SELECT id FROM analytics_event ORDER BY id LIMIT %s)
RETURNING {", ".join(_COLUMNS)}
"""  # noqa: S608 - constants only


def compact(*, at: datetime) -> int:
    """Move everything that waits into the log; returns how many events went. Another compaction at work: 0."""
    moved = 0
    while True:
        with transaction.atomic():
            if not files.alone():
                return moved
            with connection.cursor() as cursor:
                cursor.execute(_TAKE, [ROUND])
                rows = cursor.fetchall()
            _list(rows, at=at)
        moved += len(rows)
        if len(rows) < ROUND:
            return moved


def forget_ids(*, at: datetime) -> int:
    """Drop ids seen more than 48 hours ago: no browser sends a beacon again after so long."""
    return SeenEvent.objects.filter(seen_at__lt=at - IDS_KEPT).delete()[0]


def _list(rows: Sequence[Sequence[Any]], *, at: datetime) -> None:
    zone = shop_zone()
    by_day: dict[date, list[Sequence[Any]]] = {}
    for row in rows:
        by_day.setdefault(day_of(row[_AT], zone), []).append(row)
    for day, group in sorted(by_day.items()):
        add(day, _frame(day, group), received_until=max(row[_RECEIVED] for row in group), at=at)


def add(day: date, frame: "pl.DataFrame", *, received_until: datetime, at: datetime) -> None:
    """Write a frame of one day's events and list it; call as the only writer, inside a transaction."""
    written = files.write(dataset="events", day=day, level=0, fill=lambda path: save(frame, path))
    Segment.objects.create(
        dataset="events",
        day=day,
        path=written.path,
        rows=written.rows,
        bytes=written.bytes,
        received_until=received_until,
        created_at=at,
    )


def save(frame: "pl.DataFrame", path: Path) -> int:
    """Write a frame of events so that a visit's events lie together; returns its height."""
    frame.sort("visit", "at").write_parquet(path, compression="zstd", compression_level=3)
    return frame.height


def _frame(day: date, rows: Sequence[Sequence[Any]]) -> "pl.DataFrame":
    return frame_of(day, dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True)))


def frame_of(day: date, columns: dict[str, Sequence[Any]]) -> "pl.DataFrame":
    """Columns of Python values (ids as UUIDs under ``event_id``, aware times) as a frame in the log's types."""
    import polars as pl

    series = [pl.Series("id", [each.bytes for each in columns.pop("event_id")], dtype=pl.Binary)]
    for name, values in columns.items():
        if name in ("at", "received_at"):
            moments = pl.Series(name, values, dtype=pl.Datetime("us", "UTC"), strict=False)
            series.append(moments.dt.replace_time_zone(None))
        else:
            series.append(pl.Series(name, values, dtype=_type(name), strict=False))
    return pl.DataFrame(series).select(pl.lit(day).alias("day"), pl.all())


def _type(name: str) -> Any:
    import polars as pl

    return {
        "VARCHAR": pl.String,
        "BIGINT": pl.Int64,
        "BIGINT[]": pl.List(pl.Int64),
        "BOOLEAN": pl.Boolean,
    }[schema.EVENTS[name][0]]
