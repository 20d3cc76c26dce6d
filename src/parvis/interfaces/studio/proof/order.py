"""The drawn orders of quotes against the order by usefulness."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from parvis.core.clock import now
from parvis.domains.evidence import queries
from parvis.domains.evidence.contracts import OrderReadout, Placement
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import marks
from parvis.interfaces.studio import proof
from parvis.science import intervals, proof_order

DAYS = (7, 28, 56)


@require_GET
@requires(Permission.VOICES_VIEW)
def order(request: HttpRequest) -> HttpResponse:
    """GET ?days=28: each placement with its two rates, their difference and what may be said."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and len(asked) < 3 and int(asked) in DAYS else 28
    context: dict[str, Any] = {
        "days": days,
        "lengths": [(str(length), _("The last %(n)s days") % {"n": length}) for length in DAYS],
        "placements": [_shape(queries.order_readout(at=now(), placement=each, days=days)) for each in Placement],
        "share": marks.percent(proof_order.HELD_OUT / proof_order.BUCKETS),
        "floor": marks.percent(1 / proof_order.BUCKETS, 1),
    }
    return proof.page(request, "studio/proof/order.html", context, tab="studio:proof")


def _shape(found: OrderReadout) -> dict[str, Any]:
    names = {
        Placement.STRIP: _("Quotes on the shop’s product pages and in the cart"),
        Placement.WIDGET: _("Widgets on other sites"),
    }
    odd = found.sample_ratio_p is not None and found.sample_ratio_p < 0.001
    return {
        "name": names[found.placement],
        "plans": marks.number(found.plans),
        "any": found.looked + found.held_out_looked > 0,
        "arms": [
            _arm(_("Drawn anew for each visit"), found.looked, found.acted, found.led),
            _arm(_("Held out: by usefulness"), found.held_out_looked, found.held_out_acted, found.held_out_led),
        ],
        "difference": _points(found.difference),
        "low": _points(found.low),
        "high": _points(found.high),
        "odd": odd,
        "verdict": _verdict(found, odd=odd),
        "kind": {"learnt_better": "positive", "held_out_better": "negative"}.get(found.verdict, "note"),
    }


def _arm(name: str, looked: int, acted: int, led: int) -> dict[str, str]:
    sure = intervals.wilson(acted, looked)
    known = looked > 0
    return {
        "name": name,
        "looked": marks.number(looked),
        "acted": marks.number(acted),
        "led": marks.number(led),
        "rate": marks.percent(float(sure.value), 1) if known else "—",
        "low": marks.percent(float(sure.low), 1) if known else "",
        "high": marks.percent(float(sure.high), 1) if known else "",
    }


def _points(value: float | None) -> str:
    """A difference of rates in points, with its sign."""
    if value is None:
        return "—"
    return ("+" if value > 0 else "−" if value < 0 else "") + marks.number(abs(value) * 100, 2)


def _verdict(found: OrderReadout, *, odd: bool) -> str:
    if odd:
        return _("Something is wrong with the dealing of visits: nothing is concluded until it is found.")
    return {
        "learnt_better": _("The drawn orders do better. Nothing has to be done: they are in force."),
        "held_out_better": _("The order by usefulness does better here: look at what is drawn before it goes on."),
        "keep_testing": _("Keep testing: the difference cannot be told from chance yet."),
    }[found.verdict]
