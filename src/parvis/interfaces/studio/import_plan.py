"""Between a file and its import: what its columns are, a trial that takes nothing, products named once."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from procrastinate.exceptions import AlreadyEnqueued

from parvis.core.clock import now
from parvis.core.tasks import app
from parvis.domains.people import actions as people_actions
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices import web as voices
from parvis.domains.voices.contracts import DateOrder, ImportPlan, ImportPreview, ImportRun, ImportState, VoiceKind
from parvis.interfaces.studio import frame, labels

_SAMPLES = 3
_OPEN = {ImportState.DRAFT, ImportState.CHECKED}


@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORTS_RUN)
def columns(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """GET: the first rows and what each column is taken for. POST: keep that, and try it out."""
    run = queries.import_run(run_id)
    if run.state not in _OPEN:
        return redirect(reverse("studio:import", args=[run_id]))
    try:
        preview = actions.preview_import(run_id=run_id, at=now())
    except actions.BadFile:
        return redirect(reverse("studio:import", args=[run_id]))
    if request.method == "GET":
        return _show(request, run, preview, preview.plan)
    plan = _plan(request.POST, preview)
    problems = [_lacking(column) for column in queries.import_plan_faults(plan)]
    if preview.doubtful_dates and request.POST.get("dates", "") not in set(DateOrder):
        problems.append(_("Say how the dates are written: the file does not show it."))
    if not problems:
        failed = frame.attempt(lambda: _try(run_id, plan))
        problems = [failed] if failed else []
    if problems:
        return _show(request, run, preview, plan, problems=problems, status=422)
    return redirect(reverse("studio:import", args=[run_id]))


def _try(run_id: int, plan: ImportPlan) -> None:
    actions.plan_import(run_id=run_id, plan=plan)
    actions.begin_check(run_id=run_id)
    _queue("voices.import_check", run_id)


def _try_again(run_id: int) -> None:
    actions.begin_check(run_id=run_id)
    _queue("voices.import_check", run_id)


def _queue(task: str, run_id: int) -> None:
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(task, queueing_lock=f"{task}.{run_id}").defer(run_id=run_id)


@require_POST
@requires(Permission.IMPORTS_RUN)
def products(request: HttpRequest, run_id: int) -> HttpResponse:
    """POST ref-<n>, product-<n>: which of our products a name of the other platform is; then try again."""
    run = queries.import_run(run_id)
    here = reverse("studio:import", args=[run_id])
    unknown: list[str] = []
    named = 0
    for key in request.POST:
        said = request.POST.get(f"product-{key.removeprefix('ref-')}", "").strip()
        if not key.startswith("ref-") or not said:
            continue
        source, ref = run.plan.source if run.plan else "", request.POST.get(key, "")
        if actions.name_product(source=source, ref=ref, product=said):
            named += 1
        else:
            unknown.append(said)
    if unknown:
        words = _("none of your products is known as %(names)s") % {"names": ", ".join(unknown[:5])}
        return frame.failed(request, words, here)
    if named:
        problem = frame.attempt(lambda: _try_again(run_id))
        if problem:
            return frame.failed(request, problem, here)
    return redirect(here)


@require_POST
@requires(Permission.IMPORTS_RUN)
def start(request: HttpRequest, run_id: int) -> HttpResponse:
    """POST: import the file as it was tried."""
    run, staff, at = queries.import_run(run_id), frame.staff_of(request), now()
    here = reverse("studio:import", args=[run_id])
    problem = frame.attempt(lambda: actions.start_import(run_id=run_id, at=at))
    if problem:
        return frame.failed(request, problem, here)
    people_actions.note(
        actor_id=staff.account_id,
        verb="import.started",
        subject_kind="import",
        subject_id=run.id,
        detail={"file": run.file_name},
        at=at,
    )
    _queue("voices.import", run_id)
    return redirect(here)


@require_POST
@requires(Permission.IMPORTS_RUN)
def discard(request: HttpRequest, run_id: int) -> HttpResponse:
    """POST: throw the file away; nothing of it was taken."""
    run, staff, at = queries.import_run(run_id), frame.staff_of(request), now()
    problem = frame.attempt(lambda: actions.discard_import(run_id=run_id))
    if problem:
        return frame.failed(request, problem, reverse("studio:import", args=[run_id]))
    people_actions.note(
        actor_id=staff.account_id,
        verb="import.discarded",
        subject_kind="import",
        subject_id=run.id,
        detail={"file": run.file_name},
        at=at,
    )
    return frame.done(request, _("Thrown away; nothing of it was taken."), reverse("studio:imports"))


# -- the page of the columns ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A header of the file, some of what stands under it, and what it is taken for."""

    name: str
    header: str
    samples: tuple[str, ...]
    chosen: str


