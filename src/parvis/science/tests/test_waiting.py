import numpy as np
import pytest

from parvis.science import waiting


def test_without_open_waits_it_is_the_plain_quantile():
    times = np.arange(1, 102.0)
    assert waiting.quantile(times, np.ones(101), 0.5).value == 51
    assert waiting.quantile(times, np.ones(101), 0.95).value == 96


def test_what_still_waits_counts():
    # half of them wait still after 10: nobody knows the 95th percentile, and the median is what it is
    times, over = [1.0] * 50 + [10.0] * 50, [True] * 50 + [False] * 50
    assert waiting.quantile(times, over, 0.5).value == 1
    assert waiting.quantile(times, over, 0.95).value == float("inf")
    assert np.isnan(waiting.quantile([], [], 0.5).value)


def test_the_interval_covers_as_often_as_it_says():
    rng, inside = np.random.default_rng(3), 0
    for _ in range(300):
        true, stop = rng.exponential(10, 120), rng.exponential(25, 120)
        found = waiting.quantile(np.minimum(true, stop), true <= stop, 0.5)
        inside += found.low <= 10 * np.log(2) <= found.high
    assert 0.92 <= inside / 300 <= 0.99


def test_alike_is_rarely_called_different_and_different_often():
    rng = np.random.default_rng(5)
    false = true = 0
    for _ in range(300):
        same, stop, group = rng.exponential(10, 200), rng.exponential(30, 200), np.arange(200) < 80
        false += waiting.equal(np.minimum(same, stop), same <= stop, group) < 0.05
        slow = np.where(group, same * 1.8, same)
        true += waiting.equal(np.minimum(slow, stop), slow <= stop, group) < 0.05
    assert 0.02 <= false / 300 <= 0.08
    assert true / 300 > 0.85


def test_a_group_that_is_never_decided_is_found_out():
    """Holding complaints for ever and publishing praise at once must not look fair."""
    times = [1.0] * 40 + [30.0] * 40
    assert waiting.equal(times, [True] * 40 + [False] * 40, [False] * 40 + [True] * 40) < 1e-6


@pytest.mark.parametrize(("times", "over"), [([1], [True, False]), ([-1], [True]), ([np.nan], [True])])
def test_waits_that_cannot_be_are_refused(times, over):
    with pytest.raises(waiting.BadWaits):
        waiting.quantile(times, over, 0.5)


def test_nothing_to_compare_is_said():
    assert np.isnan(waiting.equal([1, 2], [True, True], [True, True]))
    assert np.isnan(waiting.equal([1, 2], [False, False], [True, False]))
