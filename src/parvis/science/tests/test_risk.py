"""The guarantee is tried on worlds whose true error rates are known."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.science import risk

WORLD = np.sort(np.random.default_rng(99).beta(0.5, 6, 400_000))
RATE = np.cumsum(WORLD) / np.arange(1, len(WORLD) + 1)  # calibrated doubts: the doubt is the chance of being wrong


def _drawn(seed, size, power=1.0):
    rng = np.random.default_rng(seed)
    doubt = rng.beta(0.5, 6, size)
    return doubt, rng.random(size) < doubt**power, rng.beta(0.5, 6, 3000)


def _true_rate(threshold):
    place = int(np.searchsorted(WORLD, threshold))
    return RATE[place - 1] if place else 0.0


@pytest.mark.parametrize(("alpha", "size"), [(0.01, 4000), (0.02, 2000), (0.05, 700)])
def test_the_rate_is_held_but_for_few_draws(alpha, size):
    broken = reached = 0
    for seed in range(200):
        doubt, wrong, stream = _drawn(seed, size)
        found = risk.control(doubt, wrong, stream=stream, alpha=alpha, delta=0.1)
        reached += found.threshold is not None
        broken += found.threshold is not None and _true_rate(found.threshold) > alpha
    assert reached > 100  # it is of use
    assert broken <= 20  # at most delta of 200; the exact guarantee


def test_the_mean_risk_is_held_over_the_draws():
    risks = []
    for seed in range(300):
        doubt, wrong, stream = _drawn(seed, 500)
        found = risk.expected(doubt, wrong, stream=stream, alpha=0.03)
        place = int(np.searchsorted(WORLD, found.threshold))
        risks.append(RATE[place - 1] * place / len(WORLD))
    assert np.mean(risks) <= 0.03 + 3 * np.std(risks) / len(risks) ** 0.5
    assert np.mean(risks) > 0.025


def test_a_doubt_that_knows_nothing_allows_nothing():
    rng = np.random.default_rng(1)
    doubt, wrong = rng.random(5000), rng.random(5000) < 0.08
    assert risk.control(doubt, wrong, stream=rng.random(5000), alpha=0.05).threshold is None


def test_too_few_checks_say_how_many_are_lacking():
    found = risk.control([0.1] * 100, [False] * 100, stream=[0.1, 0.2], alpha=0.01, starts=1)
    assert (found.threshold, found.lacking, found.share) == (None, 199, 0.0)
    assert risk.fewest(0.01, 0.05, starts=1) == 299


def test_nothing_wrong_lets_all_be_decided():
    doubt = np.linspace(0, 0.9, 2000)
    found = risk.control(doubt, np.zeros(2000, dtype=bool), stream=doubt, alpha=0.02)
    assert (found.share, found.wrong, found.checked) == (1.0, 0, 2000)
    assert found.high < 0.02


def test_equal_scores_are_decided_together():
    stream = np.repeat([0.01, 0.6], 500)
    found = risk.control(np.repeat([0.01, 0.6], 300), np.repeat([False, True], 300), stream=stream, alpha=0.05)
    assert (found.checked, found.wrong, found.share) == (300, 0, 0.5)
    assert 0.01 < found.threshold < 0.6
    alone = risk.control(np.full(200, 0.01), np.zeros(200, dtype=bool), stream=np.full(200, 0.01), alpha=0.05)
    assert alone.share == 1


@given(seed=st.integers(0, 10_000), size=st.integers(200, 3000), power=st.floats(0.5, 4))
def test_more_tolerance_never_decides_less(seed, size, power):
    doubt, wrong, stream = _drawn(seed, size, power)
    shares = [risk.expected(doubt, wrong, stream=stream, alpha=alpha).share for alpha in (0.02, 0.05, 0.1)]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1


@given(seed=st.integers(0, 10_000), alpha=st.floats(0.005, 0.2))
def test_order_does_not_matter_and_the_told_limit_holds(seed, alpha):
    doubt, wrong, stream = _drawn(seed, 1500)
    found = risk.control(doubt, wrong, stream=stream, alpha=alpha)
    order = np.random.default_rng(seed).permutation(1500)
    assert risk.control(doubt[order], wrong[order], stream=stream[::-1], alpha=alpha) == found or np.isnan(found.error)
    if found.threshold is not None:
        below = doubt < found.threshold
        assert (found.checked, found.wrong) == (below.sum(), (wrong & below).sum())
        assert found.high <= alpha


def test_both_sides_and_what_stands_in_the_way():
    rng = np.random.default_rng(4)
    doubt = np.where(rng.random(8000) < 0.3, rng.beta(30, 1, 8000), rng.beta(1, 30, 8000))
    cases = pl.DataFrame(
        {"doubt": doubt, "unfit": rng.random(8000) < doubt, "may_publish": rng.random(8000) < 0.9, "may_refuse": True}
    )
    found = risk.limits(cases[:4000], cases[4000:].drop("unfit"), alpha=0.05)
    assert found.publish.share < 0.7 * 0.95  # what may not be published alone is not counted
    assert 0 < found.refuse.share < 0.35
    assert found.alone == pytest.approx(found.publish.share + found.refuse.share)
    decided = cases[4000:].filter(pl.col("may_publish") & (pl.col("doubt") < found.publish.threshold))
    assert decided["unfit"].mean() < 0.06
    refused = cases[4000:].filter(pl.col("doubt") > 1 - found.refuse.threshold)
    assert 1 - refused["unfit"].mean() < 0.07
    # more cases of the rare side, from wherever they were drawn, count there only
    more = risk.limits(cases[:4000], cases[4000:].drop("unfit"), alpha=0.05, high=cases.filter(pl.col("doubt") > 0.5))
    assert more.publish == found.publish
    assert more.refuse.checked > found.refuse.checked


@pytest.mark.parametrize("alpha", [0, 1, -1, 2])
def test_rates_out_of_range_are_refused(alpha):
    with pytest.raises(risk.BadRisk):
        risk.control([0.1], [False], stream=[0.1], alpha=alpha)


def test_labels_and_scores_go_together():
    with pytest.raises(risk.BadRisk):
        risk.control([0.1, 0.2], [False], stream=[0.1], alpha=0.1)
    with pytest.raises(risk.BadRisk):
        risk.expected([np.nan], [False], stream=[0.1], alpha=0.1)


def test_the_upper_limit_is_the_exact_one():
    # none of 299: the rule of three, exactly
    assert risk.upper(0, 299, delta=0.05) == pytest.approx(1 - 0.05 ** (1 / 299))
    assert list(risk.upper([0, 3], [0, 3])) == [1, 1]
