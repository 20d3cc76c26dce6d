"""What stands above the bench: desks, states, reasons and filters, each an address of its own."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from parvis.domains.voices.contracts import Desk, Desks, QueueFilters, Reason, VoiceState
from parvis.interfaces.design import marks
from parvis.interfaces.studio import labels

DESKS: Mapping[Desk, str | Promise] = {
    Desk.SECOND: gettext_lazy("Second signature"),
    Desk.APPEALS: gettext_lazy("Appeals"),
    Desk.REPORTS: gettext_lazy("Reports"),
    Desk.CHECKS: pgettext_lazy("desk", "Checks"),
}
ABOUT: Mapping[Desk, str | Promise] = {
    Desk.SECOND: gettext_lazy("A first person has said what they want. Agree, or decide otherwise."),
    Desk.APPEALS: gettext_lazy("Authors contest. Somebody who did not take the decision answers, in words."),
    Desk.REPORTS: gettext_lazy("Reported, and public until you decide. Publish keeps it; who reported is told."),
    Desk.CHECKS: gettext_lazy("Drawn by chance, whatever the machine said: decide as if you were the first."),
}


def changed(data: QueryDict, **changes: str | None) -> str:
    params = data.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = value
    return f"{reverse('studio:moderation')}?{params.urlencode()}"


def is_queue(wanted: QueueFilters) -> bool:
    """Whether what the machine held is listed."""
    return wanted.desk is None and wanted.state is VoiceState.HELD


def tabs(data: QueryDict, wanted: QueueFilters, waits: Desks) -> list[dict[str, Any]]:
    """What waits, desk by desk (empty ones only when open), then the states."""
    found: list[dict[str, Any]] = [
        {
            "label": labels.VOICE_STATES[VoiceState.HELD][0],
            "url": changed(data, state=None, desk=None, cursor=None, reason=None),
            "current": is_queue(wanted),
            "count": marks.number(waits.held),
        }
    ]
    for desk, words in DESKS.items():
        count = int(getattr(waits, desk.value))
        if count or wanted.desk is desk:
            url = changed(data, desk=desk.value, state=None, cursor=None, reason=None)
            found.append({"label": words, "url": url, "current": wanted.desk is desk, "count": marks.number(count)})
    if waits.bursts:
        url = reverse("studio:groups")
        found.append({"label": _("Groups"), "url": url, "current": False, "count": marks.number(waits.bursts)})
    for state, (words, _kind) in labels.VOICE_STATES.items():
        if state is not VoiceState.HELD:
            url = changed(data, state=state.value, desk=None, cursor=None, reason=None)
            current = wanted.desk is None and wanted.state is state
            found.append({"label": words, "url": url, "current": current, "count": None})
    url = changed(data, state="", desk=None, cursor=None, reason=None)
    current = wanted.desk is None and wanted.state is None
    found.append({"label": pgettext("voices", "All"), "url": url, "current": current, "count": None})
    return found


def reason_chips(data: QueryDict, wanted: QueueFilters, by_reason: Mapping[str, int]) -> list[dict[str, Any]]:
    known = sorted(by_reason.items(), key=lambda pair: -pair[1])
    return [
        {
            "label": labels.REASONS.get(Reason(key), key) if key in set(Reason) else key,
            "count": marks.number(count),
            "url": changed(data, reason=None if wanted.reason == key else key, cursor=None),
            "current": wanted.reason == key,
        }
        for key, count in known
    ]


def filter_values(data: QueryDict, wanted: QueueFilters) -> dict[str, Any]:
    any_ = [("", pgettext("filter", "Any"))]
    return {
        "q": wanted.text,
        "kind": wanted.kind or "",
        "stars": wanted.stars or "",
        "language": wanted.language or "",
        "photo": "yes" if wanted.with_photo else "",
        "order": data.get("order", "value"),
        "kinds": [*any_, *((kind.value, words) for kind, words in labels.VOICE_KINDS.items())],
        "all_stars": [*any_, *((str(n), "★" * n) for n in range(1, 6))],
        "languages": [*any_, ("fr", "Français"), ("en", "English")],
        "photos": [*any_, ("yes", _("With a photo"))],
        "orders": [("value", _("Worth of a look first")), ("old", _("Oldest first")), ("new", _("Newest first"))],
        "narrowed": any(data.get(name) for name in ("kind", "stars", "language", "photo", "order")),
        "active": any(data.get(name) for name in ("q", "kind", "stars", "language", "photo", "reason", "product")),
    }
