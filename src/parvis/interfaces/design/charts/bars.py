"""Bars: steps of a funnel with their intervals, and histograms."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from parvis.interfaces.design.charts.frame import (
    HIGH,
    WIDE,
    Write,
    between,
    default_write,
    figure,
    n,
    name_of,
    place,
    plot,
    table,
    ticks,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A bar: its value with its interval (None for a plain count); ``note`` is said beside it."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """A bar of a histogram: counts of values in low..high (high not included)."""

    low: float
    high: float
    count: int


def _bar(row: Row, top: float) -> str:
    end = place(row.value, 0, top, WIDE)
    interval = ""
    if row.low is not None and row.high is not None:
        left, right = place(row.low, 0, top, WIDE), place(row.high, 0, top, WIDE)
        interval = (
            f'<path class="interval" vector-effect="non-scaling-stroke" '
            f'd="M{n(left)} 20H{n(right)}M{n(left)} 12V28M{n(right)} 12V28"/>'
        )
    return (
        f'<svg viewBox="0 0 {n(WIDE)} 40" preserveAspectRatio="none" aria-hidden="true">'
        f'<path class="grid-line" d="M0 39.5H{n(WIDE)}"/>'
        f'<rect class="mark-1 soft" y="6" width="{n(end)}" height="28"/>'
        f'<rect class="mark-1" x="{n(max(0, end - 4))}" y="6" width="4" height="28"/>{interval}</svg>'
    )


def interval_bars(
    rows: Sequence[Row], *, title: str, write: Write = default_write, top: float | None = None, note: str = ""
) -> SafeString:
    """Horizontal bars from zero to ``top`` (default: the highest end of an interval), each interval drawn and written.

    The rows are a list that reads well without its drawing: label, value, interval, note.
    """
    reach = top or max([row.high if row.high is not None else row.value for row in rows], default=1.0) or 1.0
    items = "".join(
        f'<li><span class="bars__label">{escape(row.label)}</span>{_bar(row, reach)}'
        f'<span class="bars__value"><b>{escape(write(row.value))}</b>'
        + (f' <span class="muted">({escape(between(row.low, row.high, write))})</span>' if row.low is not None else "")
        + (f'<span class="muted bars__note">{escape(row.note)}</span>' if row.note else "")
        + "</span></li>"
        for row in rows
    )
    twin = table(
        [gettext("Step"), gettext("Value"), gettext("Interval"), gettext("Note")],
        [[row.label, write(row.value), between(row.low, row.high, write), row.note] for row in rows],
        title,
    )
    return figure(title, f'<ol class="bars">{items}</ol>{twin}', note=note)


def histogram(bins: Sequence[Bin], *, title: str, write: Write = default_write, note: str = "") -> SafeString:
    """Counts of adjoining bins of equal width."""
    steps = ticks(0, max((item.count for item in bins), default=1) or 1)
    top = steps[-1]
    wide = WIDE / max(1, len(bins))
    body = ""
    for i, item in enumerate(bins):
        tall = place(item.count, 0, top, HIGH)
        body += (
            f'<rect class="mark-1" x="{n(i * wide + wide * 0.06)}" y="{n(HIGH - tall)}" width="{n(wide * 0.88)}" '
            f'height="{n(tall)}"><title>{escape(between(item.low, item.high, write))}: {item.count}</title></rect>'
        )
    edges = [write(bins[0].low), write(bins[-1].high)] if bins else []
    if len(bins) > 3:
        edges.insert(1, write(bins[len(bins) // 2].low))
    total = sum(item.count for item in bins)
    words = gettext("Histogram of %(count)s values in %(bins)s bins.") % {"count": total, "bins": len(bins)}
    drawing = plot(
        key=name_of(title, bins),
        title=title,
        words=words,
        body=body,
        y=[default_write(step) for step in steps],
        x=edges,
    )
    twin = table(
        [gettext("From and to"), gettext("Count")],
        [[between(item.low, item.high, write), default_write(item.count)] for item in bins],
        title,
    )
    return figure(title, drawing + twin, note=note)
