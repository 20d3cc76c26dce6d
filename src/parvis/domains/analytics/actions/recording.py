"""Events into PostgreSQL: exactly once by id, one statement a thousand, durable with its commit."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from parvis.domains.analytics.contracts import Event

CHUNK = 2000
# The claim of an id and the row it lets in are one statement: a beacon sent twice, at once or an hour later, by any
# number of processes, waits for the first claim's commit and then adds nothing. Ids are claimed in order, so that two
# batches that share ids cannot wait for each other in a circle.
_SQL = """
WITH input AS (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS x(
        event_id uuid, kind text, at timestamptz, visit text, visitor text, product_id bigint, product_ids bigint[],
        voice_ids bigint[], surface text, path text, referrer text, locale text, device text, value_minor bigint,
        order_id bigint, answered boolean, bot boolean, bot_sign text, provenance text)
), fresh AS (
    INSERT INTO analytics_seen (event_id, seen_at)
    SELECT event_id, %(at)s FROM input ORDER BY event_id
    ON CONFLICT DO NOTHING RETURNING event_id
)
INSERT INTO analytics_event (
    event_id, kind, at, received_at, visit, visitor, product_id, product_ids, voice_ids, surface, path, referrer,
    locale, device, value_minor, order_id, answered, bot, bot_sign, provenance)
SELECT event_id, kind, at, %(at)s, coalesce(visit, ''), visitor, product_id, product_ids, voice_ids,
    coalesce(surface, ''), coalesce(path, ''), coalesce(referrer, ''), coalesce(locale, ''), coalesce(device, ''),
    value_minor, order_id, answered, coalesce(bot, false), coalesce(bot_sign, ''), coalesce(provenance, '')
FROM input JOIN fresh USING (event_id)
"""


def record(events: Iterable[Event], *, at: datetime) -> int:
    """Take events in; returns how many were new. ``at`` is when they were received.

    An id seen in the last 48 hours is left alone. Inside a transaction the events stand or fall with it.
    """
    fresh: dict[str, dict[str, Any]] = {}
    done = 0
    for event in events:
        fresh.setdefault(str(event.id), as_row(event))
        if len(fresh) == CHUNK:
            done += insert(list(fresh.values()), at=at)
            fresh = {}
    return done + insert(list(fresh.values()), at=at)


def insert(rows: Sequence[dict[str, Any]], *, at: datetime) -> int:
    """Insert rows as :func:`as_row` makes them, ids unique within the call. One statement, one commit."""
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"rows": json.dumps(rows), "at": at})
        return int(cursor.rowcount)


# Text columns and the most they hold; longer values are cut, since an event is worth more than the end of its path.
TEXTS = {
    "visit": 32,
    "visitor": 40,
    "surface": 40,
    "path": 300,
    "referrer": 120,
    "locale": 5,
    "device": 10,
    "bot_sign": 10,
    "provenance": 20,
}
_NUMBERS = ("product_id", "value_minor", "order_id", "answered")


def as_row(event: Event) -> dict[str, Any]:
    """The event as JSON-ready values, fit for the table; what is empty is left out."""
    row: dict[str, Any] = {"event_id": str(event.id), "kind": str(event.kind), "at": event.at.isoformat()}
    for name, limit in TEXTS.items():
        value = getattr(event, name)
        if value:
            row[name] = value.replace("\0", "")[:limit]
    for name in _NUMBERS:
        value = getattr(event, name)
        if value is not None:
            row[name] = value
    for name in ("product_ids", "voice_ids"):
        value = getattr(event, name)
        if value:
            row[name] = list(value)
    if event.bot:
        row["bot"] = True
    return row
