"""The shop's day: from midnight to midnight in its time zone, 23 to 25 hours long.

Whatever is counted, shown or allowed by the day asks here, so that a review, an order and a right agree on it.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def shop_zone() -> ZoneInfo:
    """Where the shop is (PARVIS_TIME_ZONE)."""
    return ZoneInfo(settings.TIME_ZONE)


def day_of(at: datetime, zone: ZoneInfo | None = None) -> date:
    """The day that ``at`` (aware) falls on where the shop is, or in another ``zone``."""
    return at.astimezone(zone or shop_zone()).date()


def start_of(day: date, zone: ZoneInfo | None = None) -> datetime:
    """The first moment of ``day`` where the shop is, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone or shop_zone()).astimezone(UTC)


def days(since: date, until: date) -> list[date]:
    """Every day of [since, until)."""
    return [since + timedelta(days=number) for number in range((until - since).days)]
