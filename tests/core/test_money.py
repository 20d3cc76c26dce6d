"""Money: splits lose nothing, currencies do not mix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.money import CurrencyMismatch, Money, split_minor


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_a_split_sums_to_the_whole_and_stays_near_its_share(amount: int, weights: list[int]) -> None:
    shares = split_minor(amount, weights)
    assert sum(shares) == amount
    parts = weights if any(weights) else [1] * len(weights)
    for share, part in zip(shares, parts, strict=True):
        assert abs(share - amount * part / sum(parts)) < 1 + abs(amount) * 1e-12


def test_ties_go_to_the_earlier_share() -> None:
    assert split_minor(100, [1, 1, 1]) == [34, 33, 33]
    assert split_minor(-100, [1, 1, 1]) == [-34, -33, -33]


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch, match="EUR and USD"):
        Money(1, "EUR") + Money(1, "USD")


def test_negative_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        split_minor(1, [-1, 2])
