"""How long things wait when some are waiting still, and whether two groups wait alike.

What still waits has waited at least so long (it is censored): left out, it would make a slow group look fast.

Sources:
    E. L. Kaplan, P. Meier (1958), Nonparametric estimation from incomplete observations. JASA 53.
    N. Mantel (1966), Evaluation of survival data and two new rank order statistics. Cancer Chemotherapy Reports 50.
    R. Brookmeyer, J. Crowley (1982), A confidence interval for the median survival time. Biometrics 38 (with the
        log-log transform).
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parvis.core.errors import ParvisError
from parvis.science.intervals import Interval, z

Numbers = NDArray[np.float64]


class BadWaits(ParvisError):
    """``problem`` says which waits cannot be."""

    code = "bad_waits"
    status = 422
    template = "These waits cannot be: %(problem)s."


def quantile(waited: ArrayLike, ended: ArrayLike, share: float, *, level: float = 0.95) -> Interval:
    """The time within which ``share`` of all have ended, with its interval; infinite where too few have ended yet, NaN
    without any. ``ended``: whether the wait was over after ``waited`` (else it goes on).

    >>> quantile([1, 2, 3, 4], [True, True, True, False], 0.5).value
    2.0
    """
    times, over = _checked(waited, ended)
    if not 0 < share < 1:
        raise BadWaits(problem="the share lies between 0 and 1")
    if not times.size:
        return Interval(float("nan"), float("nan"), float("nan"))
    moments, left, spread = _curve(times, over)
    rest = 1 - share
    with np.errstate(divide="ignore", invalid="ignore"):
        bend = np.exp(z(level) * np.sqrt(spread) / np.abs(np.log(left)))
        low, high = left**bend, left ** (1 / bend)
    low, high = (np.where(np.isfinite(edge), edge, left) for edge in (low, high))
    return Interval(_first(moments, left, rest), _first(moments, low, rest), _first(moments, high, rest))


def equal(waited: ArrayLike, ended: ArrayLike, group: ArrayLike) -> float:
    """The p-value of the log-rank test that two groups (``group`` true or false) wait alike; NaN when one is empty or
    nothing has ended.

    >>> round(equal([1, 2, 3, 10, 11, 12], [1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0]), 3)
    0.025
    """
    times, over = _checked(waited, ended)
    first = np.asarray(group, dtype=bool).ravel()
    if first.size != times.size:
        raise BadWaits(problem="as many groups as waits are needed")
    if not (first.any() and (~first).any() and over.any()):
        return float("nan")
    moments = np.unique(times[over])
    order, mine = np.sort(times), np.sort(times[first])
    risk = times.size - np.searchsorted(order, moments)
    risk_mine = mine.size - np.searchsorted(mine, moments)
    ends = _at(times[over], moments)
    ends_mine = _at(times[over & first], moments)
    part = risk_mine / risk
    gap = float((ends_mine - ends * part).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = ends * part * (1 - part) * np.where(risk > 1, (risk - ends) / (risk - 1), 0.0)
    variance = float(spread.sum())
    if variance <= 0:
        return float("nan")
    return float(2 * NormalDist().cdf(-abs(gap) / variance**0.5))


def _curve(times: Numbers, over: NDArray[np.bool_]) -> tuple[Numbers, Numbers, Numbers]:
    """Moments of endings, the share still waiting after each, and Greenwood's sum."""
    moments = np.unique(times[over])
    risk = times.size - np.searchsorted(np.sort(times), moments)
    ends = _at(times[over], moments)
    left = np.asarray(np.cumprod(1 - ends / risk), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.cumsum(ends / (risk * (risk - ends)))
    return moments, left, spread


def _at(times: Numbers, moments: Numbers) -> Numbers:
    order = np.sort(times)
    found = np.searchsorted(order, moments, side="right") - np.searchsorted(order, moments)
    return np.asarray(found, dtype=np.float64)


def _first(moments: Numbers, left: Numbers, rest: float) -> float:
    reached = np.flatnonzero(left <= rest + 1e-12)
    return float(moments[reached[0]]) if reached.size else float("inf")


def _checked(waited: ArrayLike, ended: ArrayLike) -> tuple[Numbers, NDArray[np.bool_]]:
    times, over = np.asarray(waited, dtype=np.float64).ravel(), np.asarray(ended, dtype=bool).ravel()
    if times.size != over.size:
        raise BadWaits(problem="every wait needs to be over or not")
    if not np.all(np.isfinite(times)) or np.any(times < 0):
        raise BadWaits(problem="a wait is negative or not finite")
    return times, over
