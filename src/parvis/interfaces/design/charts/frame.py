"""What charts share: the frame, the axes, the table twin."""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from itertools import pairwise
from math import floor, isfinite, log10

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from parvis.interfaces.design import marks

Write = Callable[[float], str]
"""Writes a value of the axis for people: ``marks.number``, ``marks.percent``, or one's own."""

WIDE, HIGH = 1000.0, 300.0
"""The drawing's own units; the browser stretches them to the room there is."""


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round values that hold ``low`` to ``high``, about ``wanted`` steps of 1, 2 or 5 times a power of 10."""
    if not (isfinite(low) and isfinite(high)) or high <= low:
        low, high = min(0.0, low if isfinite(low) else 0.0), max(1.0, high if isfinite(high) else 1.0)
    rough = (high - low) / wanted
    power = 10.0 ** floor(log10(rough))
    step = power * next(size for size in (1, 2, 5, 10) if rough <= size * power * (1 + 1e-9))
    first = floor(low / step + 1e-9)
    out = [first * step]
    while out[-1] < high - step * 1e-9:
        out.append((first + len(out)) * step)
    return [round(value, 12) for value in out]


def place(value: float, low: float, high: float, room: float) -> float:
    """Where ``value`` of low..high falls in 0..room, kept inside."""
    share = (value - low) / (high - low) if high > low else 0.0
    return max(0.0, min(1.0, share)) * room


def n(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".rstrip("0").rstrip(".") or "0"


def name_of(*parts: object) -> str:
    """An identifier for a chart, the same for the same content."""
    return "c" + blake2b(repr(parts).encode(), digest_size=5).hexdigest()


def table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> str:
    """The figures of a chart as a table, closed until it is asked for."""
    cells = "".join(
        f'<th scope="col" class="{"number" if i else "first"}">{escape(words)}</th>' for i, words in enumerate(head)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f'<td class="number">{escape(cell)}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    words = gettext("The figures")
    return (
        f'<details class="chart__table"><summary>{escape(words)}</summary><div class="table-scroll">'
        f'<table class="table"><caption class="visually-hidden">{escape(caption)}</caption>'
        f"<thead><tr>{cells}</tr></thead>"
        f"<tbody>{body}</tbody></table></div></details>"
    )


def legend(names: Sequence[str]) -> str:
    """One coloured square a series, when there are several."""
    if len(names) < 2:
        return ""
    items = "".join(
        f'<li><svg viewBox="0 0 10 10" aria-hidden="true"><path class="mark-{i % 5 + 1}" d="M0 0h10v10H0z"/></svg> '
        f"{escape(name)}</li>"
        for i, name in enumerate(names)
    )
    return f'<ul class="legend">{items}</ul>'


def plot(*, key: str, title: str, words: str, body: str, y: Sequence[str], x: Sequence[str]) -> str:
    """A drawing between its axes. ``y`` from the bottom up, ``x`` from the left, both evenly spread."""
    up = "".join(f"<span>{escape(label)}</span>" for label in reversed(y))
    along = "".join(f"<span>{escape(label)}</span>" for label in x)
    grid = "".join(
        f'<path class="{"axis-line" if i == 0 else "grid-line"}" d="M0 {n(HIGH - HIGH * i / (len(y) - 1))}H{n(WIDE)}"/>'
        for i in range(len(y))
    )
    return (
        f'<div class="plot"><div class="plot__y" aria-hidden="true">{up}</div>'
        f'<svg class="plot__area" viewBox="0 0 {n(WIDE)} {n(HIGH)}" preserveAspectRatio="none" role="img" '
        f'aria-labelledby="{key}t {key}d"><title id="{key}t">{escape(title)}</title>'
        f'<desc id="{key}d">{escape(words)}</desc>{grid}{body}</svg>'
        f'<div class="plot__x" aria-hidden="true">{along}</div></div>'
    )


def figure(title: str, inside: str, *, note: str = "") -> SafeString:
    """The whole chart as a figure with its caption."""
    below = f'<p class="small muted">{escape(note)}</p>' if note else ""
    return mark_safe(f'<figure class="chart"><figcaption>{escape(title)}</figcaption>{inside}{below}</figure>')  # noqa: S308 - every part is escaped or a number of ours


def between(low: float | None, high: float | None, write: Write) -> str:
    """An interval in words."""
    if low is None or high is None:
        return "—"
    return gettext("%(low)s to %(high)s") % {"low": write(low), "high": write(high)}


def default_write(value: float) -> str:
    """Whole numbers as they are, others with two significant decimals."""
    return marks.number(value, 0 if float(value).is_integer() or abs(value) >= 100 else 2)


def runs(points: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """Stretches without a missing value."""
    out: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            out.append([])
        else:
            out[-1].append((x, y))
    return [stretch for stretch in out if stretch]


def evenly(count: int, wanted: int) -> list[int]:
    """Indexes of at most ``wanted`` of ``count`` items, first and last among them, evenly spread."""
    if count <= wanted:
        return list(range(count))
    chosen = [round(i * (count - 1) / (wanted - 1)) for i in range(wanted)]
    return [a for a, b in pairwise([*chosen, -1]) if a != b]
