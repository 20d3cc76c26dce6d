"""Charts along days: a line inside its interval, and bars stacked by kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from parvis.interfaces.design.charts.frame import (
    HIGH,
    WIDE,
    Write,
    between,
    default_write,
    evenly,
    figure,
    legend,
    n,
    name_of,
    place,
    plot,
    runs,
    table,
    ticks,
)
from parvis.interfaces.design.marks import short_day


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A value on a day with its interval; all None on a day that was not measured (the line is then broken)."""

    day: date
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A named line of days, or for stacked bars a named count for each day."""

    name: str
    days: Sequence[Day]


def _full(day: date) -> str:
    return str(date_format(day, "SHORT_DATE_FORMAT"))


def _spots(series: Series, order: dict[date, int]) -> list[float]:
    last = max(1, len(order) - 1)
    return [WIDE * order[item.day] / last if len(order) > 1 else WIDE / 2 for item in series.days]


def _line(series: Series, number: int, order: dict[date, int], low: float, high: float) -> str:
    spots = _spots(series, order)

    def up(value: float) -> float:
        return HIGH - place(value, low, high, HIGH)

    out = ""
    lows = runs([(x, item.low if item.high is not None else None) for x, item in zip(spots, series.days, strict=True)])
    highs = runs([(x, item.high if item.low is not None else None) for x, item in zip(spots, series.days, strict=True)])
    for under, over in zip(lows, highs, strict=True):
        if len(under) == 1:
            stem = f"M{n(under[0][0])} {n(up(under[0][1]))}V{n(up(over[0][1]))}"
            out += f'<path class="interval" vector-effect="non-scaling-stroke" d="{stem}"/>'
            continue
        around = [*over, *reversed(under)]
        out += f'<path class="band-{number}" d="M{"L".join(f"{n(x)} {n(up(y))}" for x, y in around)}Z"/>'
    for stretch in runs([(x, item.value) for x, item in zip(spots, series.days, strict=True)]):
        points = [f"{n(x)} {n(up(y))}" for x, y in stretch]
        # A lone day is a dot: a round line end of no length.
        path = f"M{'L'.join(points)}" if len(points) > 1 else f"M{points[0]}h.01"
        out += f'<path class="line-{number}" vector-effect="non-scaling-stroke" d="{path}"/>'
    return out


def interval_line(
    series: Sequence[Series], *, title: str, write: Write = default_write, from_zero: bool = True, note: str = ""
) -> SafeString:
    """Up to three lines along the same days, each inside its band if it has one. A day without a value breaks it."""
    days = sorted({item.day for line in series for item in line.days})
    order = {day: i for i, day in enumerate(days)}
    values = [v for line in series for item in line.days for v in (item.value, item.low, item.high) if v is not None]
    steps = ticks(min([0.0, *values] if from_zero else values, default=0.0), max(values, default=1.0))
    body = "".join(_line(line, i % 3 + 1, order, steps[0], steps[-1]) for i, line in enumerate(series))
    words = ""
    banded = any(item.low is not None for line in series for item in line.days)
    if days and values:
        told = (
            gettext("From %(first)s to %(last)s, values from %(low)s to %(high)s, with 95%% intervals.")
            if banded
            else gettext("From %(first)s to %(last)s, values from %(low)s to %(high)s.")
        )
        words = told % {
            "first": _full(days[0]),
            "last": _full(days[-1]),
            "low": write(min(values)),
            "high": write(max(values)),
        }
    drawing = plot(
        key=name_of(title, series),
        title=title,
        words=words,
        body=body,
        y=[write(step) for step in steps],
        x=[short_day(days[i]) for i in evenly(len(days), 4)],
    )
    rows = [
        [
            f"{line.name}, {_full(item.day)}" if len(series) > 1 else _full(item.day),
            "—" if item.value is None else write(item.value),
            *([between(item.low, item.high, write)] if banded else []),
        ]
        for line in series
        for item in line.days
    ]
    twin = table([gettext("Day"), gettext("Value"), *([gettext("Interval")] if banded else [])], rows, title)
    return figure(title, drawing + legend([line.name for line in series]) + twin, note=note)


def stacked_days(series: Sequence[Series], *, title: str, write: Write = default_write, note: str = "") -> SafeString:
    """Counts by day and kind, stacked; five kinds at most are told apart."""
    days = sorted({item.day for kind in series for item in kind.days})
    counts = [{item.day: item.value or 0 for item in kind.days} for kind in series]
    totals = {day: sum(kind.get(day, 0) for kind in counts) for day in days}
    steps = ticks(0, max(totals.values(), default=1) or 1)
    wide = WIDE / max(1, len(days))
    body = ""
    for i, day in enumerate(days):
        height = HIGH
        for number, kind in enumerate(counts):
            tall = place(kind.get(day, 0), 0, steps[-1], HIGH)
            if not tall:
                continue
            height -= tall
            words = f"{short_day(day)}, {series[number].name}: {write(kind[day])}"
            body += (
                f'<rect class="mark-{number % 5 + 1}" x="{n(i * wide + wide * 0.1)}" y="{n(height)}" '
                f'width="{n(wide * 0.8)}" '
                f'height="{n(tall)}">'
                f"<title>{escape(words)}</title></rect>"
            )
    said = gettext("%(total)s in all over %(days)s days.") % {"total": write(sum(totals.values())), "days": len(days)}
    drawing = plot(
        key=name_of(title, series),
        title=title,
        words=said,
        body=body,
        y=[write(step) for step in steps],
        x=[short_day(days[i]) for i in evenly(len(days), 4)],
    )
    rows = [[_full(day), *(write(kind.get(day, 0)) for kind in counts)] for day in days]
    twin = table([gettext("Day"), *(kind.name for kind in series)], rows, title)
    return figure(title, drawing + legend([kind.name for kind in series]) + twin, note=note)
