"""Points in time as the protocol writes them."""

from datetime import UTC, date, datetime, time


def moment(at: datetime) -> str:
    """RFC 3339, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def day(when: date, *, end: bool = False) -> str:
    """The beginning (or the evening) of a day as a moment: the protocol knows no days."""
    return moment(datetime.combine(when, time(20 if end else 8), tzinfo=UTC))
