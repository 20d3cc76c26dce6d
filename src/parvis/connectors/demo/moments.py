"""The days of the demo."""

from datetime import date, datetime, timedelta

from parvis.core.days import day_of

SIMULATED = "simulated"


def last_days(count: int, *, until: datetime) -> list[date]:
    """The last whole days before ``until``, in order; the day of ``until`` itself is not over and left out."""
    today = day_of(until)
    return [today - timedelta(days=back) for back in range(count, 0, -1)]
