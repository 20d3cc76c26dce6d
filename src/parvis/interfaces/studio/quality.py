"""How often the machine and people are right, per language, each figure with its interval; what the machine may decide
alone; whether praise and complaint wait alike; and the record for a regulator."""

import tempfile
from datetime import UTC, datetime, timedelta
from math import isfinite, isnan
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from parvis.core.clock import now
from parvis.core.days import day_of, start_of
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import queries
from parvis.domains.voices.contracts import Calibrated, Delay, Rated, Seen
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame, labels
from parvis.interfaces.studio.learning import words
from parvis.interfaces.studio.readings import language_name

DAYS = 90


@require_GET
@requires(Permission.VOICES_VIEW)
def quality(request: HttpRequest) -> HttpResponse:
    """GET: the figures of the last 90 days."""
    at, policy = now(), queries.policy()
    waits = queries.delays(at=at, days=DAYS)
    found = queries.calibrated(alpha=policy.tolerated_error, at=at)
    limits = tuple(row for row in found if row.language in policy.languages)  # others wait for a person anyway
    second = queries.looks(at=at, days=DAYS)
    context = {
        "heading": _("Quality of decisions"),
        "days": DAYS,
        "tolerated": marks.percent(policy.tolerated_error, 1),
        "sampled": marks.percent(policy.sampled_share, 1),
        "alone": queries.decided_alone(at=at, days=DAYS),
        "rated": [_rated(row, policy.tolerated_error) for row in queries.rated(at=at, days=DAYS)],
        "seen": [_seen(row) for row in queries.seen(at=at, days=DAYS)],
        "looks": second,
        "limits": [_limit(row) for row in limits],
        "apply": _apply_address(limits),
        "delays": [
            (_("All voices"), _delay(waits.all)),
            (_("4 and 5 stars"), _delay(waits.favourable)),
            (_("1 and 2 stars"), _delay(waits.unfavourable)),
        ],
        "alike": waits.alike,
        "p_value": "" if isnan(waits.p_value) else marks.number(waits.p_value, 3),
        "measured": words.measured(),
        "taught": queries.is_taught(),
        "since": day_of(at - timedelta(days=365)).isoformat(),
        "until": day_of(at).isoformat(),
    }
    return frame.page(request, "studio/quality.html", context, room="moderation")


def _rated(row: Rated, tolerated: float) -> dict[str, Any]:
    verdict = ("", _("nobody has checked yet"))
    if row.checked:
        verdict = ("positive", _("within the rate")) if row.high <= tolerated else ("", _("cannot be told yet"))
        verdict = ("negative", _("above the rate")) if row.low > tolerated else verdict
    return {
        "language": language_name(row.language),
        "outcome": labels.OUTCOMES[row.outcome][0],
        "decided": row.decided,
        "checked": row.checked,
        "wrong": row.wrong,
        "error": _range(row.error, row.low, row.high),
        "verdict": verdict,
    }


def _range(value: float, low: float, high: float) -> str:
    if isnan(value):
        return "—"
    limits = f"{marks.percent(low, 1)} – {marks.percent(high, 1)}"
    return f"{marks.percent(value, 1)} ({limits})"


def _seen(row: Seen) -> dict[str, Any]:
    total = row.published + row.refused
    return {
        "reason": labels.REASONS[row.reason],
        "total": total,
        "published": _range(row.published / total if total else float("nan"), row.low, row.high),
    }


def _limit(row: Calibrated) -> dict[str, Any]:
    return {
        "language": language_name(row.language),
        "hold": marks.number(row.hold, 3) if row.hold is not None else "",
        "refuse": marks.number(row.refuse, 3) if row.refuse is not None else "",
        "alone": marks.percent(row.alone, 1),
        "checked": row.checked,
        "wrong": row.wrong,
        "high": marks.percent(row.high, 2) if row.checked else "—",
        "lacking": row.lacking,
    }


def _apply_address(limits: tuple[Calibrated, ...]) -> str:
    """The editor of the rules with these limits filled in; "" when there is none to take over."""
    found = [
        ("limits", f"{row.language}:{row.hold:.9g}:{1.0 if row.refuse is None else max(row.refuse, row.hold):.9g}")
        for row in limits
        if row.hold is not None
    ]
    return f"{reverse('studio:policy')}?{urlencode(found)}" if found else ""


def _delay(row: Delay) -> dict[str, Any]:
    return {
        "count": row.count,
        "waiting": row.waiting,
        "median": hours(row.median),
        "limits": f"{hours(row.median_low)} – {hours(row.median_high)}" if row.count else "",
        "p95": hours(row.p95),
    }


def hours(seconds: float) -> str:
    """A time with its unit; a dash where it cannot be said."""
    if not isfinite(seconds):
        return "—"
    for size, unit in ((86_400, _("d")), (3_600, _("h")), (60, _("min"))):
        if seconds >= 2 * size:
            return f"{marks.number(seconds / size, 1)} {unit}"
    return f"{marks.number(seconds, 0)} s"


@require_GET
@requires(Permission.SETTINGS_EDIT)
def record(request: HttpRequest) -> HttpResponseBase:
    """GET ?since=&until= (days, both inclusive): the ZIP for a regulator."""
    first, last = (_day(request.GET.get(name, "")) for name in ("since", "until"))
    if first is None or last is None or last < first:
        return frame.failed(request, _("Choose the first and the last day."), reverse("studio:quality"))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    since, until = start_of(first), start_of(last + timedelta(days=1))
    counts = queries.write_record(file, since=since, until=until)
    people.note(
        actor_id=frame.staff_of(request).account_id,
        verb="moderation.record",
        subject_kind="record",
        subject_id=f"{first}..{last}",
        detail={"decisions": counts["decisions"]},
        at=now(),
    )
    file.seek(0)
    name = f"decisions-{first}-{last}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _day(said: str) -> Any:
    try:
        return datetime.strptime(said, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
