"""Small files into larger ones, and finished days into one file of events with their rollups.

The running day grows by a small file a minute: twelve of one level become one of the next, so that each event is
written again a few times at most. A day that is over is merged whole and summed up; what arrives late opens it again
until the next night. Every step is one transaction around files that are complete before they are listed.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from parvis.core.days import day_of
from parvis.domains.analytics.actions import files
from parvis.domains.analytics.models import Segment
from parvis.domains.analytics.queries import log, rollups, schema, totals

FAN_IN = 12
_COPY = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)"


def tidy(*, at: datetime) -> int:
    """Merge what has become many, sweep what is nobody's; returns how many merges were made."""
    with transaction.atomic():
        if not files.alone():
            return 0
        files.sweep(at=at)
    merges = 0
    while _merge_one(at=at):
        merges += 1
    return merges


def finish_days(*, at: datetime) -> list[date]:
    """Make every day whole that is over and has events outside its whole file; returns those days."""
    today = day_of(at)
    open_days = Segment.objects.filter(dataset="events", retired_at=None, whole=False, day__lt=today)
    finished = []
    for day in sorted(set(open_days.values_list("day", flat=True))):
        with transaction.atomic():
            if not files.alone():
                break
            live = _live(day)
            if any(not segment.whole for segment in live):
                finish(day, live, at=at)
                finished.append(day)
    return finished


def finish(day: date, live: Sequence[Segment], *, at: datetime) -> None:
    """Write the day's one file and its rollups; call as the only writer, inside a transaction."""
    others = Segment.objects.filter(day=day, retired_at=None)
    if len(live) == 1:  # nothing to merge: the file stays
        (whole,) = live
        files.retire(others.exclude(id=whole.pk), at=at)
        Segment.objects.filter(id=whole.pk).update(whole=True)
    else:
        files.retire(others, at=at)
        whole = _merge(day, live, level=max(segment.level for segment in live) + 1, whole=True, at=at)
    roll_up(whole, at=at)


def rewrite(segment: Segment, *, without: Collection[str], at: datetime) -> None:
    """Replace a file by one without the ids of some visitors; call as the only writer, inside a transaction."""
    kept = "SELECT * REPLACE (CASE WHEN visitor IN (FROM gone) THEN NULL ELSE visitor END AS visitor) FROM parts"
    with log.session() as connection:
        log.view(connection, "parts", "events", [str(log.root() / segment.path)])
        connection.execute("CREATE TEMP TABLE gone (visitor VARCHAR)")
        connection.executemany("INSERT INTO gone VALUES (?)", [[visitor] for visitor in sorted(without)])
        written = files.write(dataset="events", day=segment.day, level=segment.level, fill=_copy(connection, kept))
    _add("events", segment.day, written, level=segment.level, whole=segment.whole, of=[segment], at=at)
    files.retire([segment], at=at)


def roll_up(whole: Segment, *, at: datetime) -> None:
    """Write the rollups of a day from its one file of events and list them."""
    with log.session() as connection:
        log.view(connection, "events", "events", [str(log.root() / whole.path)])
        connection.execute(f"CREATE TEMP TABLE visits AS {log.sql(_visits)}")
        made: dict[str, Segment] = {}
        for dataset, query in _ROLLUPS.items():
            fill = _copy(connection, schema.typed(dataset, query()))
            written = files.write(dataset=dataset, day=whole.day, level=whole.level, fill=fill)
            made[dataset] = _add(dataset, whole.day, written, level=whole.level, whole=True, of=[whole], at=at)
    counted = totals.count([str(log.root() / made["visits"].path)], ())
    kept = asdict(counted.get(whole.day, totals.NOTHING))
    Segment.objects.filter(id=made["visits"].pk).update(totals=kept)


def _merge_one(*, at: datetime) -> bool:
    with transaction.atomic():
        if not files.alone():
            return False
        groups: dict[tuple[date, int], list[Segment]] = {}
        for segment in Segment.objects.filter(dataset="events", retired_at=None, whole=False).order_by("id"):
            groups.setdefault((segment.day, segment.level), []).append(segment)
        full = next((key for key, group in sorted(groups.items()) if len(group) >= FAN_IN), None)
        if full is None:
            return False
        day, level = full
        _merge(day, groups[full], level=level + 1, whole=False, at=at)
        files.retire(groups[full], at=at)
        return True


def _merge(day: date, parts: Sequence[Segment], *, level: int, whole: bool, at: datetime) -> Segment:
    sources = [str(log.root() / segment.path) for segment in parts]
    with log.session() as connection:
        log.view(connection, "parts", "events", sources)
        fill = _copy(connection, 'SELECT * FROM parts ORDER BY visit, "at"')
        written = files.write(dataset="events", day=day, level=level, fill=fill)
    return _add("events", day, written, level=level, whole=whole, of=parts, at=at)


def _add(
    dataset: str,
    day: date,
    written: files.Written,
    *,
    level: int,
    whole: bool,
    of: Sequence[Segment],
    at: datetime,
) -> Segment:
    return Segment.objects.create(
        dataset=dataset,
        day=day,
        path=written.path,
        level=level,
        whole=whole,
        rows=written.rows,
        bytes=written.bytes,
        received_until=max(segment.received_until for segment in of),
        created_at=at,
    )


def _live(day: date) -> list[Segment]:
    return list(Segment.objects.filter(dataset="events", day=day, retired_at=None).order_by("id"))


def _copy(connection: Any, query: str) -> Callable[[Path], int]:
    def fill(path: Path) -> int:
        return int(connection.execute(f"COPY ({query}) TO '{path}' {_COPY}").fetchone()[0])

    return fill


def _visits() -> Any:
    return rollups.visits(schema.unbound("events"))


def _products() -> Any:
    return rollups.products(schema.unbound("events"), schema.unbound("visits"))


def _proofs() -> Any:
    return rollups.proofs(schema.unbound("events"), schema.unbound("visits"))


_ROLLUPS: dict[str, Callable[[], str]] = {
    "visits": lambda: "SELECT * FROM visits ORDER BY visit",
    "products": lambda: log.sql(_products),
    "proofs": lambda: log.sql(_proofs),
}
