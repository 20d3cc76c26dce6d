"""How often the machine is right, known from voices that chance drew for a check; and what that lets it decide."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import nan
from typing import Any

import numpy as np
import polars as pl
from django.db import connection

from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import (
    Alone,
    AppealState,
    Calibrated,
    Looks,
    Outcome,
    Rated,
    Reason,
    ReportState,
    Seen,
)
from parvis.science import risk
from parvis.science.intervals import wilson

STREAM = 50_000
EDGE = 0.5
NEARLY_ALL = 0.95
_RATED = """
SELECT coalesce(nullif(decision.language, ''), 'und'), decision.outcome, count(*), count(looked.checked_at),
       count(*) FILTER (WHERE looked.fit = (decision.outcome = 'refuse') AND decision.outcome <> 'hold')
FROM voices_decision decision
LEFT JOIN voices_check looked ON looked.voice_id = decision.voice_id
WHERE decision.by = 'machine' AND decision.at >= %s
GROUP BY 1, 2 ORDER BY 1, 2
"""
_SEEN = """
SELECT machine.reason, count(*) FILTER (WHERE person.outcome = 'publish'),
       count(*) FILTER (WHERE person.outcome = 'refuse')
FROM (SELECT DISTINCT ON (voice_id) voice_id, outcome FROM voices_decision
      WHERE by = 'person' AND undoes_id IS NULL AND outcome IN ('publish', 'refuse') AND at >= %s
      ORDER BY voice_id, id DESC) AS person
JOIN voices_decision machine ON machine.voice_id = person.voice_id
     AND machine.by = 'machine' AND machine.outcome = 'hold'
GROUP BY machine.reason ORDER BY count(*) DESC
"""


def rated(*, at: datetime, days: int = 90) -> tuple[Rated, ...]:
    """What the machine decided alone in the last ``days``, by language and outcome, with what checks found. One
    statement."""
    found = []
    for language, outcome, decided, checked, wrong in _rows(_RATED, [at - timedelta(days=days)]):
        if outcome in {Outcome.PUBLISH, Outcome.REFUSE}:
            limit = wilson(wrong, checked)
            found.append(
                Rated(
                    language=language,
                    outcome=Outcome(outcome),
                    decided=decided,
                    checked=checked,
                    wrong=wrong,
                    error=wrong / checked if checked else nan,
                    low=limit.low,
                    high=limit.high,
                )
            )
    return tuple(found)


def decided_alone(*, at: datetime, days: int = 90) -> Alone:
    """All languages together. One statement."""
    rows = _rows(_RATED, [at - timedelta(days=days)])
    mine = [row for row in rows if row[1] != Outcome.HOLD]
    return Alone(
        decided=sum(row[2] for row in rows),
        alone=sum(row[2] for row in mine),
        checked=sum(row[3] for row in mine),
        wrong=sum(row[4] for row in mine),
    )


def seen(*, at: datetime, days: int = 90) -> tuple[Seen, ...]:
    """What people made of what the machine held, by reason, with the interval of the share they published."""
    found = []
    for reason, published, refused in _rows(_SEEN, [at - timedelta(days=days)]):
        limit = wilson(published, published + refused)
        found.append(Seen(reason=Reason(reason), published=published, refused=refused, low=limit.low, high=limit.high))
    return tuple(found)


def looks(*, at: datetime, days: int = 90) -> Looks:
    """Second signatures, appeals and reports of the last ``days``."""
    since = at - timedelta(days=days)
    proposals = models.Proposal.objects.filter(closed_at__gte=since)
    appeals = models.Appeal.objects.filter(answered_at__gte=since, state__in=(AppealState.UPHELD, AppealState.REVERSED))
    reports = models.Report.objects.filter(answered_at__gte=since).exclude(state=ReportState.OPEN)
    return Looks(
        proposals=proposals.count(),
        confirmed=proposals.filter(confirmed=True).count(),
        appeals=appeals.count(),
        reversed=appeals.filter(state=AppealState.REVERSED).count(),
        reports=reports.count(),
        removed=reports.filter(state=ReportState.REMOVED).count(),
    )


# -- what the machine may decide alone ------------------------------------------------------------------------

_CASES = """
SELECT reading.language, greatest(reading.toxicity, reading.spam), decision.reason, decision.note, looked.fit,
       looked.checked_at IS NOT NULL, decision.outcome, judged.outcome
