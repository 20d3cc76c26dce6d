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

from parvis.core.errors import Conflict, NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.voices import models, queries
from parvis.domains.voices.actions import files
from parvis.domains.voices.actions.imported import Rows, take
from parvis.domains.voices.contracts import DateOrder, ImportPlan, ImportRun, ImportState
from parvis.domains.voices.rules import dates, plans

BATCH = 1000
_KEPT = 2000  # characters of a rejected cell that are kept for people to see
_LOOKED_AT = 3000  # rows whose dates are looked at
Progress = Callable[[int, int], None]
_OPEN = (ImportState.DRAFT, ImportState.CHECKING, ImportState.CHECKED)


def import_file(
    *,
    stream: BinaryIO,
    filename: str,
    actor_id: int | None,
    at: datetime,
    progress: Progress | None = None,
    source: str = "",
    date_order: DateOrder | None = None,
) -> ImportRun:
    """Import reviews, questions and answers from CSV, JSON, XML or Parquet, in this process, to the end.

    The columns are those of the layout that the file is recognised as, those of the last file with the same headers,
    or those of docs/import.md. ``date_order`` is what 03/04/2026 means; without it what the file shows, or the day.

    Rows that cannot be taken are kept with line and reason (``queries.rejected_rows``), all others are received.
    Rows are known again by (source, id), without an id by their content: importing the same file twice changes
    nothing. A file that is no table of voices gives a run in state ``failed`` with its error; nothing is raised.
    ``progress`` is called with (done, total) in bytes, for Parquet in rows.
    """
    run = store_import(stream=stream, filename=filename, actor_id=actor_id, at=at, source=source)
    if date_order is not None:
        models.ImportRun.objects.filter(id=run.id).update(plan={"dates": date_order.value})
    return continue_import(run_id=run.id, at=at, progress=progress)


