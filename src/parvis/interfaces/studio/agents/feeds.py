"""Feeds of agents' platforms to which the products are pushed: how each fares, and what the team does with it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.connectors.agentfeeds import actions, queries
from parvis.connectors.agentfeeds.queries import FeedRow
from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.people import actions as people
from parvis.domains.people import queries as known
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.agents import tasks
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.agents.forms import FeedForm

Badge = tuple[str | Promise, str]
_STATES: dict[str, Badge] = {
    "busy": (gettext_lazy("being pushed"), "note"),
    "off": (gettext_lazy("switched off"), "caution"),
    "failing": (gettext_lazy("not taken"), "negative"),
    "new": (gettext_lazy("not pushed yet"), ""),
    "well": (gettext_lazy("up to date"), "positive"),
}


@require_GET
@requires(Permission.AGENTS_VIEW)
def feeds(request: HttpRequest) -> HttpResponse:
    """GET: every feed with its last push, what it holds, and what was wrong."""
    return _show(request)


def _show(request: HttpRequest, *, form: FeedForm | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "heading": _("Pushed product feeds"),
        "feeds": [{"feed": each, "state": _STATES[_state(each)]} for each in queries.feeds(at=now())],
        "form": form or FeedForm(),
        "trail": known.audit("agent feeds", "all")[:10],
    }
    return frame.page(request, "studio/agents/feeds.html", context, room="agents", status=status)


def _state(feed: FeedRow) -> str:
    if feed.busy:
        return "busy"
    if not feed.active:
        return "off"
    if feed.error:
        return "failing"
    return "well" if feed.pushed_at else "new"


@require_POST
@requires(Permission.AGENTS_EDIT, password_again=True)
def add(request: HttpRequest) -> HttpResponse:
    """POST: a feed to push to; it is pushed to at once."""
    form = FeedForm(request.POST)
    if not form.is_valid():
        return _show(request, form=form, status=422)
    made: list[int] = []
    problem = frame.attempt(lambda: made.append(actions.add(**form.cleaned_data, at=now())))
    if problem:
        form.add_error("url", problem)
        return _show(request, form=form, status=422)
    tasks.push_feed.defer(feed_id=made[0])
    _note(request, "agent_feed.added", form.cleaned_data["url"])
    return frame.done(request, _("Added; its products are being pushed."), _here())


@require_POST
@requires(Permission.AGENTS_EDIT)
def change(request: HttpRequest, feed_id: int) -> HttpResponse:
    """POST do=push|on|off|remove."""
    feed = next((each for each in queries.feeds(at=now()) if each.id == feed_id), None)
    if feed is None:
        raise NotFound(kind="feed", key=feed_id)
    what = request.POST.get("do", "")
    acts: dict[str, Callable[[], Any]] = {
        "push": partial(tasks.push_feed.defer, feed_id=feed_id),
        "on": partial(actions.set_active, feed_id=feed_id, active=True),
        "off": partial(actions.set_active, feed_id=feed_id, active=False),
        "remove": partial(actions.remove, feed_id=feed_id),
    }
    if what not in acts:
        return frame.failed(request, _("nothing was chosen"), _here())
    problem = frame.attempt(acts[what])
    if problem:
        return frame.failed(request, problem, _here())
    if what == "push":
        return frame.done(request, _("It is pushed to in a moment."), _here())
    _note(request, f"agent_feed.{what}", feed.url)
    return frame.done(request, _("Changed."), _here())


def _here() -> str:
    return reverse("studio:agent_feeds")


def _note(request: HttpRequest, verb: str, url: str) -> None:
    actor = frame.staff_of(request).account_id
    people.note(actor_id=actor, verb=verb, subject_kind="agent feeds", subject_id="all", detail={"url": url}, at=now())
