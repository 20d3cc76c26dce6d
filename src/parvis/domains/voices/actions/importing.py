"""Imports: a file is copied, made out and taken batch by batch. The counters and the position reached are saved in the
transaction of each batch: a killed import goes on where it stood, and counts nothing twice."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from parvis.core.errors import NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.voices import models, queries
from parvis.domains.voices.actions import files
from parvis.domains.voices.actions.receiving import receive_many
from parvis.domains.voices.contracts import ImportRun, ImportState, NewVoice
from parvis.domains.voices.rules import admission, rows

BATCH = 1000
_KEPT = 2000  # characters of a rejected cell that are kept for people to see
Progress = Callable[[int, int], None]


def import_file(
    *,
    stream: BinaryIO,
    filename: str,
    actor_id: int | None,
    at: datetime,
    progress: Progress | None = None,
    source: str = "",
) -> ImportRun:
    """Import reviews and questions from CSV, JSON lines or Parquet, in this process, to the end.

    Rows that cannot be taken are kept with line and reason (``queries.rejected_rows``), all others are received.
    Rows are known again by (source, id), without an id by their content: importing the same file twice changes
    nothing. A file that is no table of voices gives a run in state ``failed`` with its error; nothing is raised.
    ``progress`` is called with (done, total) in bytes, for Parquet in rows.
    """
    run = store_import(stream=stream, filename=filename, actor_id=actor_id, at=at, source=source)
    return continue_import(run_id=run.id, at=at, progress=progress)


def store_import(*, stream: BinaryIO, filename: str, actor_id: int | None, at: datetime, source: str = "") -> ImportRun:
    """Copy the file and queue its import; ``continue_import`` (or the task ``voices.import``) carries it out."""
    row = models.ImportRun.objects.create(
        file_name=_clean_name(filename), source=source[:40], created_by_id=actor_id, created_at=at
    )
    target = _folder() / f"{row.pk}.upload"
    with target.open("wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)
    row.stored_path = str(target)
    row.save(update_fields=["stored_path"])
    return queries.import_run(row.pk)


def continue_import(*, run_id: int, at: datetime, progress: Progress | None = None) -> ImportRun:
    """Carry out a stored import, from where it stands. Repeating it on a finished one changes nothing.

    Two workers at once: the second one leaves it to the first. Raises NotFound.
    """
    row = models.ImportRun.objects.filter(id=run_id).first()
    if row is None:
        raise NotFound(kind="import", key=run_id)
    if row.state in (ImportState.DONE, ImportState.FAILED):
        return queries.import_run(run_id)
    path = Path(row.stored_path)
    try:
        found = files.open_source(path)
    except files.BadFile as error:
        return _fail(row, error, at)
    row.format, row.encoding, row.ignored_columns = found.format, found.encoding, list(found.ignored)
    row.state = ImportState.RUNNING
    row.save(update_fields=["format", "encoding", "ignored_columns", "state"])
    with closing(found):
        finished = _run(row, found, at=at, progress=progress)
    if finished:
        path.unlink(missing_ok=True)
    return queries.import_run(run_id)


def _fail(row: models.ImportRun, error: files.BadFile, at: datetime) -> ImportRun:
    row.state, row.error_code, row.error, row.finished_at = ImportState.FAILED, error.code, str(error), at
    row.save(update_fields=["state", "error_code", "error", "finished_at"])
    Path(row.stored_path).unlink(missing_ok=True)
    return queries.import_run(row.pk)


def _run(row: models.ImportRun, found: files.Source, *, at: datetime, progress: Progress | None) -> bool:
    """Take the rows after ``row.rows``. False when another worker has gone further meanwhile."""
    products: dict[str, int] = {}
    records = islice(found.records, row.rows, None)
    while batch := list(islice(records, BATCH)):
        with transaction.atomic():
            locked = models.ImportRun.objects.select_for_update().get(id=row.pk)
            if locked.rows != row.rows:
                return False
            _take(locked, batch, products, at=at)
            share = found.position[0] / found.total if found.total else 1.0
            locked.share = min(1.0, max(locked.share, share))
            locked.save()
        row = locked
        if progress is not None:
            progress(min(found.position[0], found.total), found.total)
    row.state, row.share, row.finished_at = ImportState.DONE, 1.0, at
    row.save(update_fields=["state", "share", "finished_at"])
    if progress is not None:
        progress(found.total, found.total)
    return True


def _take(row: models.ImportRun, batch: Sequence[files.Record], products: dict[str, int], *, at: datetime) -> None:
    _learn(batch, products)
    parsed: list[tuple[files.Record, NewVoice]] = []
    refused: list[tuple[files.Record, str, str, dict[str, object]]] = []
    for record in batch:
        try:
            parsed.append((record, _parse(record, products, row.source, at)))
        except admission.NotAdmitted as error:
            refused.append((record, error.code, str(error), error.params))
    received = receive_many((voice for _, voice in parsed), at=at)
    refused += [
        (parsed[rejection.index][0], rejection.code, rejection.message, dict(rejection.params))
        for rejection in received.rejected
    ]
    refused.sort(key=lambda item: item[0].line)
    row.rejected_bytes = _keep_rejected(row.pk, row.rejected_bytes, refused)
    row.rows += len(batch)
    row.accepted += len(received.accepted)
    row.duplicates += received.duplicates
    row.rejected += len(refused)


def _learn(batch: Sequence[files.Record], products: dict[str, int]) -> None:
    """Look up the products that this batch names for the first time; forget them all when they grow too many."""
    if len(products) > 200_000:
        products.clear()
    named = {record.cells.get("product", "").strip() for record in batch}
    unknown = [ref for ref in named if ref and len(ref) <= 160 and "\0" not in ref and ref not in products]
    wanted = [ref for ref in unknown if not _broken(ref)]
    if wanted:
        products.update(catalog.products_by_ref(wanted))


def _broken(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _parse(record: files.Record, products: dict[str, int], source: str, at: datetime) -> NewVoice:
    if record.error is not None:
        raise record.error
    return rows.to_voice(record.cells, products=products, source=source, at=at)


def _keep_rejected(run_id: int, size: int, refused: Sequence[tuple[files.Record, str, str, dict[str, object]]]) -> int:
    """Append to the file of rejected rows after its first ``size`` bytes (what lies beyond was not committed)."""
    if not refused:
        return size
    path = queries.rejected_path(run_id)
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(size)
        file.seek(size)
        for line in _rejected_lines(refused):
            file.write(line)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _rejected_lines(refused: Sequence[tuple[files.Record, str, str, dict[str, object]]]) -> Iterator[bytes]:
    for record, code, message, params in refused:
        kept = {
            "line": record.line,
            "code": code,
            "message": message,
            "params": params,
            "row": {name: value[:_KEPT] for name, value in record.cells.items()},
        }
        yield json.dumps(kept, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n"


def _folder() -> Path:
    folder = Path(settings.HOME) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _clean_name(filename: str) -> str:
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in name if character.isprintable())[-255:] or "file"
