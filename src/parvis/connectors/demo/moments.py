"""Local days of the shop as moments in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

SIMULATED = "simulated"


def midnight(day: date) -> datetime:
    """The moment at which a day begins where the shop is."""
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def day_of(at: datetime) -> date:
    """The shop's day at a moment."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def last_days(count: int, *, until: datetime) -> list[date]:
    """The last whole days before ``until``, in order; the day of ``until`` itself is not over and left out."""
    today = day_of(until)
    return [today - timedelta(days=back) for back in range(count, 0, -1)]
