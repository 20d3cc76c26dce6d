"""How long voices waited to be public, asked of the domain that knows."""

from datetime import date

from parvis.core.days import day_of, shop_zone, start_of
from parvis.domains.voices import queries as voices


def waits(since: date, until: date) -> list[float]:
    """Seconds waited by the voices published on the days [since, until)."""
    zone = shop_zone()
    told = voices.publication_waits(since=start_of(since, zone), until=start_of(until, zone))
    return [seconds for _, seconds in told]


def waits_by_day(since: date, until: date) -> dict[date, list[float]]:
    """The same by day of publication; days without any are absent."""
    zone = shop_zone()
    found: dict[date, list[float]] = {}
    for published, seconds in voices.publication_waits(since=start_of(since, zone), until=start_of(until, zone)):
        found.setdefault(day_of(published, zone), []).append(seconds)
    return found
