"""How much a machine may decide alone, when the brand says how often it may be wrong.

A score orders cases by how safe it is to decide them; people have said of some cases, drawn by chance, whether
deciding them would have been wrong. :func:`limits` turns a tolerated error rate into thresholds with a guarantee, and
says which share of all cases may then be decided alone.

Two guarantees are offered:

``control``: of what is decided alone, at most the share ``alpha`` is wrong, except with probability ``delta`` over the
    draw of the checked cases (Learn then Test, with fixed-sequence testing from several starts; the p-value is the
    exact binomial one). It holds for every sample size and any distribution, as long as the checked cases are drawn as
    the coming ones are; where they are too few it decides nothing, and says how many are lacking.
``expected``: of *all* cases, at most the share ``alpha`` is decided alone and wrong, on average over the draw
    (conformal risk control with the 0/1 loss). Weaker, and content with fewer checked cases.

The ladder of thresholds must not be chosen by the checked cases: it is made of quantiles of ``stream``, the scores of
other cases, which need no label.

Sources:
    A. N. Angelopoulos, S. Bates, E. J. Candès, M. I. Jordan, L. Lei (2021), Learn then Test: calibrating predictive
        algorithms to achieve risk control. arXiv:2110.01052.
    A. N. Angelopoulos, S. Bates, A. Fisch, L. Lei, T. Schuster (2022), Conformal risk control. arXiv:2208.02814.
    Y. Geifman, R. El-Yaniv (2017), Selective classification for deep neural networks. NeurIPS.
    C. J. Clopper, E. S. Pearson (1934), The use of confidence or fiducial limits. Biometrika 26.
"""

from dataclasses import dataclass, replace
from math import ceil, log, log1p

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from parvis.core.errors import ParvisError

Numbers = NDArray[np.float64]
STEPS = 200
STARTS = 2
HEADROOM = 1.25


class BadRisk(ParvisError):
    """``problem`` says what cannot be."""

    code = "bad_risk"
    status = 422
    template = "The risk cannot be controlled so: %(problem)s."


