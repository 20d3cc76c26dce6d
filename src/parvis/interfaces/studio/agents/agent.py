"""One agent: its requests, its checkouts, its keys, where it is told of its orders, and its switch."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from parvis.connectors.agents import queries as journal
from parvis.connectors.agents import rendering
from parvis.connectors.agents.queries import CallFilter, NewsView
from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.core.pagination import BadCursor
from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.contracts import AgentCart
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Agent, Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.agents import overview as rooms
from parvis.interfaces.studio.agents import words
from parvis.interfaces.studio.agents.forms import AllowanceForm, EndpointForm, KeyForm, SigningForm, StopForm

CARTS, NEWS, LINES, DAYS = 10, 20, 50, 30


@require_GET
@requires(Permission.AGENTS_VIEW)
def agent_page(request: HttpRequest, agent_id: int) -> HttpResponse:
    """GET ?carts=handed: everything about one agent."""
    return show(request, agent_id)


def known(agent_id: int) -> Agent:
    """The agent of a page; raises NotFound."""
    found = people.agent(agent_id)
    if found is None:
        raise NotFound(kind="agent", key=agent_id)
    return found


def show(
    request: HttpRequest,
    agent_id: int,
    *,
    forms: dict[str, Any] | None = None,
    secret: str = "",
    secret_title: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, also with a form that has to be corrected, and the one that shows a secret."""
    agent, at = known(agent_id), now()
    since, until = rooms.period(at, DAYS)
    asked = journal.days(since, until, agent_id=agent_id)
    sold = checkout.agent_figures(since, until).get(agent_id)
    handed = request.GET.get("carts") == "handed"
    try:
        carts = checkout.agent_carts(
            agent_id,
            locale=frame.locale(),
            at=at,
            handed_over=True if handed else None,
            cursor=request.GET.get("cursor") or None,
            limit=CARTS,
        )
    except BadCursor:
        carts = checkout.agent_carts(
            agent_id, locale=frame.locale(), at=at, handed_over=True if handed else None, limit=CARTS
        )
    endpoints = journal.endpoints(agent_id)
    context: dict[str, Any] = {
        "heading": agent.name,
        "agent": agent,
        "days": DAYS,
        "figures": rooms.totals(asked, [sold] if sold else []),
        "sold": sold,
        "drawing": rooms.drawing(asked, [agent], since, until) if asked else "",
        "errors": [rooms.error(each) for each in journal.errors(since, until, agent_id=agent_id)],
        "carts": [_cart(each) for each in carts.items],
        "handed": handed,
        **frame.pages(request, carts.next, paged=bool(request.GET.get("cursor"))),
        "keys": people.agent_tokens(agent_id),
        "now": at,
        "endpoints": endpoints,
        "news": [_news(each) for each in journal.news(endpoint_ids=[each.id for each in endpoints], limit=NEWS)],
        "protocols": rendering.protocols(),
        "trail": people.audit("agent", agent_id)[:10],
        "policy": people.agent_policy(),
        "secret": secret,
        "secret_title": secret_title,
        **_forms(agent, forms or {}),
    }
    return frame.page(request, "studio/agents/agent.html", context, room="agents", status=status)


def _forms(agent: Agent, given: dict[str, Any]) -> dict[str, Any]:
    allowance = AllowanceForm(initial={"burst": agent.burst, "per_minute": agent.per_minute})
    return {
        "stop_form": StopForm(),
        "allowance_form": allowance,
        "key_form": KeyForm(prefix="key"),
        "endpoint_form": EndpointForm(prefix="endpoint"),
        "signing_form": SigningForm(prefix="signing"),
        **given,
    }


def _cart(cart: AgentCart) -> dict[str, Any]:
    state, kind = words.CARTS[cart.state]
    return {"cart": cart, "state": state, "kind": kind, "door": words.DOORS[cart.door]}


def _news(news: NewsView) -> dict[str, Any]:
    state, kind = words.NEWS[news.state]
    return {"news": news, "state": state, "kind": kind, "what": words.KINDS.get(news.kind, news.kind)}


@require_GET
@requires(Permission.AGENTS_VIEW)
def agent_journal(request: HttpRequest, agent_id: int) -> HttpResponse:
    """GET ?operation=&outcome=&error=&session=&cursor= : what the agent asked, newest first."""
    agent, at = known(agent_id), now()
    given = {name: request.GET.get(name, "")[:80] for name in ("operation", "outcome", "error", "session")}
    wanted = CallFilter(
        agent_id=agent_id,
        operation=given["operation"],
        outcome=given["outcome"],
        error=given["error"],
        session_token=given["session"],
    )
    cursor = request.GET.get("cursor", "")
    try:
        found = journal.calls(wanted, cursor=cursor or None, limit=LINES)
    except BadCursor:
        found, cursor = journal.calls(wanted, limit=LINES), ""
    operations = journal.operations(agent_id=agent_id, since=at - timedelta(days=DAYS))
    context = {
        "heading": _("Journal of %(name)s") % {"name": agent.name},
        "agent": agent,
        "calls": [{"call": call, "words": words.ERRORS.get(call.error, "")} for call in found.items],
        "operations": [("", _("Every operation")), *((name, name) for name in operations)],
        "outcomes": [("", _("Every outcome")), ("ok", _("went well")), ("failed", _("ended in an error"))],
        "given": given,
        "filtered": any(given.values()),
        **frame.pages(request, found.next, paged=bool(cursor)),
    }
    return frame.page(request, "studio/agents/journal.html", context, room="agents")
