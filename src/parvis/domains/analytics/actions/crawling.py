"""Counts of what programs read."""

from datetime import datetime, timedelta

from django.db import connection

from parvis.core.days import day_of

KEPT_DAYS = 400
_FAILED = 400
_SQL = """
INSERT INTO analytics_crawl AS held (day, bot, path, hits, failed, last_at) VALUES (%s, %s, %s, 1, %s, %s)
ON CONFLICT (day, bot, path) DO UPDATE SET hits = held.hits + 1, failed = held.failed + excluded.failed,
    last_at = greatest(held.last_at, excluded.last_at)
"""


def count_crawl(*, bot: str, path: str, status: int, at: datetime) -> None:
    """One page that a program was given. One statement; no address of anybody is kept."""
    day = day_of(at)
    known = path[:300] if status != 404 else "404"  # addresses that a program invents would fill the table
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [day, bot, known, int(status >= _FAILED), at])


def forget_crawls(*, at: datetime) -> int:
    """Delete counts older than KEPT_DAYS; says how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM analytics_crawl WHERE day < %s", [(at - timedelta(days=KEPT_DAYS)).date()])
        return int(cursor.rowcount)
