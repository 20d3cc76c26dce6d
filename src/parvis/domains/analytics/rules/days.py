"""The brand's day: from midnight to midnight in its time zone, 23 to 25 hours long."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The day that ``at`` (aware) falls on where the brand is."""
    return at.astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of ``day`` where the brand is, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def days(since: date, until: date) -> list[date]:
    """Every day of [since, until)."""
    return [since + timedelta(days=number) for number in range((until - since).days)]
