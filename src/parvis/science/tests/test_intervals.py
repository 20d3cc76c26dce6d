"""Intervals against published values, against scipy, and against what they promise."""

import doctest
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from parvis.science import intervals
from parvis.science.intervals import BadCounts, Interval

counts = st.integers(0, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_examples_of_the_docstrings() -> None:
    flags = doctest.ELLIPSIS
    assert doctest.testmod(intervals, optionflags=flags).failed == 0


# Newcombe (1998), Statistics in Medicine 17, 857-872, table I (Wilson's score, method 3).
@pytest.mark.parametrize(
    ("hits", "tries", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(hits: int, tries: int, low: float, high: float) -> None:
    made = intervals.wilson(hits, tries)
    assert (round(made.low, 4), round(made.high, 4)) == (low, high)


# Newcombe (1998), Statistics in Medicine 17, 873-890, table II (method 10).
@pytest.mark.parametrize(
    ("case", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_as_published(case: tuple[int, int, int, int], low: float, high: float) -> None:
    made = intervals.newcombe(*case)
    assert made.low == pytest.approx(low, abs=1e-4)
    assert made.high == pytest.approx(high, abs=1e-4)


@given(counts, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_is_scipys(case: tuple[int, int], level: float) -> None:
    hits, tries = case
    made = intervals.wilson(hits, tries, level=level)
    if not tries:
        assert math.isnan(made.value)
        assert math.isnan(made.low)
        return
    theirs = stats.binomtest(hits, tries).proportion_ci(level, method="wilson")
    assert made.low == pytest.approx(theirs.low, abs=1e-9)
    assert made.high == pytest.approx(theirs.high, abs=1e-9)
    assert 0 <= made.low <= made.value <= made.high <= 1


@given(st.integers(0, 10_000), st.floats(0.1, 1e6), st.sampled_from([0.9, 0.95]))
def test_poisson_is_the_chi_square_form(count: int, exposure: float, level: float) -> None:
    made = intervals.poisson(count, exposure, level=level)
    tail = (1 - level) / 2
    low = stats.chi2.ppf(tail, 2 * count) / 2 / exposure if count else 0.0
    assert made.low == pytest.approx(low, rel=1e-9)
    assert made.high == pytest.approx(stats.chi2.ppf(1 - tail, 2 * count + 2) / 2 / exposure, rel=1e-9)
    assert made.low <= made.value <= made.high


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=60))
def test_mean_is_students(values: list[float]) -> None:
    made = intervals.mean(values)
    assert made.value == pytest.approx(np.mean(values), abs=1e-6)
    spread = stats.sem(values)
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), spread) if spread > 1e-9 else (None, None)
    if low is not None:
        assert made.low == pytest.approx(low, rel=1e-4, abs=1e-3)
        assert made.high == pytest.approx(high, rel=1e-4, abs=1e-3)


def test_mean_says_what_it_cannot_say() -> None:
    one, none = intervals.mean([5.0]), intervals.mean([])
    assert one.value == 5.0
    assert math.isnan(one.low)
    assert math.isnan(none.value)


def test_bootstrap_is_scipys_within_its_noise() -> None:
    sample = np.random.default_rng(3).lognormal(3, 1, 60)
    made = intervals.bootstrap_mean(sample, seed=1, replicates=20_000)
    theirs = stats.bootstrap(
        (sample,), np.mean, method="BCa", n_resamples=20_000, rng=np.random.default_rng(2)
    ).confidence_interval
    width = theirs.high - theirs.low
    assert abs(made.low - theirs.low) < 0.05 * width
    assert abs(made.high - theirs.high) < 0.05 * width
    assert made == intervals.bootstrap_mean(sample, seed=1, replicates=20_000)
    assert made.high - made.value > made.value - made.low  # leans where the tail is


def test_bootstrap_of_a_constant_and_of_one() -> None:
    assert intervals.bootstrap_mean([2.0, 2.0], seed=1) == Interval(2.0, 2.0, 2.0)
    assert math.isnan(intervals.bootstrap_mean([2.0], seed=1).low)


@given(st.integers(1, 400), st.sampled_from([0.5, 0.9, 0.95]))
def test_quantile_ranks_cover_as_promised(size: int, share: float) -> None:
    first, last = intervals.quantile_ranks(size, share)
    # P(first <= number of values below the quantile < last) for a continuous distribution
    cover = stats.binom.cdf(last - 1, size, share) - stats.binom.cdf(first - 1, size, share)
    assert cover >= 0.95 - 1e-12
    assert 0 <= first < last <= size + 1


def test_median_of_a_known_sample() -> None:
    made = intervals.quantile(np.arange(1, 26), 0.5)
    assert made == Interval(13.0, 8.0, 18.0)  # the tabled ranks for 25 values
    assert math.isnan(intervals.quantile([1, 2, 3], 0.5).low)
    assert math.isnan(intervals.quantile(range(71), 0.95).high)
    assert intervals.quantile(range(72), 0.95).high == 71


@given(counts, counts)
def test_a_difference_turned_round_is_its_mirror(one: tuple[int, int], other: tuple[int, int]) -> None:
    there, back = intervals.newcombe(*one, *other), intervals.newcombe(*other, *one)
    if math.isnan(there.value):
        return
    assert there.low == pytest.approx(-back.high, abs=1e-12)
    assert there.low - 1e-12 <= there.value <= there.high + 1e-12
    assert there.low >= -1 - 1e-12


def test_difference_of_means_is_close_to_welch() -> None:
    source = np.random.default_rng(5)
    one, base = source.normal(10, 2, 80), source.normal(9, 4, 120)
    made = intervals.difference(intervals.mean(one), intervals.mean(base))
    welch = stats.ttest_ind(one, base, equal_var=False).confidence_interval()
    assert made.low == pytest.approx(welch.low, abs=0.02)
    assert made.high == pytest.approx(welch.high, abs=0.02)


@pytest.mark.parametrize(("share", "size"), [(0.03, 150), (0.5, 20), (0.9, 60)])
def test_wilson_covers_on_average(share: float, size: int) -> None:
    hits = np.arange(size + 1)
    made = intervals.wilson(hits, np.full(size + 1, size))
    inside = (made.low <= share) & (share <= made.high)
    assert stats.binom.pmf(hits, size, share)[inside].sum() > 0.92


def test_newcombe_covers_on_average() -> None:
    source = np.random.default_rng(7)
    one, base = source.binomial(200, 0.05, 4000), source.binomial(300, 0.08, 4000)
    made = intervals.newcombe(one, 200, base, 300)
    assert ((made.low <= -0.03) & (made.high >= -0.03)).mean() > 0.93


def test_arrays_and_numbers_agree() -> None:
    made = intervals.wilson([1, 0, 3], [10, 0, 3])
    assert made.low[0] == intervals.wilson(1, 10).low
    assert np.isnan(made.value[1])
    assert made.high[2] == 1.0
    table = pl.DataFrame({"hits": [1, 0], "tries": [10, 0]})
    columns = intervals.wilson_columns(table, successes="hits", trials="tries", prefix="p_")
    assert columns["p_share"].to_list() == [0.1, None]
    assert columns["p_low"].null_count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: intervals.wilson(3, 2),
        lambda: intervals.wilson(-1, 2),
        lambda: intervals.wilson(float("nan"), 2),
        lambda: intervals.poisson(-1),
        lambda: intervals.mean([1.0, float("inf")]),
        lambda: intervals.quantile([1.0], 1.5),
        lambda: intervals.z(1.0),
    ],
)
def test_counts_that_cannot_be_are_named(wrong: "object") -> None:
    with pytest.raises(BadCounts):
        wrong()
