"""Write down what an agent asked and how it went: one statement a request, kept thirty days."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from parvis.connectors.agents.models import Call
from parvis.core import prepared

KEPT = timedelta(days=30)
_ODD = re.compile(r"[^\w.:/\-\[\]$ ]")
_FOLDED_STATUS = frozenset({401, 403, 429, 503})

_SQL = """
INSERT INTO agentlink_call AS known
    (agent_id, protocol, operation, session_key, status, error, "where", milliseconds, times, fold, at)
SELECT %(agent)s::bigint, %(protocol)s, %(operation)s, %(session)s, %(status)s::int, %(error)s, %(where)s,
       %(milliseconds)s::int, 1, %(fold)s, %(at)s::timestamptz
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
ON CONFLICT (fold) WHERE fold IS NOT NULL DO UPDATE
SET times = known.times + 1, milliseconds = greatest(known.milliseconds, excluded.milliseconds),
    at = greatest(known.at, excluded.at)
"""


def session_key(token: str) -> str:
    """What the journal keeps of a session's token: enough to find the session again by it, too little to open it."""
    return hashlib.sha256(token.encode()).hexdigest()[:32] if token else ""


def plain(word: str, most: int) -> str:
    """A word a stranger may have chosen, as a name: odd signs become question marks, ``most`` signs at most."""
    return _ODD.sub("?", word[:most])


def note(
    *,
    agent_id: int | None,
    protocol: str,
    operation: str,
    session: str = "",
    status: int,
    error: str = "",
    where: str = "",
    milliseconds: int,
    at: datetime,
) -> None:
    """One request. Refusals (no key, stopped, too many) of one agent, operation and kind within a minute share a row;
    those of callers unknown share it whatever they called the operation.

    The caller does not wait for the disk: a crash of the database may cost the lines of its last second. Not to be
    called inside a transaction, which would be as unhurried."""
    name, code = plain(operation, 60), plain(error, 60)
    fold = None
    if status in _FOLDED_STATUS:
        asked = name if agent_id else ""
        fold = f"{agent_id or 0}:{protocol[:12]}:{asked}:{code}:{int(at.timestamp()) // 60}"
    params = {
        "agent": agent_id,
        "protocol": plain(protocol, 12),
        "operation": name,
        "session": session_key(session),
        "status": status,
        "error": code,
        "where": plain(where, 80),
        "milliseconds": max(0, milliseconds),
        "fold": fold,
        "at": at,
    }
    prepared.answer(_SQL, params)


@dataclass(frozen=True, kw_only=True, slots=True)
class PastCall:
    """A request as it was, of a simulation."""

    agent_id: int | None
    protocol: str
    operation: str
    status: int
    milliseconds: int
    at: datetime
    session: str = ""
    error: str = ""
    where: str = ""
    times: int = 1


def remember(past: Iterable[PastCall]) -> int:
    """Write down many requests at once."""
    rows = [
        Call(
            agent_id=each.agent_id,
            protocol=each.protocol,
            operation=each.operation,
            session_key=session_key(each.session),
            status=each.status,
            error=each.error,
            where=each.where,
            milliseconds=each.milliseconds,
            times=each.times,
            at=each.at,
        )
        for each in past
    ]
    return len(Call.objects.bulk_create(rows, batch_size=1000))


def forget(*, at: datetime) -> int:
    """Delete what is older than thirty days."""
    return Call.objects.filter(at__lt=at - KEPT).delete()[0]
