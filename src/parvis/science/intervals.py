"""How sure a figure is: intervals for proportions, rates, means, quantiles, and for their differences.

Every function takes numbers or arrays of one shape and returns an :class:`Interval` of the same shape; what cannot be
said (no trials, one value) is NaN, never a guess. ``level`` is the confidence, .95 unless told. Differences are made
from two intervals by the square-and-add rule, so that two figures and their difference never contradict each other by
being made in different ways.

Sources:
    E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference. JASA 22.
    R. G. Newcombe (1998), Interval estimation for the difference between independent proportions. Stat. Med. 17.
    F. Garwood (1936), Fiducial limits for the Poisson distribution. Biometrika 28.
    G. Y. Zou, A. Donner (2008), Construction of confidence limits about effect measures. Stat. Med. 27 (MOVER).
    B. Efron (1987), Better bootstrap confidence intervals. JASA 82.
    G. J. Hahn, W. Q. Meeker (1991), Statistical Intervals, chapter 5 (order statistics).
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from parvis.core.errors import ParvisError

Numbers = NDArray[np.float64]


class BadCounts(ParvisError):
    """``problem`` says which counts cannot be."""

    code = "bad_counts"
    status = 422
    template = "These counts cannot be: %(problem)s."


@dataclass(frozen=True, slots=True)
class Interval:
    """``value`` with its limits ``low`` and ``high``: floats, or arrays of one shape. NaN where nothing can be said."""

    value: Any
    low: Any
    high: Any


def z(level: float = 0.95) -> float:
    """The normal quantile that leaves ``(1 - level) / 2`` on each side: 1.96 for .95."""
    if not 0 < level < 1:
        raise BadCounts(problem="the level lies between 0 and 1")
    return NormalDist().inv_cdf((1 + level) / 2)


# -- proportions ----------------------------------------------------------------------------------------------


def wilson(successes: ArrayLike, trials: ArrayLike, *, level: float = 0.95) -> Interval:
    """A proportion with Wilson's score interval, good from a handful of trials and at 0 and 1.

    >>> wilson(81, 263)
    Interval(value=0.3079..., low=0.2552..., high=0.3662...)
    """
    hits, tries = _counts(successes, trials)
    if np.any(hits > tries):
        raise BadCounts(problem="more successes than trials")
    square = z(level) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits / tries
        middle = (share + square / (2 * tries)) / (1 + square / tries)
        half = np.sqrt(square * (share * (1 - share) / tries + square / (4 * tries**2))) / (1 + square / tries)
    low = np.where(hits == 0, 0.0, np.clip(middle - half, 0, 1))
    high = np.where(hits == tries, 1.0, np.clip(middle + half, 0, 1))
    known = tries > 0
    return _shaped(share, np.where(known, low, np.nan), np.where(known, high, np.nan))


def newcombe(
    successes: ArrayLike, trials: ArrayLike, base_successes: ArrayLike, base_trials: ArrayLike, *, level: float = 0.95
) -> Interval:
    """The first proportion minus the base one, with Newcombe's hybrid score interval (his method 10).

    >>> newcombe(56, 70, 48, 80)
    Interval(value=0.2..., low=0.0524..., high=0.3338...)
    """
    return difference(wilson(successes, trials, level=level), wilson(base_successes, base_trials, level=level))


def wilson_columns(
    frame: pl.DataFrame, *, successes: str, trials: str, prefix: str = "", level: float = 0.95
) -> pl.DataFrame:
    """The frame with columns ``{prefix}share``, ``{prefix}low``, ``{prefix}high`` (null without trials)."""
    made = wilson(frame[successes].to_numpy(), frame[trials].to_numpy(), level=level)
    return frame.with_columns(
        pl.Series(prefix + name, np.atleast_1d(column), nan_to_null=True)
        for name, column in (("share", made.value), ("low", made.low), ("high", made.high))
    )


# -- rates ----------------------------------------------------------------------------------------------------


def poisson(events: ArrayLike, exposure: ArrayLike = 1.0, *, level: float = 0.95) -> Interval:
    """Events per unit of exposure with Garwood's exact interval (at least ``level`` for every true rate).

    >>> poisson(10, 100)
    Interval(value=0.1, low=0.0479..., high=0.1839...)
    """
    from scipy import special

    count, size = _counts(events, exposure)
    tail = (1 - level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(count > 0, special.gammaincinv(np.maximum(count, 1e-300), tail), 0.0) / size
        high = special.gammaincinv(count + 1, 1 - tail) / size
        rate = count / size
    known = size > 0
    return _shaped(*(np.where(known, part, np.nan) for part in (rate, low, high)))


# -- means and quantiles --------------------------------------------------------------------------------------


def mean(values: ArrayLike, *, level: float = 0.95) -> Interval:
    """The mean of a sample with Student's interval; NaN limits for fewer than two values.

    >>> mean([1.0, 2.0, 3.0])
    Interval(value=2.0, low=-0.484..., high=4.484...)
    """
    sample = _sample(values)
    return mean_of_sums(sample.size, sample.sum(), float(np.square(sample).sum()), level=level)


def mean_of_sums(count: ArrayLike, total: ArrayLike, squares: ArrayLike, *, level: float = 0.95) -> Interval:
    """The mean and Student's interval from a count, a sum and a sum of squares: what distributed engines can add up."""
    from scipy import special

    size, whole = _counts(count, 0.0)[0], np.asarray(total, dtype=np.float64)
    second = np.asarray(squares, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.where(size > 0, whole / size, np.nan)
        spread = np.maximum(second - whole * middle, 0) / np.where(size > 1, size - 1, np.nan)
        half = special.stdtrit(np.where(size > 1, size - 1, np.nan), (1 + level) / 2) * np.sqrt(spread / size)
    return _shaped(middle, middle - half, middle + half)


def bootstrap_mean(values: ArrayLike, *, seed: int, level: float = 0.95, replicates: int = 2000) -> Interval:
    """The mean with the bias-corrected and accelerated bootstrap, for small skewed samples (baskets, waits).

    One row of a block at a time is resampled: memory stays near ten times the sample. The acceleration of a mean is
    a sixth of its sample's skewness over the square root of the size.
    """
    from scipy import special

    sample = _sample(values)
    size, middle = sample.size, float(sample.mean()) if sample.size else np.nan
    if size < 2 or np.ptp(sample) == 0:
        edge = middle if size > 1 else np.nan
        return Interval(middle, edge, edge)
    source = np.random.default_rng(seed)
    block = max(1, min(replicates, 4_000_000 // size))
    means = np.concatenate(
        [
            sample[source.integers(0, size, (min(block, replicates - done), size))].mean(axis=1)
            for done in range(0, replicates, block)
        ]
    )
    below = (np.count_nonzero(means < middle) + np.count_nonzero(means == middle) / 2) / replicates
    bias = special.ndtri(np.clip(below, 1 / (replicates + 1), replicates / (replicates + 1)))
    spread = sample - middle
    acceleration = float((spread**3).sum() / (6 * (spread**2).sum() ** 1.5))
    tails = bias + np.array([-z(level), z(level)])
    low, high = np.quantile(means, special.ndtr(bias + tails / (1 - acceleration * tails)))
    return Interval(middle, float(low), float(high))


def quantile(values: ArrayLike, share: float, *, level: float = 0.95) -> Interval:
    """A quantile (linear between order statistics) between two order statistics, whatever the distribution.

    A limit is NaN where the sample is too small to have one on that side: at the 95 % level 6 values bound a median,
    and 72 bound the 95th percentile from above.
    """
    sample = np.sort(_sample(values))
    if not 0 < share < 1:
        raise BadCounts(problem="the quantile lies between 0 and 1")
    if not sample.size:
        return Interval(np.nan, np.nan, np.nan)
    first, last = quantile_ranks(sample.size, share, level=level)
    low = float(sample[first - 1]) if first >= 1 else np.nan
    high = float(sample[last - 1]) if last <= sample.size else np.nan
    return Interval(float(np.quantile(sample, share)), low, high)


def quantile_ranks(size: int, share: float, *, level: float = 0.95) -> tuple[int, int]:
    """The ranks (from 1) of the order statistics that bound a quantile; 0 and ``size + 1`` mean "no bound"."""
    from scipy import special

    tail = (1 - level) / 2
    ranks = np.arange(size + 1)
    at_most = special.bdtr(ranks, size, share)  # P(X <= rank) of the number of values below the quantile
    first = int(np.count_nonzero(at_most <= tail))
    last = int(np.count_nonzero(at_most < 1 - tail)) + 1
    return first, last


# -- differences ----------------------------------------------------------------------------------------------


def difference(one: Interval, base: Interval) -> Interval:
    """``one`` minus ``base`` by the method of variance estimates recovery: each limit adds the squared distances of
    the two figures' own limits. With Wilson's intervals it is Newcombe's; with Student's nearly Welch's."""
    gap = np.subtract(one.value, base.value)
    low = gap - np.sqrt(np.square(np.subtract(one.value, one.low)) + np.square(np.subtract(base.high, base.value)))
    high = gap + np.sqrt(np.square(np.subtract(one.high, one.value)) + np.square(np.subtract(base.value, base.low)))
    return _shaped(gap, low, high)


def paired(differences: ArrayLike, *, level: float = 0.95) -> Interval:
    """The mean of paired differences (this Monday minus last Monday …) with Student's interval: what both members of
    a pair share, such as the day of the week, drops out."""
    return mean(differences, level=level)


# -- inside ---------------------------------------------------------------------------------------------------


def _counts(one: ArrayLike, other: ArrayLike) -> tuple[Numbers, Numbers]:
    left, right = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if not (np.all(np.isfinite(left)) and np.all(np.isfinite(right))):
        raise BadCounts(problem="a count is not a finite number")
    if np.any(left < 0) or np.any(right < 0):
        raise BadCounts(problem="a count is negative")
    first, second = np.broadcast_arrays(left, right)
    return first, second


def _sample(values: ArrayLike) -> Numbers:
    sample = np.asarray(values, dtype=np.float64).ravel()
    if not np.all(np.isfinite(sample)):
        raise BadCounts(problem="a value is not a finite number")
    return sample


def _shaped(value: Any, low: Any, high: Any) -> Interval:
    """Plain floats for plain numbers."""
    if np.ndim(value) == 0:
        return Interval(float(value), float(low), float(high))
    return Interval(np.asarray(value), np.asarray(low), np.asarray(high))