FROM voices_decision decision
JOIN voices_reading reading ON reading.voice_id = decision.voice_id
LEFT JOIN voices_check looked ON looked.voice_id = decision.voice_id
LEFT JOIN LATERAL (
    SELECT person.outcome FROM voices_decision person
    WHERE person.voice_id = decision.voice_id AND person.by = 'person' AND person.undoes_id IS NULL
      AND person.outcome IN ('publish', 'refuse')
    ORDER BY person.id DESC LIMIT 1
) judged ON greatest(reading.toxicity, reading.spam) >= %s
WHERE decision.by = 'machine' AND decision.at >= %s AND reading.model = (
    SELECT model FROM voices_reading ORDER BY read_at DESC LIMIT 1)
ORDER BY decision.id DESC LIMIT %s
"""


def calibrated(*, alpha: float, at: datetime, days: int = 365) -> tuple[Calibrated, ...]:
    """For each language, what the machine may decide alone so that at most ``alpha`` of it is wrong, with 95 %
    confidence: from the checks by chance of the last ``days`` on the scores of the model now in use. One statement."""
    rows = _rows(_CASES, [EDGE, at - timedelta(days=days), STREAM])
    cases = _cases(rows, [row[4] is False for row in rows]).with_columns(
        checked=pl.Series([bool(row[5]) for row in rows], dtype=pl.Boolean)
    )
    checked = cases.filter(pl.col("checked"))
    others = cases.filter(~pl.col("checked")).drop("unfit", "checked")
    if not len(others):
        return ()
    found = []
    for language, limits in risk.limits_by(
        checked, others, by="language", alpha=alpha, high=_doubtful(rows), edge=EDGE
    ).items():
        publish, refuse = limits.publish, limits.refuse
        up = None if refuse.threshold is None else _from(refuse.threshold)
        found.append(
            Calibrated(
                language=language,
                hold=None if publish.threshold is None else min(1.0, publish.threshold),
                refuse=up,
                alone=limits.alone,
                checked=publish.checked,
                wrong=publish.wrong,
                high=publish.high,
                lacking=publish.lacking,
            )
        )
    return tuple(found)


def _from(threshold: float) -> float:
    """The least score that is decided: the science decides where 1 - score lies strictly below the threshold, the
    verdict from a score up."""
    score = max(0.0, 1 - threshold)
    while 1 - score >= threshold:
        score = float(np.nextafter(score, 2))
    return score


def _doubtful(rows: Sequence[Sequence[Any]]) -> pl.DataFrame | None:
    """All doubtful cases as people decided them, from which refusals are learnt faster than from checks alone. Only
    where people looked at (nearly) all of them: what the machine has picked out, or the queue not reached yet, would
    bend the rate. None then."""
    doubtful = [row for row in rows if row[1] >= EDGE]
    judged = [row for row in doubtful if row[7] is not None]
    by_people = all(row[6] == Outcome.HOLD for row in doubtful)
    if not doubtful or not by_people or len(judged) < NEARLY_ALL * len(doubtful):
        return None
    return _cases(judged, [row[7] == Outcome.REFUSE for row in judged])


def _cases(rows: Sequence[Sequence[Any]], unfit: Sequence[bool]) -> pl.DataFrame:
    """Doubt, label and what else stands in the way, of each voice that the machine has decided about."""
    seen_ = [_grounds(str(row[2]), str(row[3])) for row in rows]
    return pl.DataFrame(
        {
            "language": [str(row[0]) for row in rows],
            "doubt": [row[1] for row in rows],
            "unfit": list(unfit),
            "may_publish": [not grounds for grounds in seen_],
            "may_refuse": [not rules.UNREAD & grounds for grounds in seen_],
        },
        schema={
            "language": pl.String,
            "doubt": pl.Float64,
            "unfit": pl.Boolean,
            "may_publish": pl.Boolean,
            "may_refuse": pl.Boolean,
        },
    )


def _grounds(reason: str, note: str) -> frozenset[Reason]:
    """What was seen in a voice, as its decision keeps it, without what follows from scores."""
    known = {reason, *(part.strip() for part in note.split(","))} & set(Reason)
    return frozenset(Reason(key) for key in known) - rules.SCORED


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
