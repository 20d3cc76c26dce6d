"""What changed: each difference with its interval, and a verdict that holds for all of them together."""

import math
from collections.abc import Sequence

from parvis.domains.analytics.contracts import Change, Figure, Text, Verdict
from parvis.domains.analytics.queries import figures
from parvis.domains.analytics.queries.totals import Totals
from parvis.science import intervals
from parvis.science.intervals import Interval

# Fewer pairs of days than this say nothing about how much days differ by themselves.
FEWEST_PAIRS = 3
WORDS = {
    Verdict.UP: Text(en="Up: more than chance alone does.", fr="En hausse : plus que le seul hasard."),
    Verdict.DOWN: Text(en="Down: more than chance alone does.", fr="En baisse : plus que le seul hasard."),
    Verdict.UNCLEAR: Text(
        en="Cannot be told: the difference is within what chance alone does.",
        fr="On ne peut pas dire : l'écart reste dans ce que fait le seul hasard.",
    ),
}
TOO_LITTLE = Text(
    en="Cannot be told: too little was counted to compare.",
    fr="On ne peut pas dire : trop peu a été compté pour comparer.",
)


def strict_level(compared: int) -> float:
    """The level at which each of ``compared`` differences must be sure, so that 95 % holds for all together.

    With fifteen figures looked at each week, one would cry wolf nearly every other week at its own 95 %.
    """
    return 1 - (1 - figures.LEVEL) / max(1, compared)


def by_totals(key: str, before: Totals, now: Totals, *, level: float) -> Change:
    """The change of a metric made of sums."""
    make = figures.BY_TOTALS[key]

    def gap(at_level: float) -> Interval:
        return intervals.difference(make(now, at_level)[2], make(before, at_level)[2])

    return _change(figures.of_totals(key, before), figures.of_totals(key, now), gap(figures.LEVEL), gap(level))


def by_days(key: str, before: Sequence[Totals], now: Sequence[Totals], *, level: float) -> Change:
    """The change of a count: each day against the same day of the earlier period, so that weekdays drop out and days
    may vary as much as they do. Periods of different lengths are not compared."""
    take = figures.COUNTS[key]
    old, new = [take(day) for day in before], [take(day) for day in now]
    pairs = [late - early for early, late in zip(old, new, strict=False)]
    comparable = len(old) == len(new) >= FEWEST_PAIRS

    def gap(at_level: float) -> Interval:
        if not comparable:
            return Interval(math.nan, math.nan, math.nan)
        each = intervals.paired(pairs, level=at_level)
        return Interval(float(sum(pairs)), each.low * len(pairs), each.high * len(pairs))

    before_figure, now_figure = (figures.figure(key, figures.count(sum(part))) for part in (old, new))
    return _change(before_figure, now_figure, gap(figures.LEVEL), gap(level))


def by_waits(key: str, before: Sequence[float], now: Sequence[float], *, level: float) -> Change:
    """The change of a delay."""
    share = figures.DELAYS[key]

    def gap(at_level: float) -> Interval:
        one, base = (figures.delay(part, share, at_level)[2] for part in (now, before))
        return intervals.difference(one, base)

    shown = [figures.figure(key, figures.delay(part, share)) for part in (before, now)]
    return _change(shown[0], shown[1], gap(figures.LEVEL), gap(level))


def _change(before: Figure, now: Figure, shown: Interval, strict: Interval) -> Change:
    verdict, words = Verdict.UNCLEAR, WORDS[Verdict.UNCLEAR]
    if math.isnan(shown.low) or math.isnan(shown.high):
        words = TOO_LITTLE
    elif strict.low > 0:
        verdict, words = Verdict.UP, WORDS[Verdict.UP]
    elif strict.high < 0:
        verdict, words = Verdict.DOWN, WORDS[Verdict.DOWN]
    difference, low, high = (None if math.isnan(part) else part for part in (shown.value, shown.low, shown.high))
    return Change(
        metric=now.metric,
        before=before,
        now=now,
        difference=difference,
        low=low,
        high=high,
        relative=difference / before.value if difference is not None and before.value else None,
        verdict=verdict,
        words=words,
    )
