"""Files of the event log: whole or not there, listed in PostgreSQL or not ours."""

import os
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog

from parvis.core import locks
from parvis.core.locks import Lock
from parvis.domains.analytics.models import Segment
from parvis.domains.analytics.queries import log, schema

# Readers list files and open them within moments; a replaced file stays for those who have just listed it.
GRACE = timedelta(minutes=15)
logger = structlog.get_logger("parvis.analytics")


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A file in its place, not yet listed."""

    path: str
    bytes: int
    rows: int


def alone(*, wait: bool = False) -> bool:
    """Become the only writer of the log until the end of this transaction; False when another one is at work (after
    half a minute with ``wait``)."""
    for _ in range(300 if wait else 1):
        if locks.try_hold(Lock.EVENT_LOG):
            return True
        time.sleep(0.1 if wait else 0)
    return False


def write(*, dataset: str, day: date, level: int, fill: Callable[[Path], int]) -> Written:
    """Put a file in its place by way of a part file, each step on the disk before the next one begins.

    ``fill`` writes the file it is given and returns the number of rows.
    """
    name = f"{dataset}/day={day.isoformat()}/{level}-{uuid.uuid4().hex}.parquet"
    target = log.root() / name
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    rows = fill(part)
    _sync(part)
    part.rename(target)
    _sync(target.parent)
    return Written(path=name, bytes=target.stat().st_size, rows=rows)


def retire(segments: Iterable[Segment], *, at: datetime) -> None:
    """Take files out of the log in this transaction; :func:`sweep` deletes them later."""
    Segment.objects.filter(id__in=[segment.pk for segment in segments]).update(retired_at=at)


def sweep(*, at: datetime) -> int:
    """Delete retired files past their grace, and files that no transaction ever listed. Call as the only writer.

    An unlisted file is what a writer left that died before its commit: its rows are still in PostgreSQL.
    Retired rows go in this transaction, their files at the next sweep: deleted is only what no commit can bring back.
    """
    listed = set(Segment.objects.values_list("path", flat=True))
    old = list(Segment.objects.filter(retired_at__lt=at - GRACE))
    Segment.objects.filter(id__in=[segment.pk for segment in old]).delete()
    gone = 0
    for dataset in schema.DATASETS:
        for path in (log.root() / dataset).glob("day=*/*"):
            if str(path.relative_to(log.root())) not in listed:
                path.unlink(missing_ok=True)
                gone += 1
    if gone:
        logger.info("event log swept", files=gone)
    return gone


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
