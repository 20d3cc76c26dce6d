"""Charts of the studio, drawn by the design system from what the domains tell."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parvis.core.days import day_of
from parvis.core.money import Money
from parvis.domains.catalog.contracts import PricePoint
from parvis.interfaces.design import charts, marks

DAYS = 90


def price_chart(history: Sequence[PricePoint], *, at: datetime) -> SafeString | None:
    """The price in force at the end of each of the last 90 days; None before there was a second price.

    ``history`` is newest first, as the catalogue gives it.
    """
    if len(history) < 2:
        return None
    currency = history[0].amount.currency
    today = day_of(at)
    days = []
    for back in range(DAYS, -1, -1):
        day = today - timedelta(days=back)
        point = next((row for row in history if day_of(row.from_at) <= day), None)
        value = None if point is None else float(point.amount.amount_minor)
        days.append(charts.Day(day=day, value=value))
    if all(day.value is None for day in days):
        return None
    return charts.interval_line(
        [charts.Series(name=_("Price"), days=days)],
        title=_("Price over the last 90 days"),
        write=lambda minor: marks.money(Money(round(minor), currency)),
        from_zero=False,
    )
