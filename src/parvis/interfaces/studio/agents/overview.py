"""All agents: what they ask, what comes of it, what goes wrong, and the one switch."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from parvis.connectors.agents import queries as journal
from parvis.connectors.agents.queries import DayOfCalls, ErrorView
from parvis.core.clock import now
from parvis.core.days import day_of, days, start_of
from parvis.core.money import Money
from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.contracts import AgentFigures
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Agent, Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import charts, marks
from parvis.interfaces.studio import figures, frame
from parvis.interfaces.studio.agents import words
from parvis.interfaces.studio.agents.forms import AgentForm, StopForm

SPANS = (7, 30)
SHOWN = 50  # agents in the table: any program may come in by its profile, so there can be many
SHOWN_APART = 4  # agents with a colour of their own in the drawing


@require_GET
@requires(Permission.AGENTS_VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """GET ?days=7|30&q=: figures of all agents, each agent, errors, newcomers, the switch."""
    return show(request)


def show(request: HttpRequest, *, form: AgentForm | None = None, status: int = 200) -> HttpResponse:
    """The page, also with a form that has to be corrected."""
    length = 7 if request.GET.get("days") == "7" else 30
    since, until = period(now(), length)
    agents = people.agents()
    asked = journal.days(since, until)
    sold = checkout.agent_figures(since, until)
    wanted = request.GET.get("q", "").strip()[:60]
    rows = [row(agent, asked, sold.get(agent.id)) for agent in agents if _fits(agent, wanted)]
    rows.sort(key=lambda each: -each["calls"])
    context: dict[str, Any] = {
        "heading": _("Agents"),
        "agents": rows[:SHOWN],
        "unshown": len(rows) - SHOWN,
        "wanted": wanted,
        "many": len(agents) > SHOWN,
        "strangers": _sum(asked, None),
        "simulated": any(agent.provenance for agent in agents),
        "figures": totals(asked, list(sold.values())),
        "drawing": drawing(asked, agents, since, until) if asked else "",
        "errors": [error(each) for each in journal.errors(since, until)],
        "names": {agent.id: agent.name for agent in agents},
        "policy": people.agent_policy(),
        "spans": spans(length),
        "days": length,
        "form": form or AgentForm(),
        "stop_form": StopForm(auto_id="all-%s"),
    }
    return frame.page(request, "studio/agents/overview.html", context, room="agents", status=status)


def _fits(agent: Agent, wanted: str) -> bool:
    """Whether an agent is one of those that are looked for."""
    named = f"{agent.name} {agent.key} {agent.profile_url or ''}"
    return wanted.casefold() in named.casefold()


def period(at: datetime, length: int) -> tuple[datetime, datetime]:
    """The last ``length`` days of the shop with today, which is not over."""
    return start_of(day_of(at) - timedelta(days=length - 1)), at + timedelta(seconds=1)


def spans(length: int) -> list[dict[str, Any]]:
    """Tabs of the period."""
    return [
        {"label": _("%(days)d days") % {"days": days}, "url": f"?days={days}", "current": days == length}
        for days in SPANS
    ]


def totals(asked: Sequence[DayOfCalls], sold: Sequence[AgentFigures]) -> list[dict[str, str]]:
    """Requests, conversion and revenue of one agent or of all."""
    opened, completed = sum(each.opened for each in sold), sum(each.completed for each in sold)
    handed, handed_paid = sum(each.handed_over for each in sold), sum(each.handed_over_completed for each in sold)
    revenue = Money(sum(each.revenue.amount_minor for each in sold), settings.CURRENCY)
    calls, failed = sum(day.calls for day in asked), sum(day.failed for day in asked)
    return [
        {"name": _("Requests"), "value": marks.number(calls), "definition": _("All requests, refused ones too.")},
        figures.proportion(_("Errors"), failed, calls, _("Requests that ended in an error, over all requests.")),
        figures.proportion(
            _("Conversion"), completed, opened, _("Checkouts that were paid, over checkouts that agents opened.")
        ),
        figures.proportion(
            _("Sold after a hand-over"),
            handed_paid,
            handed,
            _("Checkouts that were paid, over checkouts that shoppers took over on our pages."),
        ),
        {
            "name": _("Revenue"),
            "value": marks.money(revenue),
            "definition": _("What was paid for checkouts that agents opened in this time, less what was given back."),
        },
    ]


def row(agent: Agent, asked: Sequence[DayOfCalls], sold: AgentFigures | None) -> dict[str, Any]:
    """An agent in the table."""
    conversion = figures.proportion("", sold.completed, sold.opened, "") if sold else {"value": ""}
    return {
        "agent": agent,
        "calls": _sum(asked, agent.id),
        "failed": sum(day.failed for day in asked if day.agent_id == agent.id),
        "sold": sold,
        "conversion": conversion,
    }


def _sum(asked: Sequence[DayOfCalls], agent_id: int | None) -> int:
    return sum(day.calls for day in asked if day.agent_id == agent_id)


def error(found: ErrorView) -> dict[str, Any]:
    """An error with its words."""
    return {"error": found, "words": words.ERRORS.get(found.code, "")}


def drawing(asked: Sequence[DayOfCalls], agents: Sequence[Agent], since: datetime, until: datetime) -> SafeString:
    """Requests a day, by agent: those who ask most apart, the others together."""
    names = {agent.id: agent.name for agent in agents}
    most = sorted({day.agent_id for day in asked}, key=lambda each: -_sum(asked, each))
    apart, rest = most[:SHOWN_APART], set(most[SHOWN_APART:])
    series = [_series(names.get(each or 0, _("unknown callers")), asked, {each}, since, until) for each in apart]
    if rest:
        series.append(_series(_("all others"), asked, rest, since, until))
    return charts.stacked_days(series, title=_("Requests a day"))


def _series(
    name: str, asked: Sequence[DayOfCalls], who: set[int | None], since: datetime, until: datetime
) -> charts.Series:
    counts: dict[date, int] = {}
    for each in asked:
        if each.agent_id in who:
            counts[each.day] = counts.get(each.day, 0) + each.calls
    shown = [
        charts.Day(day=day, value=counts.get(day, 0)) for day in days(day_of(since), day_of(until) + timedelta(days=1))
    ]
    return charts.Series(name=name, days=shown)
