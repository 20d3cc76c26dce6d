"""Advisory locks of PostgreSQL: who holds one until the end of the transaction works alone on something.

All fixed numbers are here, so that two uses never share one by accident.
"""

import hashlib
from collections.abc import Iterable
from enum import IntEnum, unique

from parvis.core import prepared


@unique
class Lock(IntEnum):
    """What one at a time may do."""

    MIGRATIONS = 7271
    EVIDENCE = 7272
    QUESTIONS = 7273
    INDEX_TABLES = 7274
    BURSTS = 7275
    DEMO = 7_340_231
    EVENT_LOG = 0x0E7E_1709


def of(name: str) -> int:
    """The number for one thing of many ("review 12 34"): 64 bits of its hash."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def hold(number: int) -> None:
    """Wait for the lock and keep it until the end of the transaction."""
    prepared.answer("SELECT pg_advisory_xact_lock(%s::bigint)", [int(number)])


def hold_each(numbers: Iterable[int]) -> None:
    """Wait for several locks, in one statement and always in the same order, and keep them until the end of the
    transaction."""
    sql = "SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number"
    prepared.answer(sql, [sorted(numbers)])


def try_hold(number: int) -> bool:
    """Take the lock until the end of the transaction, unless somebody holds it."""
    return bool(prepared.answer("SELECT pg_try_advisory_xact_lock(%s::bigint)", [int(number)]).rows[0][0])
