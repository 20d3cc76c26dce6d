"""What waits on each desk of the team, and how open the outcome of a look is."""

from django.core.cache import cache
from django.db import connection

from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import AppealState, Desks, Reason, ReportState, VoiceState

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


def desks() -> Desks:
    """How much waits on each desk. Five statements."""
    return Desks(
        held=models.Voice.objects.filter(state=VoiceState.HELD, examined_at__isnull=False).count(),
        second=models.Proposal.objects.filter(closed_at__isnull=True).count(),
        appeals=models.Appeal.objects.filter(state=AppealState.OPEN).count(),
        reports=models.Report.objects.filter(state=ReportState.OPEN).values("voice_id").distinct().count(),
        checks=models.Check.objects.filter(checked_at__isnull=True)
        .exclude(voice__state__in=(VoiceState.HELD, VoiceState.WITHDRAWN))
        .count(),
    )
