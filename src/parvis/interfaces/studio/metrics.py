"""The catalogue of metrics: every figure that Parvis shows, with its definition and its denominator."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from parvis.domains.analytics import queries
from parvis.domains.analytics.contracts import Group, Metric
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame

_GROUPS = {
    Group.VISITS: gettext_lazy("Visits"),
    Group.PROOF: pgettext_lazy("metrics", "Proof"),
    Group.SALES: gettext_lazy("Sales"),
    Group.VOICES: gettext_lazy("Voices"),
    Group.INVITATIONS: gettext_lazy("Invitations"),
    Group.PRODUCT: gettext_lazy("Products"),
}


@require_GET
@requires(Permission.METRICS_VIEW)
def catalogue(request: HttpRequest) -> HttpResponse:
    """GET: every definition, by family."""
    by_group: dict[Group, list[dict[str, Any]]] = {group: [] for group in _GROUPS}
    for metric in queries.catalogue().values():
        by_group[metric.group].append(_shown(metric))
    context = {
        "heading": _("Definitions"),
        "groups": [(words, by_group[group]) for group, words in _GROUPS.items() if by_group[group]],
    }
    return frame.page(request, "studio/metrics.html", context, room="metrics")


def _shown(metric: Metric) -> dict[str, Any]:
    locale = frame.locale()
    parts = (
        (_("Counted"), metric.numerator),
        (_("Over"), metric.denominator),
        (_("Left out"), metric.exclusions),
        (_("Interval"), metric.interval),
    )
    return {
        "key": metric.key,
        "name": metric.name.in_(locale),
        "definition": metric.definition.in_(locale),
        "parts": [(label, words.in_(locale)) for label, words in parts if words.in_(locale)],
        "association": metric.association,
    }
