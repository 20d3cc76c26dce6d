"""How readings of what came in lately differ from those before: a change of public, of products, or of the models."""

from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from parvis.domains.voices.contracts import Drift, DriftMeasure
from parvis.science import intervals

_BINS = 10
_FEWEST = 30  # voices on each side from which an index is told
_TRIFLE = {"share": 0.01, "mean": 0.05}  # a difference under this is not called a move, however sure
_SHARES = {
    "toxic": "r.toxicity >= 0.4",
    "spam": "r.spam >= 0.4",
    "interest": "r.interest >= 0.5",
    "personal": "jsonb_array_length(r.personal) > 0",
    "unknown_language": "r.language = 'und'",
    "no_aspect": "jsonb_array_length(r.aspects) = 0",
    "complaint": 'r.intents @> \'[{"intent": "complaint"}]\'',
    "praise": 'r.intents @> \'[{"intent": "praise"}]\'',
    "question": 'r.intents @> \'[{"intent": "question"}]\'',
}
_MEANS = {"sentiment": "r.sentiment", "stars": "r.stars"}
_FROM = """
FROM voices_reading r JOIN voices_voice v ON v.id = r.voice_id
WHERE r.model <> '' AND v.state <> 'withdrawn'
  AND v.submitted_at >= %(before)s AND v.submitted_at < %(until)s
  AND v.received_at >= %(before)s  -- nothing comes in before it was said: lets the index find them
"""
_LATE = "(v.submitted_at >= %(since)s)"


def drift(*, before: datetime, since: datetime, until: datetime) -> Drift:
    """Readings of what was said in [since, until) beside what was said in [before, since). Three statements.

    It counts when something was said, not when it came in: a file of old reviews imported today is no change of public.

    Shares are compared with Newcombe's interval, means with that of a difference; the level is corrected for the number
    of measures (Bonferroni), so that a calm week seldom looks restless.
    """
    period = {"before": before, "since": since, "until": until}
    sums = {late: values for late, *values in _rows(_sums(), period)}
    old, new = (sums.get(late, [0] * (1 + len(_SHARES) + 2 * len(_MEANS))) for late in (False, True))
    aspects = _aspects(period)
    level = 1 - 0.05 / (len(_SHARES) + len(_MEANS) + max(1, len(aspects)))
    measures: list[DriftMeasure] = []
    if old[0] and new[0]:
        shares = {name: (old[1 + n], new[1 + n]) for n, name in enumerate(_SHARES)} | aspects
        measures = [_share(name, pair, (old[0], new[0]), level) for name, pair in shares.items()]
        first = 1 + len(_SHARES)
        for number, name in enumerate(_MEANS):
            at = first + 2 * number
            measures.append(_mean(name, (old[0], *old[at : at + 2]), (new[0], *new[at : at + 2]), level))
    tone, language, models = _histograms(period)
    return Drift(
        voices_before=old[0],
        voices_now=new[0],
        measures=tuple(measures),
        tone=tone,
        language=language,
        models=models,
    )


def _rows(statement: str, period: dict[str, datetime]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, period)
        rows: list[Any] = cursor.fetchall()
    return rows


def _sums() -> str:
    shares = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in _SHARES.values())
    means = ", ".join(f"sum({column}), sum({column} * {column})" for column in _MEANS.values())
    return f"SELECT {_LATE}, count(*), {shares}, {means} {_FROM} GROUP BY 1"


def _aspects(period: dict[str, datetime]) -> dict[str, tuple[int, int]]:
    """Voices that speak of each aspect, before and now."""
    statement = f"""
        SELECT {_LATE}, a.aspect, count(DISTINCT r.voice_id)
        {_FROM.replace("WHERE", "CROSS JOIN LATERAL jsonb_to_recordset(r.aspects) AS a(aspect text) WHERE", 1)}
        GROUP BY 1, 2"""
    found: dict[str, list[int]] = {}
    for late, aspect, count in _rows(statement, period):
        found.setdefault(aspect, [0, 0])[int(late)] = count
    return {f"aspect:{aspect}": (pair[0], pair[1]) for aspect, pair in sorted(found.items())}


def _histograms(period: dict[str, datetime]) -> tuple[float | None, float | None, dict[str, int]]:
    statement = f"""
        SELECT {_LATE}, least(width_bucket(r.sentiment, -1, 1, {_BINS}), {_BINS}), r.language, r.model, count(*)
        {_FROM} GROUP BY 1, 2, 3, 4"""
    tones: dict[object, list[int]] = {}
    languages: dict[object, list[int]] = {}
    models: dict[str, int] = {}
    for late, tone, language, model, count in _rows(statement, period):
        for held, key in ((tones, tone), (languages, language)):
            held.setdefault(key, [0, 0])[int(late)] += count
        models[model] = models.get(model, 0) + count
    return _stability(tones), _stability(languages), dict(sorted(models.items(), key=lambda item: -item[1]))


def _stability(counts: dict[object, list[int]]) -> float | None:
    """Population stability index, half a voice added to each class so that an empty one does not count for ever."""
    table = np.array(list(counts.values()), dtype=float).reshape(-1, 2)
    if len(table) == 0 or table.sum(axis=0).min() < _FEWEST:
        return None
    shares = (table + 0.5) / (table + 0.5).sum(axis=0)
    return float(((shares[:, 1] - shares[:, 0]) * np.log(shares[:, 1] / shares[:, 0])).sum())


def _share(name: str, counts: tuple[int, int], totals: tuple[int, int], level: float) -> DriftMeasure:
    between = intervals.newcombe(counts[1], totals[1], counts[0], totals[0], level=level)
    return _measure(name, "share", counts[0] / totals[0], counts[1] / totals[1], between)


def _mean(name: str, old: tuple[int, float, float], new: tuple[int, float, float], level: float) -> DriftMeasure:
    one, base = (intervals.mean_of_sums(*each, level=level) for each in (new, old))
    return _measure(name, "mean", float(base.value), float(one.value), intervals.difference(one, base))


def _measure(name: str, kind: str, before: float, now: float, between: intervals.Interval) -> DriftMeasure:
    low, high = float(between.low), float(between.high)
    sure = low > 0 or high < 0
    return DriftMeasure(
        key=name,
        kind=kind,
        before=before,
        now=now,
        low=low,
        high=high,
        moved=bool(sure and abs(now - before) >= _TRIFLE[kind]),
    )
