"""Imports and the rows they did not take."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from parvis.core.errors import NotFound
from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import ImportCheck, ImportPlan, ImportRun, ImportState, RejectedRow
from parvis.domains.voices.rules.columns import COLUMNS, PRODUCT
from parvis.domains.voices.rules.layouts import BY_KEY, LAYOUTS


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


def rejected_csv_lines(run_id: int, reason: Callable[[RejectedRow], str] | None = None) -> Iterator[str]:
    """The rejected rows as CSV text, piece by piece: line, code, reason, then the row's own columns. Cells that a
    spreadsheet would take for formulas are neutralised. ``reason`` says why in the reader's language."""
    names: dict[str, None] = {}
    for row in rejected_rows(run_id):
        names.update(dict.fromkeys(row.row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["line", "code", "reason", *(rules.neutralise_cell(name) for name in names)])
    for row in rejected_rows(run_id):
        cells = (rules.neutralise_cell(row.row.get(name, "")) for name in names)
        writer.writerow([row.line, row.code, rules.neutralise_cell(reason(row) if reason else row.message), *cells])
        if out.tell() > 64_000:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def rejected_csv(run_id: int) -> str:
    """The rejected rows of an import as one CSV text."""
    return "".join(rejected_csv_lines(run_id))


def import_columns() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The columns that an import understands, each with its other names."""
    return tuple(COLUMNS.items())


def import_column_groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The columns in the order in which one chooses among them, by group: said, product, author, context, reply."""
    said = ("text", "title", "stars", "submitted_at", "experienced_on", "language", "photos")
    author = ("author_name", "author_email", "author_id", "verified", "order_ref", "incentive")
    origin = ("id", "kind", "parent", "status", "syndicated_from", "syndicated_url", "votes_up", "votes_down")
    reply = ("reply", "reply_at", "reply_author")
    listed = {*said, *PRODUCT, *author, *origin, *reply}
    worn = tuple(column for column in COLUMNS if column not in listed)
    groups = (("said", said), ("product", PRODUCT), ("author", author), ("worn", worn), ("reply", reply))
    return (*groups, ("origin", origin))


def import_layouts() -> tuple[tuple[str, str], ...]:
    """The layouts of other platforms that are recognised: key and name."""
    return tuple((layout.key, layout.name) for layout in LAYOUTS)


def layout_name(key: str) -> str:
    """The name of a layout, "" for none."""
    return BY_KEY[key].name if key in BY_KEY else ""


def import_plan_faults(plan: ImportPlan) -> tuple[str, ...]:
    """The columns without which a plan cannot be carried out, that are missing: "product", "text"."""
    return rules.plans.faults(plan)


def photos_waiting() -> int:
    """How many photos of imported voices are still to be fetched."""
    return models.PhotoLink.objects.filter(state="waiting").count()


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
        error_params=row.error_params,
        replies=row.replies,
        photos=row.photos,
        plan=rules.plans.from_json(row.plan) if row.plan else None,
        check=_to_check(row.trial) if row.trial else None,
    )


def _to_check(kept: Mapping[str, Any]) -> ImportCheck:
    """The result of a trial as it was kept."""
    named = {**kept, "unmatched": tuple((ref, count) for ref, count in kept["unmatched"])}
    return ImportCheck(**{**named, "examples": tuple(kept["examples"])})
