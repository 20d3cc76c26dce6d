"""Events written to the log, and the overview of some days."""

from datetime import UTC, date, datetime
from typing import Any

from parvis.domains.analytics import actions, queries
from parvis.domains.analytics.contracts import Event
from parvis.domains.analytics.testing import NOON

SINCE, UNTIL = date(2026, 11, 14), date(2026, 11, 21)
BEFORE = date(2026, 11, 7)
LATER = datetime(2026, 12, 1, tzinfo=UTC)


def record(*events: Event) -> None:
    actions.record(events, at=NOON)
    actions.compact(at=NOON)


def ask(since: date = SINCE, until: date = UNTIL) -> Any:
    return queries.overview(since=since, until=until, compare_since=BEFORE, compare_until=SINCE)
