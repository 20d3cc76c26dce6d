"""Imports of voices: a file goes up, its progress is followed, what was not taken comes back as a file with reasons.
What lies between, the columns and the trial, is in ``import_plan``."""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.domains.people import actions as people_actions
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices import web as voices
from parvis.domains.voices.contracts import ImportRun, ImportState, RejectedRow
from parvis.interfaces.design.htmx import htmx
from parvis.interfaces.studio import frame, import_plan

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
    """POST file: keep the file; its columns are confirmed next."""
    file = request.FILES.get("file")
    if file is None or file.file is None or not file.size:
        return _show(request, problem=_("Choose a file that is not empty."), status=422)
    if file.size > MOST_BYTES:
        most = MOST_BYTES // (1024 * 1024)
        problem = _("The file is larger than %(most)d MB: divide it, or use the command line.") % {"most": most}
        return _show(request, problem=problem, status=422)
    staff, at = frame.staff_of(request), now()
    try:
        run = actions.store_import(
            stream=cast(BinaryIO, file.file),
            filename=file.name or "file",
            actor_id=staff.account_id,
            at=at,
            draft=True,
        )
    except actions.BadFile as error:
        return _show(request, problem=voices.explain(error), status=422)
    people_actions.note(
        actor_id=staff.account_id,
        verb="import.stored",
        subject_kind="import",
        subject_id=run.id,
        detail={"file": run.file_name},
        at=at,
    )
    return redirect(reverse("studio:import_columns", args=[run.id]))


@require_GET
@requires(Permission.IMPORTS_RUN)
def import_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """GET: how far an import is, and what it did. With htmx only that part, again and again while it runs."""
    run = queries.import_run(run_id)
    if run.state is ImportState.DRAFT:
        return redirect(reverse("studio:import_columns", args=[run.id]))
    context = {
        "heading": run.file_name,
        "run": run,
        "moving": run.state in {ImportState.CHECKING, ImportState.QUEUED, ImportState.RUNNING},
        "checking": run.state is ImportState.CHECKING,
        "share": round(run.share * 100),
        "rejected": _rejected(run),
        "error": voices.import_problem(run),
        "trial": import_plan.trial(run) if run.state is ImportState.CHECKED else None,
        "layout": queries.layout_name(run.plan.layout) if run.plan else "",
        "photos_waiting": queries.photos_waiting() if run.photos else 0,
        "by": people.names([run.created_by]).get(run.created_by, "") if run.created_by else "",
    }
    if htmx(request):
        return frame.part(request, "studio/import_progress.html", context)
    return frame.page(request, "studio/import.html", context, room="imports")


def _rejected(run: ImportRun) -> list[tuple[RejectedRow, str]]:
    """The first rows that were not taken, each with the reason in the reader's language."""
    if not run.rejected or run.state not in {ImportState.DONE, ImportState.FAILED}:
        return []
    return [(row, voices.rejection_message(row)) for row in islice(queries.rejected_rows(run.id), SHOWN_ROWS)]


@require_GET
@requires(Permission.IMPORTS_RUN)
def rejected_file(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """GET: the rows that were not taken, as CSV; cells that a spreadsheet would run are made harmless."""
    run = queries.import_run(run_id)
    language = frame.locale()  # the lines are written after the request is over

    def lines() -> Iterator[str]:
        yield _BOM
        with translation.override(language):
            yield from queries.rejected_csv_lines(run.id, voices.rejection_message)

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{run.id}-rejected.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _show(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    runs = queries.import_runs(limit=30)
    names = people.names({run.created_by for run in runs if run.created_by})
    context = {
        "heading": _("Imports"),
        "runs": [(run, names.get(run.created_by or 0, "")) for run in runs],
        "problem": problem,
        "columns": [
            (name, voices.column_label(name), ", ".join(others[:5])) for name, others in queries.import_columns()
        ],
        "layouts": [name for _key, name in queries.import_layouts()],
    }
    return frame.page(request, "studio/imports.html", context, room="imports", status=status)
