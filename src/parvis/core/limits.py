"""Rate limits shared by all processes: a leaky bucket a caller, one statement a check."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from parvis.core import prepared
from parvis.core.errors import ParvisError


class TooMany(ParvisError):
    """``retry_after`` in seconds."""

    code = "too_many_requests"
    status = 429
    template = "Too many requests: try again in %(retry_after)d seconds."


@dataclass(frozen=True)
class Allowance:
    """``burst`` requests at once, refilled at ``per_minute``."""

    name: str
    burst: int
    per_minute: float


_DRAINED = (
    "greatest(0, bucket.level - greatest(0, extract(epoch FROM %(at)s::timestamptz - bucket.updated_at)) * %(rate)s)"
)
_SQL = f"""
INSERT INTO core_ratebucket AS bucket (key, level, updated_at) VALUES (%(key)s, 1, %(at)s)
ON CONFLICT (key) DO UPDATE SET level = {_DRAINED} + 1, updated_at = greatest(bucket.updated_at, excluded.updated_at)
WHERE {_DRAINED} + 1 <= %(burst)s
RETURNING level
"""  # noqa: S608 - constants only


def spend(allowance: Allowance, *, caller: str, at: datetime) -> None:
    """Take one from the caller's allowance, or raise :class:`TooMany`."""
    params: dict[str, Any] = {
        "key": f"{allowance.name}:{caller}"[:200],
        "at": at,
        "burst": allowance.burst,
        "rate": allowance.per_minute / 60,
    }
    if not prepared.answer(_SQL, params).rows:
        raise TooMany(retry_after=max(1, round(60 / allowance.per_minute)))


def forget(*, before: datetime) -> int:
    """Delete buckets unused since ``before``."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_ratebucket WHERE updated_at < %s", [before])
        return int(cursor.rowcount)
