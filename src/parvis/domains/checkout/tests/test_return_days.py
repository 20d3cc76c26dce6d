"""How long something may be sent back, and what is closed."""

from datetime import date

import pytest

from parvis.domains.checkout.contracts import (
    ReturnState,
)
from parvis.domains.checkout.rules import returns as rules


@pytest.mark.parametrize(
    ("year", "month", "day"), [(1961, 4, 2), (2000, 4, 23), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2038, 4, 25)]
)
def test_easter_falls_where_it_fell(year: int, month: int, day: int) -> None:
    assert rules.easter(year) == date(year, month, day)


@pytest.mark.parametrize(
    ("came", "until"),
    [
        (date(2026, 3, 2), date(2026, 3, 16)),  # Monday to Monday
        (date(2026, 3, 7), date(2026, 3, 23)),  # a Saturday goes on to the Monday
        (date(2026, 3, 23), date(2026, 4, 7)),  # 6 April is Easter Monday
        (date(2026, 4, 17), date(2026, 5, 4)),  # 1 May is a Friday and a holiday
        (date(2026, 4, 30), date(2026, 5, 15)),  # 14 May is Ascension Day
        (date(2025, 12, 11), date(2025, 12, 26)),  # Christmas
    ],
)
def test_the_period_ends_on_a_working_day(came: date, until: date) -> None:
    assert rules.withdrawal_until(came) == until


def test_the_brand_may_give_more_days_and_never_fewer() -> None:
    assert rules.withdrawal_until(date(2026, 3, 2), days=30) == date(2026, 4, 1)
    assert rules.withdrawal_until(date(2026, 3, 2), days=3) == date(2026, 3, 16)


def test_the_guarantee_is_two_years() -> None:
    assert rules.guarantee_until(date(2026, 3, 2)) == date(2028, 3, 2)
    assert rules.guarantee_until(date(2024, 2, 29)) == date(2026, 2, 28)


@pytest.mark.parametrize("state", list(ReturnState))
def test_what_is_closed_stays_closed(state: ReturnState) -> None:
    closed = state in (ReturnState.REFUNDED, ReturnState.REFUSED, ReturnState.CANCELLED)
    assert (rules.WAYS[state] == ()) is closed