def store_import(
    *, stream: BinaryIO, filename: str, actor_id: int | None, at: datetime, source: str = "", draft: bool = False
) -> ImportRun:
    """Copy the file and queue its import; ``continue_import`` (or the task ``voices.import``) carries it out.

    A ``draft`` waits until its plan is confirmed: ``preview_import``, ``plan_import``, ``check_import``,
    ``start_import``. What is no table of voices at all is no draft: :class:`files.BadFile` says what it is instead, and
    nothing is kept.
    """
    row = models.ImportRun.objects.create(
        file_name=_clean_name(filename),
        source=source[:40],
        state=ImportState.DRAFT if draft else ImportState.QUEUED,
        created_by_id=actor_id,
        created_at=at,
    )
    target = _folder() / f"{row.pk}.upload"
    with target.open("wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)
    if draft:
        _refuse_others(row, target)
    row.stored_path = str(target)
    row.save(update_fields=["stored_path"])
    return queries.import_run(row.pk)


def _refuse_others(row: models.ImportRun, path: Path) -> None:
    """A person waits for the answer: a photo or a spreadsheet program's own file is told at once, and thrown away."""
    try:
        files.open_source(path).close()
    except files.BadFile:
        path.unlink(missing_ok=True)
        row.delete()
        raise


@transaction.atomic
def plan_import(*, run_id: int, plan: ImportPlan) -> ImportRun:
    """Say how a draft is to be read; what an earlier trial found no longer counts. Raises NotFound, Conflict."""
    row = locked(run_id)
    _still_open(row)
    row.plan, row.trial, row.source, row.state = plans.to_json(plan), {}, plan.source[:40], ImportState.DRAFT
    row.save(update_fields=["plan", "trial", "source", "state"])
    return queries.import_run(run_id)


@transaction.atomic
def start_import(*, run_id: int, at: datetime) -> ImportRun:
    """Queue a draft, and remember its plan for the next file with these headers. Doing it twice starts it once.

    Raises NotFound, Conflict when it cannot be started any more, :class:`files.BadFile`.
    """
    row = locked(run_id)
    if row.state in (ImportState.QUEUED, ImportState.RUNNING):
        return queries.import_run(run_id)
    _still_open(row)
    path = Path(row.stored_path)
    plan, _ = proposed(row, path)
    with closing(files.open_source(path)) as found:
        require(plan, found)
        models.ImportMapping.objects.update_or_create(
            signature=plans.signature(found.headers), defaults={"plan": plans.to_json(plan), "used_at": at}
        )
    row.plan, row.state = plans.to_json(plan), ImportState.QUEUED
    row.save(update_fields=["plan", "state"])
    return queries.import_run(run_id)


@transaction.atomic
def begin_check(*, run_id: int) -> ImportRun:
    """Mark a draft as being tried; the task ``voices.import_check`` does it. Raises NotFound, Conflict."""
    row = locked(run_id)
    _still_open(row)
    row.state, row.trial = ImportState.CHECKING, {}
    row.save(update_fields=["state", "trial"])
    return queries.import_run(run_id)


@transaction.atomic
def discard_import(*, run_id: int) -> None:
    """Throw a draft and its file away. Raises NotFound, Conflict once it is queued."""
    row = locked(run_id)
    _still_open(row)
    path = Path(row.stored_path)
    row.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def name_product(*, source: str, ref: str, product: str) -> bool:
    """Remember that ``ref`` of another platform is our ``product`` (reference, slug or SKU); False if none is."""
    found = catalog.products_by_ref([product.strip()]) if product.strip() else {}
    if not found or not ref or len(ref) > 160:
        return False
    models.ProductAlias.objects.update_or_create(
        source=source[:40], ref=ref, defaults={"product_id": next(iter(found.values()))}
    )
    return True


def locked(run_id: int, *, lock: bool = True) -> models.ImportRun:
    """The row of an import; ``lock`` when within a transaction. Raises NotFound."""
    rows = models.ImportRun.objects.filter(id=run_id)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotFound(kind="import", key=run_id)
    return row


def _still_open(row: models.ImportRun) -> None:
    if row.state not in _OPEN:
        raise Conflict(reason="this file is being imported or has been")


def proposed(row: models.ImportRun, path: Path) -> tuple[ImportPlan, bool]:
    """The plan of an import: the one that was given, else the one of the last file with these headers (True), else
    what headers and dates suggest."""
    if row.plan.get("columns"):
        return plans.from_json(row.plan), False
    with closing(files.open_source(path)) as found:
        headers = found.headers
    kept = models.ImportMapping.objects.filter(signature=plans.signature(headers)).first()
    if kept is not None and set(kept.plan["columns"]) <= set(headers) and not row.plan:
        return plans.from_json(kept.plan), True
    plan = plans.propose(headers, source=row.source)
    given = row.plan.get("dates")
    order = DateOrder(given) if given else dates.survey(date_values(path, plan)).order
    return plans.propose(headers, dates=order, source=row.source), False


def date_values(path: Path, plan: ImportPlan) -> Iterator[str]:
    """What stands in the columns of dates, in the first rows."""
    wanted = {header: column for header, column in plan.columns.items() if column in plans.DATED}
    if wanted:
        with closing(files.open_source(path)) as found:
            for record in islice(found.read(wanted), _LOOKED_AT):
                yield from record.cells.values()


def _unused(plan: ImportPlan, found: files.Source) -> list[str]:
    """The headers that nothing is made of, for people."""
    unused = (*(header for header in found.headers if not plan.columns.get(header)), *found.left_out)
    return [files.printable(header[:60]) for header in unused[:50]]


def require(plan: ImportPlan, found: files.Source) -> None:
    """Raise ColumnsMissing when the plan cannot be carried out."""
    lacking = plans.faults(plan)
    if lacking:
        shown = ", ".join(files.printable(header[:40]) for header in found.headers[:20]) or "—"
        raise files.ColumnsMissing(columns=", ".join(lacking), found=shown)


def continue_import(*, run_id: int, at: datetime, progress: Progress | None = None) -> ImportRun:
    """Carry out a stored import, from where it stands. Repeating it on a finished one changes nothing.

    Two workers at once: the second one leaves it to the first. Raises NotFound; Conflict for a draft.
    """
    row = locked(run_id, lock=False)
    if row.state in (ImportState.DONE, ImportState.FAILED):
        return queries.import_run(run_id)
    if row.state in _OPEN:
        raise Conflict(reason="its columns have not been confirmed")
    path = Path(row.stored_path)
    try:
        plan, _ = proposed(row, path)
        found = files.open_source(path)
        with closing(found):
            require(plan, found)
            row.format, row.encoding = found.format, found.encoding
            row.ignored_columns = _unused(plan, found)
            row.plan, row.state = plans.to_json(plan), ImportState.RUNNING
            row.save(update_fields=["format", "encoding", "ignored_columns", "plan", "state"])
            finished = _run(row, found, plan, at=at, progress=progress)
    except files.BadFile as error:
        return fail(row, error, at)
    if finished:
        path.unlink(missing_ok=True)
    return queries.import_run(run_id)


def fail(row: models.ImportRun, error: files.BadFile, at: datetime) -> ImportRun:
    """The file as a whole is refused; it is not kept."""
    row.state, row.error_code, row.error, row.finished_at = ImportState.FAILED, error.code, str(error), at
    row.error_params = {name: files.plain(value) for name, value in error.params.items()}
    row.error = files.storable(row.error)
    row.save(update_fields=["state", "error_code", "error", "error_params", "finished_at"])
    Path(row.stored_path).unlink(missing_ok=True)
    return queries.import_run(row.pk)


def _run(
    row: models.ImportRun, found: files.Source, plan: ImportPlan, *, at: datetime, progress: Progress | None
) -> bool:
    """Take the rows after ``row.rows``. False when another worker has gone further meanwhile."""
    reader = Rows(plan)
    records = islice(found.read(plan.columns), row.rows, None)
    while batch := list(islice(records, BATCH)):
        with transaction.atomic():
            mine = locked(row.pk)
            if mine.rows != row.rows:
                return False
            _take(mine, reader, batch, at=at)
            share = found.position[0] / found.total if found.total else 1.0
            mine.share = min(1.0, max(mine.share, share))
            mine.save()
        row = mine
        if progress is not None:
            progress(min(found.position[0], found.total), found.total)
    row.state, row.share, row.finished_at = ImportState.DONE, 1.0, at
    row.save(update_fields=["state", "share", "finished_at"])
    if progress is not None:
        progress(found.total, found.total)
    return True


def _take(row: models.ImportRun, reader: Rows, batch: Sequence[files.Record], *, at: datetime) -> None:
    done = take(reader, batch, at=at)
    row.rejected_bytes = _keep_rejected(row.pk, row.rejected_bytes, done.refused)
    row.rows += len(batch)
    row.accepted += done.accepted
    row.duplicates += done.duplicates
    row.rejected += len(done.refused)
    row.replies += done.replies
    row.photos += done.photos


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
