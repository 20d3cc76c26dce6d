"""The loop at a glance: who came, saw proof, asked, put in the cart and bought; how sure that is; what changed."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from parvis.core.clock import now
from parvis.domains.analytics import queries
from parvis.domains.analytics.contracts import FunnelStep, Overview, Verdict
from parvis.domains.assistant import queries as assistant
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.contracts import OrderState
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import FaqState
from parvis.domains.people.contracts import Permission, Staff
from parvis.domains.people.web import requires
from parvis.domains.voices import queries as voices
from parvis.interfaces.design import charts, marks
from parvis.interfaces.studio import figures, frame

SPANS = (7, 28, 90)
LINE_DAYS = 28
_FIRST = (
    "visits",
    "proof_seen_rate",
    "proof_click_through",
    "ask_rate",
    "cvr",
    "revenue",
    "average_order_value",
    "publication_delay",
)
_ORDER = {Verdict.UP: 0, Verdict.DOWN: 0, Verdict.UNCLEAR: 1}


@require_GET
@requires(Permission.METRICS_VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """GET ?days=7|28|90 : the overview of the last whole days against those before."""
    length = int(days) if (days := request.GET.get("days", "7")) in {str(span) for span in SPANS} else SPANS[0]
    since, until, compare_since, compare_until = queries.last_weeks(now(), length=length)
    found = queries.overview(since=since, until=until, compare_since=compare_since, compare_until=compare_until)
    context = {
        "heading": _("Overview"),
        "found": found,
        "last_day": until - timedelta(days=1),
        "spans": _spans(length),
        "length": length,
        "waiting": _waiting(frame.staff_of(request)),
        **(_measured(found, since, until) if found.as_of else {}),
    }
    return frame.page(request, "studio/overview.html", context, room="overview")


def _spans(chosen: int) -> list[dict[str, Any]]:
    return [
        {
            "label": ngettext("Last %(n)d day", "Last %(n)d days", span) % {"n": span},
            "url": f"?days={span}",
            "current": span == chosen,
        }
        for span in SPANS
    ]


def _measured(found: Overview, since: date, until: date) -> dict[str, Any]:
    """Everything that needs events to have been counted."""
    metrics = queries.catalogue()
    changes = {change.metric: change for change in found.changes}
    rows = sorted(found.changes, key=lambda change: _ORDER[change.verdict])
    return {
        "figures": [figures.show(metrics[key], found.figures[key], changes.get(key)) for key in _FIRST],
        "funnel": _funnel(found.funnel),
        "line": _proof_line(until),
        "changes": [figures.change_row(metrics[change.metric], change) for change in rows],
        "products": _products(since, until),
        "simulated": marks.percent(found.simulated_share, 0) if found.simulated_share else "",
        "bots": marks.percent(found.bots.share_of_events, 1) if found.bots.share_of_events else "",
    }


def _funnel(steps: tuple[FunnelStep, ...]) -> SafeString:
    rows = []
    for place, step in enumerate(steps):
        note = figures.visits(step.visits)
        if place > 1 and step.of_previous.value is not None:
            note = _("%(visits)s, %(share)s of the step before") % {
                "visits": note,
                "share": figures.share(step.of_previous.value),
            }
        rows.append(
            charts.Row(
                label=step.name.in_(frame.locale()),
                value=step.share.value or 0.0,
                low=step.share.low if place else None,
                high=step.share.high if place else None,
                note=note,
            )
        )
    return charts.interval_bars(
        rows,
        title=_("From a visit to an order"),
        write=figures.share,
        top=1.0,
        note=_("Share of all visits that reached each step, with its interval. A visit may skip a step."),
    )


def _proof_line(until: date) -> SafeString:
    """Proof click-through on each of the last four weeks' days."""
    told = queries.series("proof_click_through", until - timedelta(days=LINE_DAYS), until)
    days = [
        charts.Day(day=point.day, value=point.figure.value, low=point.figure.low, high=point.figure.high)
        for point in told.points
    ]
    return charts.interval_line(
        [charts.Series(name=told.metric.name.in_(frame.locale()), days=days)],
        title=_("Proof click-through, the last %(n)d days") % {"n": LINE_DAYS},
        write=figures.share,
    )


def _products(since: date, until: date) -> list[dict[str, Any]]:
    """The products looked at most, with what visits did with their proof."""
    rows = queries.product_table(since=since, until=until, sort="viewed", limit=10)
    known = catalog.products([row.product_id for row in rows], locale=frame.locale())
    metrics = queries.catalogue()
    shares = {
        "product_proof_seen_rate": _("Saw its proof"),
        "product_click_through": _("Clicked on it"),
        "product_add_rate": _("Put it in the cart"),
        "product_order_rate": _("Ordered it"),
    }
    return [
        {
            "product": known.get(row.product_id),
            "id": row.product_id,
            "viewed": row.viewed,
            "figures": [(words, figures.show(metrics[key], row.figures[key])) for key, words in shares.items()],
        }
        for row in rows
    ]


def _waiting(staff: Staff) -> list[dict[str, Any]]:
    """What waits for somebody now, for those who can see to it, by room: where to go next."""
    found: list[dict[str, Any]] = []

    def waits(count: int, words: str, url: str, icon: str, query: str = "") -> None:
        said = words % {"n": marks.number(count)}
        found.append({"words": said, "url": url, "query": query, "icon": icon, "quiet": not count})

    if staff.may(Permission.CUSTOMERS_VIEW):
        n = assistant.waiting()
        words = ngettext("%(n)s shopper waits for an answer", "%(n)s shoppers wait for an answer", n)
        waits(n, words, "studio:conversations", "user", "?resolution=waiting")
    if staff.may(Permission.VOICES_VIEW):
        n = voices.queue_counts().held
        words = ngettext("%(n)s voice to decide about", "%(n)s voices to decide about", n)
        waits(n, words, "studio:moderation", "shield-check")
        n = evidence.faq_counts().get(FaqState.PROPOSED, 0)
        words = ngettext("%(n)s answer to approve", "%(n)s answers to approve", n)
        waits(n, words, "studio:faq", "question")
    if staff.may(Permission.ORDERS_VIEW):
        n = checkout.state_counts().get(OrderState.PAID, 0)
        waits(n, ngettext("%(n)s order to ship", "%(n)s orders to ship", n), "studio:orders", "truck", "?state=paid")
    return found
