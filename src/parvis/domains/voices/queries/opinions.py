"""Second opinions: of a voice, of many, and what they were worth."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum

from parvis.domains.voices import models
from parvis.domains.voices.contracts import Outcome, Reason
from parvis.domains.voices.contracts.opinions import (
    Agreement,
    Finding,
    Opinion,
    OpinionState,
    OpinionSums,
    Passage,
)


def opinion(voice_id: int) -> Opinion | None:
    """The second opinion on a voice, if one was asked for."""
    return opinions([voice_id]).get(voice_id)


def opinions(voice_ids: Iterable[int]) -> dict[int, Opinion]:
    """Second opinions by voice; voices without one are absent. One statement."""
    wanted = list(voice_ids)
    rows = models.Opinion.objects.filter(voice_id__in=wanted).values() if wanted else ()
    return {row["voice_id"]: _shaped(dict(row)) for row in rows}


def _shaped(row: dict[str, Any]) -> Opinion:
    return Opinion(
        voice_id=row["voice_id"],
        state=OpinionState(row["state"]),
        model=row["model"],
        asked_at=row["asked_at"],
        given_at=row["given_at"],
        suggests=Outcome(row["suggests"]) if row["suggests"] else None,
        ground=Reason(row["ground"]) if row["ground"] else None,
        findings=tuple((name, Finding(value)) for name, value in row["findings"].items()),
        passages=tuple(Passage(field=field, start=start, end=end) for field, start, end in row["passages"]),
        why=tuple(row["why"].items()),
        confidence=row["confidence"],
        suspect=row["suspect"],
        acted=row["acted"],
        tokens_in=row["tokens_in"],
        tokens_out=row["tokens_out"],
        cost_minor=row["cost_minor"],
        latency_ms=row["latency_ms"],
        attempts=row["attempts"],
        error=row["error"],
    )


# What a person decided first after the opinion; the opinion was on the screen, so that this measures agreement and not
# who is right. A hold of a person is no decision yet.
_AGREED = """
SELECT opinion.suggests, count(*), count(*) FILTER (WHERE decision.outcome = opinion.suggests)
FROM voices_opinion opinion
JOIN LATERAL (
  SELECT outcome FROM voices_decision
  WHERE voice_id = opinion.voice_id AND by = 'person' AND at >= opinion.given_at AND outcome IN ('publish', 'refuse')
    AND undoes_id IS NULL
  ORDER BY id LIMIT 1
) decision ON true
WHERE opinion.state = 'given' AND NOT opinion.suspect AND opinion.asked_at >= %s AND opinion.suggests <> 'hold'
GROUP BY opinion.suggests ORDER BY opinion.suggests
"""


def opinion_sums(*, since: datetime) -> OpinionSums:
    """What second opinions asked for since then cost and were worth. Three statements."""
    rows = models.Opinion.objects.filter(asked_at__gte=since)
    sums = rows.aggregate(
        given=Count("pk", filter=Q(state=OpinionState.GIVEN)),
        failed=Count("pk", filter=Q(state=OpinionState.FAILED)),
        waiting=Count("pk", filter=Q(state=OpinionState.ASKED)),
        suspect=Count("pk", filter=Q(suspect=True)),
        acted=Count("pk", filter=Q(acted=True)),
        cost=Sum("cost_minor"),
        sent=Sum("tokens_in"),
        got=Sum("tokens_out"),
    )
    with connection.cursor() as cursor:
        cursor.execute(_AGREED, [since])
        agreements = tuple(
            Agreement(suggests=Outcome(suggests), decided=decided, agreed=agreed)
            for suggests, decided, agreed in cursor.fetchall()
        )
    timed = rows.filter(state=OpinionState.GIVEN).order_by("latency_ms").values_list("latency_ms", flat=True)
    return OpinionSums(
        given=sums["given"],
        failed=sums["failed"],
        waiting=sums["waiting"],
        suspect=sums["suspect"],
        acted=sums["acted"],
        cost_minor=sums["cost"] or Decimal(0),
        tokens_in=sums["sent"] or 0,
        tokens_out=sums["got"] or 0,
        latencies_ms=tuple(timed),
        agreements=agreements,
    )
