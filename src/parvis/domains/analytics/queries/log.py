"""The event log as files: which belong to it, and DuckDB to read them, with bounded memory and threads.

Ibis writes the SQL, once for each shape of question and ahead of time (``sql/``): a web process that never loads it
saves its memory and the second that it takes. DuckDB is a library in this process, opened when first asked.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.conf import settings

from parvis.domains.analytics.models import Segment
from parvis.domains.analytics.queries import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

Answer = TypeVar("Answer")
MEMORY_MB = 256
THREADS = 2


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The live files of a period. ``clean`` days are summed up; of ``dirty`` days only events are there."""

    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dirty_events: tuple[str, ...] = ()
    clean: frozenset[date] = frozenset()
    dirty: frozenset[date] = frozenset()
    as_of: datetime | None = None
    totals: Mapping[date, Mapping[str, float]] = field(default_factory=dict)


def root() -> Path:
    """The folder of the event log."""
    return Path(settings.EVENT_LOG)


def manifest(*, since: date, until: date) -> Manifest:
    """What is there of the days [since, until), read in one statement: one consistent picture."""
    listed = Segment.objects.filter(retired_at=None, day__gte=since, day__lt=until)
    rows = list(listed.order_by("day", "id").values_list("dataset", "day", "path", "whole", "received_until", "totals"))
    dirty = frozenset(day for dataset, day, _, whole, _, _ in rows if dataset == "events" and not whole)
    days = frozenset(row[1] for row in rows)
    files = {
        dataset: tuple(str(root() / path) for kind, day, path, *_ in rows if kind == dataset and day not in dirty)
        for dataset in schema.DATASETS
    }
    return Manifest(
        files=files,
        dirty_events=tuple(str(root() / path) for kind, day, path, *_ in rows if kind == "events" and day in dirty),
        clean=days - dirty,
        dirty=dirty,
        as_of=max((row[4] for row in rows), default=None),
        totals={row[1]: row[5] for row in rows if row[5] is not None and row[1] not in dirty},
    )


# -- DuckDB ---------------------------------------------------------------------------------------------------

_lock = threading.Lock()
_connection: Any = None
_folder: Path | None = None


@contextmanager
def session() -> "Iterator[Any]":
    """A DuckDB connection for one question; one question at a time, so that memory stays within its limit."""
    global _connection, _folder
    with _lock:
        if _connection is None or _folder != root():
            _connection, _folder = _open(), root()
        own = _connection.cursor()  # with views and tables of its own, gone with it
        try:
            yield own
        finally:
            own.close()


def _open() -> Any:
    import duckdb

    spill = root() / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config={
            "memory_limit": f"{MEMORY_MB}MB",
            "threads": str(THREADS),
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    connection.execute("SET parquet_metadata_cache = true")  # files never change once they are listed
    return connection


def view(connection: Any, name: str, dataset: str, files: Sequence[str]) -> None:
    """Make ``files`` readable as ``name``; without files an empty table of the right shape."""
    if files:
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
        columns = ", ".join(f'"{column}"' for column in schema.DATASETS[dataset])
        body = f"SELECT {columns} FROM read_parquet([{listed}], hive_partitioning = false)"  # noqa: S608 - our own paths
    else:
        body = schema.empty(dataset)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {body}")


@lru_cache(maxsize=64)
def sql(make: Callable[[], Any]) -> str:
    """The SQL of an Ibis expression: as written ahead by tools/event_sql.py, else made now."""
    written = sql_file(make)
    return written.read_text(encoding="utf-8") if written.exists() else make_sql(make)


def sql_file(make: Callable[[], Any]) -> Path:
    """Where the SQL of an expression is kept."""
    return Path(__file__).parent / "sql" / f"{make.__module__.rpartition('.')[2]}.{make.__name__.strip('_')}.sql"


def make_sql(make: Callable[[], Any]) -> str:
    """The SQL of an expression, by Ibis."""
    import ibis

    return str(ibis.to_sql(make(), dialect="duckdb")) + "\n"


# -- answers kept ---------------------------------------------------------------------------------------------

_KEPT = 24
_answers: "OrderedDict[tuple[Any, ...], Any]" = OrderedDict()
_keeping = threading.Lock()


def once(key: tuple[Any, ...], ask: Callable[[], Answer]) -> Answer:
    """``ask()``, or what it answered lately to the same ``key``.

    The key names every file that is read: files never change once they are listed, so neither does the answer. What
    the overview asks twice in a page, and each reader of the page in the same minute, is computed once.
    """
    with _keeping:
        if key in _answers:
            _answers.move_to_end(key)
            return cast("Answer", _answers[key])
    answer = ask()
    with _keeping:
        _answers[key] = answer
        while len(_answers) > _KEPT:
            _answers.popitem(last=False)
    return answer