def _groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Our columns by group, to choose from."""
    names = {
        "said": _("What was said"),
        "product": _("The product"),
        "author": _("The author"),
        "worn": _("Size and person"),
        "reply": _("The brand’s answer"),
        "origin": _("Where it comes from"),
    }
    groups = queries.import_column_groups()
    return [(names[key], [(column, voices.column_label(column)) for column in members]) for key, members in groups]


def _show(
    request: HttpRequest,
    run: ImportRun,
    preview: ImportPreview,
    plan: ImportPlan,
    *,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "heading": run.file_name,
        "run": run,
        "preview": preview,
        "plan": plan,
        "problems": problems or [],
        "columns": [
            Column(
                name=f"column-{number}",
                header=header,
                samples=_samples(preview, header),
                chosen=plan.columns.get(header, ""),
            )
            for number, header in enumerate(preview.headers)
        ],
        "groups": _groups(),
        "rows": [[row.get(header, "") for header in preview.headers] for row in preview.rows],
        "dated": bool(preview.doubtful_dates),
        "date_orders": [
            {"value": DateOrder.DAY.value, "label": _("day first: 3/4 is the 3rd of April")},
            {"value": DateOrder.MONTH.value, "label": _("month first: 3/4 is the 4th of March")},
        ],
        "date_chosen": request.POST.get("dates", ""),
        "abouts": [
            {"value": "product", "label": _("the product that each row names")},
            {"value": "shop", "label": _("the shop itself: delivery, service, advice")},
        ],
        "about": "shop" if plan.about_shop else "product",
        "kinds": [
            ("", _("what each row says, else reviews")),
            *((kind.value, labels.VOICE_KINDS[kind]) for kind in (VoiceKind.REVIEW, VoiceKind.QUESTION)),
            *((kind.value, labels.VOICE_KINDS[kind]) for kind in (VoiceKind.ANSWER, VoiceKind.COMMENT)),
        ],
    }
    return frame.page(request, "studio/import_columns.html", context, room="imports", status=status)


def _samples(preview: ImportPreview, header: str) -> tuple[str, ...]:
    found = dict.fromkeys(row.get(header, "").strip() for row in preview.rows)
    return tuple(value for value in found if value)[:_SAMPLES]


def _plan(data: Mapping[str, Any], preview: ImportPreview) -> ImportPlan:
    """What was chosen on the page; what is not among the choices is not used."""
    known = {column for column, _others in queries.import_columns()}
    chosen = {header: str(data.get(f"column-{number}", "")) for number, header in enumerate(preview.headers)}
    dates = data.get("dates", "")
    kind = data.get("kind", "")
    return ImportPlan(
        layout=preview.plan.layout,
        columns={header: column for header, column in chosen.items() if column in known},
        dates=DateOrder(dates) if dates in set(DateOrder) else preview.plan.dates,
        kind=kind if kind in set(VoiceKind) else "",
        about_shop=data.get("about") == "shop",
        product=str(data.get("product", "")).strip()[:160],
        source=str(data.get("source", "")).strip()[:40],
        syndicated=str(data.get("syndicated", "")).strip()[:120],
    )


def _lacking(column: str) -> str:
    if column == "product":
        return _("Say which column names the product, or that the voices are about the shop or about one product.")
    return _("Say which column holds the text, the title or the stars.")


# -- the trial ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """A row that would be rejected, and why, in the reader's language."""

    line: int
    why: str
    row: Mapping[str, str]


@dataclass(frozen=True)
class _Told:
    code: str
    message: str
    params: Mapping[str, Any]


def trial(run: ImportRun) -> dict[str, Any]:
    """What importing a tried file would do, in words."""
    check = run.check
    if check is None:
        return {}
    along = (
        (check.replies, ngettext("%(n)s answer of the brand", "%(n)s answers of the brand", check.replies)),
        (check.photos, ngettext("%(n)s photo to fetch", "%(n)s photos to fetch", check.photos)),
        (check.people, ngettext("%(n)s author known by e-mail", "%(n)s authors known by e-mail", check.people)),
        (check.verified, ngettext("%(n)s verified purchase", "%(n)s verified purchases", check.verified)),
        (check.incentives, ngettext("%(n)s given in exchange", "%(n)s given in exchange", check.incentives)),
    )
    return {
        "check": check,
        "along": [words % {"n": count} for count, words in along if count],
        "reasons": [(voices.rejection_ground(code), count) for code, count in check.reasons.items()],
        "examples": [
            Example(
                line=kept["line"],
                why=voices.rejection_message(_Told(kept["code"], kept["message"], kept["params"])),
                row=kept["row"],
            )
            for kept in check.examples
        ],
        "unmatched": check.unmatched[:12],
        "more_unmatched": max(0, len(check.unmatched) - 12),
    }
