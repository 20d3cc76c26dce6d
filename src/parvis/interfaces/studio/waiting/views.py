"""What the rules in force would do with the voices that were left to people under earlier ones, and doing it."""

from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from parvis.core.clock import now
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries, tasks
from parvis.domains.voices.contracts import RedecidingState
from parvis.interfaces.studio import frame


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def waiting(request: HttpRequest) -> HttpResponse:
    """GET: counts, the pass under way, those before. POST do=start|stop."""
    staff, at = frame.staff_of(request), now()
    if request.method == "POST":
        return _act(request, staff.account_id, request.POST.get("do", ""), at)
    actions.policy_in_force(at=at)
    version = queries.policy_version()
    passes = queries.redecidings(limit=10)
    names = people.names({run.started_by for run in passes if run.started_by})
    context = {
        "heading": _("Voices that wait"),
        "version": version,
        "found": queries.redecision(before=version.at),
        "passes": [(run, names.get(run.started_by or 0, "")) for run in passes if run.finished_at],
        **_pass(passes),
    }
    return frame.page(request, "studio/waiting/waiting.html", context, room="moderation")


@require_GET
@requires(Permission.SETTINGS_EDIT)
def progress(request: HttpRequest) -> HttpResponse:
    """GET: how far the pass under way is, as a part of the page."""
    return frame.part(request, "studio/waiting/pass.html", _pass(queries.redecidings(limit=1)))


def _act(request: HttpRequest, actor_id: int, what: str, at: Any) -> HttpResponse:
    here = reverse("studio:waiting")
    if what == "stop":
        for run in queries.redecidings(limit=1):
            frame.attempt(partial(actions.stop_redeciding, redeciding_id=run.id, actor_id=actor_id, at=at))
        return frame.done(request, _("Stopped; what was decided stays."), here)
    if what != "start":
        return frame.failed(request, _("Choose what to do."), here)
    with transaction.atomic():
        run = actions.start_redeciding(actor_id=actor_id, at=at)
        tasks.redecide.defer(redeciding_id=run.id)
    return frame.done(request, _("They are decided about again in the background."), here)


def _pass(passes: Any) -> dict[str, Any]:
    run = passes[0] if passes else None
    moving = run is not None and run.state is RedecidingState.RUNNING
    return {"run": run, "moving": moving, "share": round(100 * run.share) if run else 0}
