"""Figures written for people: each in its unit, with its interval, its definition and what changed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.core.money import Money
from parvis.domains.analytics.contracts import Change, Figure, Metric, Unit, Verdict
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame
from parvis.science.intervals import wilson

Write = Callable[[float], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A figure ready for `<c-figure>`; ``better`` None: the change cannot be told from chance, or is neither."""

    key: str
    name: str
    value: str
    low: str
    high: str
    definition: str
    change: str
    better: bool | None


def proportion(name: str, part: int, whole: int, definition: str) -> dict[str, str]:
    """A share with its Wilson interval, for figures that belong to one page; a dash when there is nothing to share."""
    shown = {"name": name, "definition": definition, "value": ""}
    if whole:
        interval = wilson(part, whole)
        low, high = float(interval.low), float(interval.high)
        shown |= {"value": share(part / whole), "low": share(low), "high": share(high)}
    return shown


def writer(unit: Unit) -> Write:
    """How values of a unit are written."""
    writers: dict[str, Write] = {
        Unit.SHARE: share,
        Unit.POINTS: points,
        Unit.MONEY: money,
        Unit.SECONDS: duration,
        Unit.PER_VISIT: share,
        Unit.PER_ORDER: ratio,
    }
    return writers.get(unit, whole)


def whole(value: float) -> str:
    """A count."""
    return marks.number(round(value))


def share(value: float) -> str:
    """A share 0..1 (or so many for each) as a percentage; small ones with the digits that tell them apart."""
    return marks.percent(value, 2 if 0 < abs(value) < 0.01 else 1)


def ratio(value: float) -> str:
    """So many for each."""
    return marks.number(value, 2)


def points(value: float) -> str:
    """A difference of shares, in percentage points."""
    return _("%(points)s pt") % {"points": _signed(value * 100, 2 if abs(value) < 0.01 else 1)}


def money(value: float) -> str:
    """Minor units of the shop's currency."""
    return marks.money(Money(round(value), settings.CURRENCY))


def duration(seconds: float) -> str:
    """A length of time in its largest fitting unit."""
    for size, words in ((86400, _("%(n)s d")), (3600, _("%(n)s h")), (60, _("%(n)s min"))):
        if seconds >= size:
            return words % {"n": marks.number(seconds / size, 1)}
    return _("%(n)s s") % {"n": marks.number(seconds, 1 if seconds < 10 else 0)}


def _signed(value: float, digits: int) -> str:
    text = marks.number(abs(value), digits)
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text


def show(metric: Metric, figure: Figure, change: Change | None = None) -> Shown:
    """A figure with its words. Without a value it is a dash: nobody can say."""
    write = writer(metric.unit)
    return Shown(
        key=metric.key,
        name=metric.name.in_(frame.locale()),
        value="" if figure.value is None else write(figure.value),
        low="" if figure.low is None else write(figure.low),
        high="" if figure.high is None else write(figure.high),
        definition=definition(metric),
        change=difference(metric, change) if change is not None else "",
        better=better(metric, change) if change is not None else None,
    )


def definition(metric: Metric) -> str:
    """The definition with its denominator: what stands behind every figure."""
    locale = frame.locale()
    parts = [metric.definition.in_(locale)]
    for label, words in (
        (_("Counted:"), metric.numerator.in_(locale)),
        (_("Over:"), metric.denominator.in_(locale)),
        (_("Left out:"), metric.exclusions.in_(locale)),
        (_("Interval:"), metric.interval.in_(locale)),
    ):
        if words:
            parts.append(f"{label} {words}")
    return " ".join(part if part.endswith((".", "!", "?", "…")) else f"{part}." for part in parts)


def difference(metric: Metric, change: Change) -> str:
    """What changed, signed, in the unit of the metric; the empty string when it is not known."""
    if change.difference is None:
        return ""
    return signed(metric, change.difference)


def signed(metric: Metric, value: float) -> str:
    """A difference of a metric: shares in points, the rest in their own unit with a sign."""
    if metric.unit in {Unit.SHARE, Unit.PER_VISIT, Unit.POINTS}:
        return points(value)
    text = writer(metric.unit)(abs(value))
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text


def better(metric: Metric, change: Change) -> bool | None:
    """Whether a change is what the brand hopes for; None when it is unclear or neither."""
    if change.verdict is Verdict.UNCLEAR or not metric.better:
        return None
    return change.verdict.value == metric.better


def change_row(metric: Metric, change: Change) -> dict[str, Any]:
    """A line of "what changed"."""
    write = writer(metric.unit)
    known = change.low is not None and change.high is not None
    return {
        "name": metric.name.in_(frame.locale()),
        "definition": definition(metric),
        "before": "—" if change.before.value is None else write(change.before.value),
        "now": "—" if change.now.value is None else write(change.now.value),
        "difference": difference(metric, change) or "—",
        "interval": _("from %(low)s to %(high)s")
        % {"low": signed(metric, change.low or 0), "high": signed(metric, change.high or 0)}
        if known
        else "",
        "words": change.words.in_(frame.locale()),
        "verdict": change.verdict.value,
        "better": better(metric, change),
    }


def visits(count: int) -> str:
    """So many visits."""
    return ngettext("%(n)s visit", "%(n)s visits", count) % {"n": marks.number(count)}
