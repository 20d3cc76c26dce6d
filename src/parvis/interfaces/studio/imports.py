"""Imports of voices: a file goes up, its progress is followed, what was not taken comes back as a file with reasons."""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from procrastinate.exceptions import AlreadyEnqueued

from parvis.core.clock import now
from parvis.core.tasks import app
from parvis.domains.people import actions as people_actions
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import ImportRun, ImportState
from parvis.interfaces.studio import frame, problems

MOST_BYTES = 512 * 1024 * 1024
SHOWN_ROWS = 20
_BOM = "\ufeff"  # so that spreadsheets read the file as UTF-8


@require_GET
@requires(Permission.IMPORTS_RUN)
def import_list(request: HttpRequest) -> HttpResponse:
    """GET: the form and the latest imports."""
    return _show(request)


@require_POST
@requires(Permission.IMPORTS_RUN)
def upload(request: HttpRequest) -> HttpResponse:
    """POST file: keep the file and queue its import."""
    file = request.FILES.get("file")
    if file is None or file.file is None or not file.size:
        return _show(request, problem=_("Choose a file that is not empty."), status=422)
    if file.size > MOST_BYTES:
        most = MOST_BYTES // (1024 * 1024)
        problem = _("The file is larger than %(most)d MB: divide it, or use the command line.") % {"most": most}
        return _show(request, problem=problem, status=422)
    staff, at = frame.staff_of(request), now()
    run = actions.store_import(
        stream=cast(BinaryIO, file.file), filename=file.name or "file", actor_id=staff.account_id, at=at
    )
    people_actions.note(
        actor_id=staff.account_id,
        verb="import.started",
        subject_kind="import",
        subject_id=run.id,
        detail={"file": run.file_name},
        at=at,
    )
    _queue(run.id)
    return redirect(reverse("studio:import", args=[run.id]))


def _queue(run_id: int) -> None:
    try:
        app.configure_task("voices.import", queueing_lock=f"voices.import.{run_id}").defer(run_id=run_id)
    except AlreadyEnqueued:
        return


@require_GET
@requires(Permission.IMPORTS_RUN)
def import_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """GET: how far an import is, and what it did. With htmx only that part, again and again while it runs."""
    run = queries.import_run(run_id)
    rejected = []
    if run.rejected and run.state in {ImportState.DONE, ImportState.FAILED}:
        rows = queries.rejected_rows(run_id)
        rejected = [(row, problems.rejection(row.code, row.message)) for row in islice(rows, SHOWN_ROWS)]
    context = {
        "heading": run.file_name,
        "run": run,
        "moving": run.state in {ImportState.QUEUED, ImportState.RUNNING},
        "share": round(run.share * 100),
        "rejected": rejected,
        "error": _error_words(run),
        "by": people.names([run.created_by]).get(run.created_by, "") if run.created_by else "",
    }
    if request.htmx:  # type: ignore[attr-defined]
        return frame.part(request, "studio/import_progress.html", context)
    return frame.page(request, "studio/import.html", context, room="imports")


@require_GET
@requires(Permission.IMPORTS_RUN)
def rejected_file(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """GET: the rows that were not taken, as CSV; cells that a spreadsheet would run are made harmless."""
    run = queries.import_run(run_id)

    def lines() -> Iterator[str]:
        yield _BOM
        yield from queries.rejected_csv_lines(run.id)

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{run.id}-rejected.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _error_words(run: ImportRun) -> str:
    if run.state is not ImportState.FAILED:
        return ""
    return problems.rejection(run.error_code, run.error) if run.error else _("The file could not be read.")


def _show(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    runs = queries.import_runs(limit=30)
    names = people.names({run.created_by for run in runs if run.created_by})
    context = {
        "heading": _("Imports"),
        "runs": [(run, names.get(run.created_by or 0, "")) for run in runs],
        "problem": problem,
        "columns": [(name, ", ".join(others[:5]), False) for name, others in queries.import_columns()],
    }
    return frame.page(request, "studio/imports.html", context, room="imports", status=status)