@dataclass(frozen=True, slots=True)
class Control:
    """What may be decided alone: everything with a score strictly below ``threshold`` (None: nothing).

    ``share`` of all cases of the stream lies below it; of ``checked`` cases below it ``wrong`` were wrong, and
    ``error`` is their share with ``high``, its exact upper limit at level 1 - delta. ``lacking``: how many more cases
    have to be checked before anything could be decided alone, had none of them been wrong (0 when there are enough).
    """

    threshold: float | None
    share: float
    checked: int
    wrong: int
    error: float
    high: float
    lacking: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds on a doubt 0..1: publish alone strictly below ``publish.threshold``, refuse alone strictly above
    ``1 - refuse.threshold`` (its score is 1 - doubt). ``alone``: the share of all cases decided by the machine."""

    publish: Control
    refuse: Control
    alone: float


def fewest(alpha: float, delta: float, *, starts: int = STARTS) -> int:
    """How many checked cases without a single error allow anything to be decided: ln(delta / starts) / ln(1 - alpha).

    >>> fewest(0.01, 0.05, starts=1)
    299
    """
    _check(alpha, delta)
    return ceil(log(delta / starts) / log1p(-alpha))


def control(
    score: ArrayLike,
    wrong: ArrayLike,
    *,
    stream: ArrayLike,
    alpha: float,
    delta: float = 0.05,
    steps: int = STEPS,
    starts: int = STARTS,
) -> Control:
    """The largest threshold below which at most ``alpha`` of the decided cases are wrong, with confidence 1 - delta.

    ``score``: of the checked cases, low is safe; ``wrong``: whether deciding them alone would be wrong; ``stream``:
    scores of other, unlabelled cases of the same kind, which give the ladder of thresholds and the share.

    >>> rng = np.random.default_rng(0)
    >>> doubt = rng.random(4000)
    >>> bad = rng.random(4000) < doubt**4
    >>> found = control(doubt[:2000], bad[:2000], stream=doubt[2000:], alpha=0.02)
    >>> round(found.threshold, 2), found.high <= 0.02
    (0.4, True)
    """
    _check(alpha, delta)
    doubt, bad = _pair(score, wrong)
    others = _scores(stream)
    least = fewest(alpha, delta, starts=starts)
    lacking = max(0, least - doubt.size)
    if lacking or not others.size:
        return Control(None, 0.0, 0, 0, float("nan"), 1.0, lacking)
    # The first rung is expected to hold somewhat more than the fewest cases that could pass at all.
    first = min(1.0, HEADROOM * least / doubt.size)
    shares = np.linspace(first, 1.0, steps)
    # just above each quantile: where many scores are equal, a rung holds all of them
    ladder = np.unique(np.nextafter(np.quantile(others, shares), np.inf))
    cases, errors = _counts(doubt, bad, ladder)
    passed = _tail(errors, cases, alpha) <= delta / starts
    held = _reached(passed, starts)
    if held is None:
        return Control(None, 0.0, 0, 0, float("nan"), 1.0, 0)
    return _told(ladder[held], int(cases[held]), int(errors[held]), others, delta)


def expected(score: ArrayLike, wrong: ArrayLike, *, stream: ArrayLike, alpha: float) -> Control:
    """The largest threshold with which at most ``alpha`` of all cases are decided alone and wrong, on average over
    the draw: the largest t with (errors below t + 1) / (n + 1) <= alpha. Inputs as of :func:`control`."""
    _check(alpha, 0.5)
    doubt, bad = _pair(score, wrong)
    others = _scores(stream)
    allowed = int(np.floor(alpha * (doubt.size + 1) + 1e-12)) - 1
    if allowed < 0 or not others.size:
        return Control(None, 0.0, 0, 0, float("nan"), 1.0, max(0, ceil(1 / alpha) - 1 - doubt.size))
    errors = np.sort(doubt[bad])
    top = np.nextafter(max(float(others.max()), float(doubt.max(initial=0.0))), np.inf)
    # strictly below the error that would be one too many
    limit = float(errors[allowed]) if errors.size > allowed else float(top)
    cases = int(np.count_nonzero(doubt < limit))
    return _told(limit, cases, int(np.count_nonzero(errors < limit)), others, 0.05)


def limits(
    checked: pl.DataFrame,
    stream: pl.DataFrame,
    *,
    alpha: float,
    delta: float = 0.05,
    high: pl.DataFrame | None = None,
    edge: float = 0.5,
) -> Limits:
    """Both thresholds on one doubt, each with half of ``delta``, so that the machine's decisions together hold the
    rate: a mixture of two shares below ``alpha`` is below it.

    ``checked``, drawn from all cases: doubt 0..1, unfit (a person found it unfit to be public), may_publish and
    may_refuse (nothing but the doubt stands in the way of either). ``stream``: the same without unfit. Refusals are
    looked for from a doubt of ``edge`` up only; they are rare, so ``high`` may bring more checked cases, drawn from
    those with at least that doubt (it then takes the place of what ``checked`` has of them).
    """
    low, fine = _side(checked, "may_publish", 0.0), _side(stream, "may_publish", 0.0)
    publish = control(low["doubt"], low["unfit"], stream=fine["doubt"], alpha=alpha, delta=delta / 2)
    up, doubtful = _side(checked if high is None else high, "may_refuse", edge), _side(stream, "may_refuse", edge)
    refuse = control(
        1 - up["doubt"], ~up["unfit"].cast(pl.Boolean), stream=1 - doubtful["doubt"], alpha=alpha, delta=delta / 2
    )
    sides = [
        replace(found, share=found.share * len(part) / max(1, len(stream)))
        for found, part in ((publish, fine), (refuse, doubtful))
    ]
    return Limits(sides[0], sides[1], min(1.0, sides[0].share + sides[1].share))


def limits_by(
    checked: pl.DataFrame,
    stream: pl.DataFrame,
    *,
    by: str,
    alpha: float,
    delta: float = 0.05,
    high: pl.DataFrame | None = None,
    edge: float = 0.5,
) -> dict[str, Limits]:
    """:func:`limits` for each value of the column ``by`` (a language), each with its own guarantee: a rate that holds
    over all can hide a group in which it does not. Groups are those of ``stream``."""
    return {
        str(group): limits(
            checked.filter(pl.col(by) == group),
            stream.filter(pl.col(by) == group),
            alpha=alpha,
            delta=delta,
            high=None if high is None else high.filter(pl.col(by) == group),
            edge=edge,
        )
        for group in sorted(stream[by].unique().drop_nulls().to_list())
    }


def _side(cases: pl.DataFrame, may: str, edge: float) -> pl.DataFrame:
    return cases.filter(pl.col(may) & (pl.col("doubt") >= edge))


def upper(wrong: ArrayLike, cases: ArrayLike, *, delta: float = 0.05) -> Numbers:
    """The exact upper limit of an error rate (Clopper and Pearson, one-sided at level 1 - delta); 1 without cases."""
    from scipy import special

    k, n = np.asarray(wrong, dtype=np.float64), np.asarray(cases, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        limit = special.betaincinv(k + 1, np.maximum(n - k, 1e-9), 1 - delta)
    return np.asarray(np.where(k >= n, 1.0, limit), dtype=np.float64)


# -- inside ---------------------------------------------------------------------------------------------------


def _tail(errors: Numbers, cases: Numbers, alpha: float) -> Numbers:
    """P(at most so many errors among the cases), were the rate exactly ``alpha``: the p-value of "more than alpha"."""
    from scipy import special

    return np.asarray(special.bdtr(errors, cases.astype(np.int64), alpha), dtype=np.float64)


def _reached(passed: NDArray[np.bool_], starts: int) -> int | None:
    """The highest rung reached by walking up from several rungs, each walk ending at its first failure."""
    best: int | None = None
    for start in sorted({round(i * (len(passed) - 1) / starts) for i in range(starts)}):
        stop = int(np.argmin(passed[start:])) if not passed[start:].all() else len(passed) - start
        if stop:
            best = max(best if best is not None else -1, start + stop - 1)
    return best


def _counts(score: Numbers, wrong: NDArray[np.bool_], ladder: Numbers) -> tuple[Numbers, Numbers]:
    """Cases and errors strictly below each threshold."""
    cases = np.searchsorted(np.sort(score), ladder, side="left")
    errors = np.searchsorted(np.sort(score[wrong]), ladder, side="left")
    return cases.astype(np.float64), errors.astype(np.float64)


def _told(threshold: float, cases: int, errors: int, stream: Numbers, delta: float) -> Control:
    share = float(np.count_nonzero(stream < threshold) / stream.size)
    rate = errors / cases if cases else float("nan")
    return Control(float(threshold), share, cases, errors, rate, float(upper(errors, cases, delta=delta)))


def _pair(score: ArrayLike, wrong: ArrayLike) -> tuple[Numbers, NDArray[np.bool_]]:
    doubt, bad = _scores(score), np.asarray(wrong, dtype=bool).ravel()
    if doubt.size != bad.size:
        raise BadRisk(problem="as many scores as labels are needed")
    return doubt, bad


def _scores(score: ArrayLike) -> Numbers:
    found = np.asarray(score, dtype=np.float64).ravel()
    if not np.all(np.isfinite(found)):
        raise BadRisk(problem="a score is not a finite number")
    return found


def _check(alpha: float, delta: float) -> None:
    if not (0 < alpha < 1 and 0 < delta < 1):
        raise BadRisk(problem="rates lie between 0 and 1")
