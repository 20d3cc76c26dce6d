"""What waits on each desk of the team, and how open the outcome of a look is."""

from collections.abc import Sequence
from datetime import datetime

from django.core.cache import cache
from django.db import connection

from parvis.domains.voices import rules
from parvis.domains.voices.contracts import Desk, Desks, Reason

_KEPT_SECONDS = 600
_DECIDED = """
SELECT machine.reason, count(*) FILTER (WHERE person.outcome = 'publish'),
       count(*) FILTER (WHERE person.outcome = 'refuse')
FROM (SELECT voice_id, outcome FROM voices_decision
      WHERE by = 'person' AND undoes_id IS NULL AND outcome IN ('publish', 'refuse')
      ORDER BY id DESC LIMIT 2000) AS person
JOIN voices_decision machine ON machine.voice_id = person.voice_id
     AND machine.by = 'machine' AND machine.outcome = 'hold'
GROUP BY machine.reason
"""


def openness_by_reason() -> dict[Reason, float]:
    """How open the outcome is for each reason that the machine holds for, learnt from the team's last 2,000 decisions
    and kept for ten minutes."""
    known: dict[str, float] | None = cache.get("voices.openness")
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(_DECIDED)
            known = {reason: rules.openness(up, down) for reason, up, down in cursor.fetchall()}
        cache.set("voices.openness", known, _KEPT_SECONDS)
    return {Reason(key): value for key, value in known.items()}


_DESKS = """
SELECT (SELECT count(*) FROM voices_voice WHERE state = 'held' AND examined_at IS NOT NULL),
       (SELECT count(*) FROM voices_proposal WHERE closed_at IS NULL),
       (SELECT count(*) FROM voices_appeal WHERE state = 'open'),
       (SELECT count(DISTINCT voice_id) FROM voices_report WHERE state = 'open'),
       (SELECT count(*) FROM voices_check looked JOIN voices_voice voice ON voice.id = looked.voice_id
        WHERE looked.checked_at IS NULL AND voice.state IN ('published', 'refused')),
       (SELECT count(*) FROM voices_voice WHERE state = 'held' AND look_by < %s),
       (SELECT count(DISTINCT member.burst_id) FROM voices_burstmember member
        JOIN voices_voice voice ON voice.id = member.voice_id WHERE voice.state = 'held')
"""
_OPEN = """
SELECT 'second', voice_id FROM voices_proposal WHERE closed_at IS NULL AND voice_id = ANY(%(ids)s)
UNION SELECT 'appeals', voice_id FROM voices_appeal WHERE state = 'open' AND voice_id = ANY(%(ids)s)
UNION SELECT 'reports', voice_id FROM voices_report WHERE state = 'open' AND voice_id = ANY(%(ids)s)
UNION SELECT 'bursts', voice_id FROM voices_burstmember WHERE voice_id = ANY(%(ids)s)
UNION SELECT 'checks', voice_id FROM voices_check WHERE checked_at IS NULL AND voice_id = ANY(%(ids)s)
"""


def desks(*, at: datetime | None = None) -> Desks:
    """How much waits on each desk; with ``at``, how many held voices should have been looked at by then. One
    statement."""
    with connection.cursor() as cursor:
        cursor.execute(_DESKS, [at])
        held, second, appeals, reports, checks, late, bursts = cursor.fetchone()
    return Desks(held=held, second=second, appeals=appeals, reports=reports, checks=checks, late=late, bursts=bursts)


def open_on(voice_ids: Sequence[int]) -> dict[Desk, set[int]]:
    """Which of these voices lie on which desk. One statement."""
    found: dict[Desk, set[int]] = {desk: set() for desk in Desk}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"ids": list(voice_ids)})
        for desk, voice_id in cursor.fetchall():
            found[Desk(desk)].add(voice_id)
    return found
