"""A line the size of a word."""

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from parvis.interfaces.design.charts.frame import n, runs


def sparkline(values: Sequence[float | None], *, label: str) -> SafeString:
    """The run of ``values``, its last one marked; ``label`` says what it shows. Nothing for fewer than two values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return SafeString("")
    low, high = min(known), max(known)
    room = (high - low) or 1
    spots = [
        (96 * i / (len(values) - 1) + 2, None if value is None else 21 - 18 * (value - low) / room)
        for i, value in enumerate(values)
    ]
    path = "".join("M" + "L".join(f"{n(x)} {n(y)}" for x, y in stretch) for stretch in runs(spots))
    last = runs(spots)[-1][-1]
    return mark_safe(  # noqa: S308 - every part is escaped or a number of ours
        f'<svg class="sparkline" viewBox="0 0 100 24" role="img" aria-label="{escape(label)}"><path d="{path}"/>'
        f'<circle cx="{n(last[0])}" cy="{n(last[1])}" r="2"/></svg>'
    )
