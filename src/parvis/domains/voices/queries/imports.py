"""Imports and the rows they did not take."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from parvis.core.errors import NotFound
from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import ImportRun, ImportState, RejectedRow


def import_run(run_id: int) -> ImportRun:
    """One import. Raises NotFound."""
    row = models.ImportRun.objects.filter(id=run_id).first()
    if row is None:
        raise NotFound(kind="import", key=run_id)
    return _to_run(row)


def import_runs(*, limit: int = 50) -> tuple[ImportRun, ...]:
    """The latest imports first."""
    return tuple(_to_run(row) for row in models.ImportRun.objects.order_by("-id")[:limit])


def rejected_path(run_id: int) -> Path:
    """The file that keeps the rejected rows of an import, one JSON object a line."""
    return Path(settings.HOME) / "imports" / f"{run_id}.rejected.jsonl"


def rejected_rows(run_id: int) -> Iterator[RejectedRow]:
    """The rows that an import did not take, in the order of the file; read as a stream."""
    size = models.ImportRun.objects.filter(id=run_id).values_list("rejected_bytes", flat=True).first() or 0
    path = rejected_path(run_id)
    if not size or not path.exists():
        return
    with path.open("rb") as file:
        while file.tell() < size and (line := file.readline()):
            kept = json.loads(line)
            yield RejectedRow(
                line=kept["line"],
                code=kept["code"],
                message=kept["message"],
                params=kept.get("params", {}),
                row=kept["row"],
            )


def rejected_csv_lines(run_id: int) -> Iterator[str]:
    """The rejected rows as CSV text, piece by piece: line, code, reason, then the row's own columns. Cells that a
    spreadsheet would take for formulas are neutralised."""
    names: dict[str, None] = {}
    for row in rejected_rows(run_id):
        names.update(dict.fromkeys(row.row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["line", "code", "reason", *(rules.neutralise_cell(name) for name in names)])
    for row in rejected_rows(run_id):
        cells = (rules.neutralise_cell(row.row.get(name, "")) for name in names)
        writer.writerow([row.line, row.code, rules.neutralise_cell(row.message), *cells])
        if out.tell() > 64_000:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def rejected_csv(run_id: int) -> str:
    """The rejected rows of an import as one CSV text."""
    return "".join(rejected_csv_lines(run_id))


def _to_run(row: models.ImportRun) -> ImportRun:
    return ImportRun(
        id=row.pk,
        file_name=row.file_name,
        format=row.format,
        encoding=row.encoding,
        state=ImportState(row.state),
        rows=row.rows,
        accepted=row.accepted,
        rejected=row.rejected,
        duplicates=row.duplicates,
        share=row.share,
        error_code=row.error_code,
        error=row.error,
        created_by=row.created_by_id,
        created_at=row.created_at,
        finished_at=row.finished_at,
        ignored_columns=tuple(row.ignored_columns),
    )
