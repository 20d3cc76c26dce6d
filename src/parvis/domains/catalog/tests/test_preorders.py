"""Ordered ahead: a limit counted like stock, a day that is told, nothing sold twice."""

from datetime import date, timedelta

import pytest

from parvis.core.errors import Conflict, Invalid
from parvis.core.models import OutboxEvent
from parvis.domains.catalog import actions, queries
from parvis.domains.catalog.testing import AT, small_catalogue

pytestmark = pytest.mark.database

DAY = date(2026, 5, 4)


@pytest.fixture
def large(db: object) -> int:
    """The dress in L: nothing of it is there."""
    return small_catalogue().variants["DR-L"]


def test_nothing_is_sold_ahead_before_it_is_opened(large: int) -> None:
    with pytest.raises(actions.OutOfStock):
        actions.hold({large: 1}, at=AT, ahead={large})
    found = queries.variant(large)
    assert (found.sellable, found.ahead, found.preorder_on) == (0, False, None)


def test_the_limit_is_counted_like_stock(large: int) -> None:
    actions.set_preorder(variant_id=large, on=DAY, limit=3, at=AT)
    found = queries.variant(large)
    assert (found.available, found.preorder_left, found.sellable, found.ahead) == (0, 3, 3, True)
    actions.hold({large: 2}, at=AT, ahead={large})
    assert queries.variant(large).sellable == 1
    with pytest.raises(actions.OutOfStock):
        actions.hold({large: 2}, at=AT, ahead={large})
    actions.release({large: 1}, at=AT)
    actions.commit({large: 1}, ref="P-1", at=AT)
    found = queries.variant(large)
    assert (found.on_hand, found.reserved, found.sellable) == (-1, 0, 2)
    assert queries.available([large]) == {large: 0}
    assert queries.sellable([large]) == {large: 2}


def test_who_was_shown_stock_is_never_given_a_promise(large: int) -> None:
    actions.set_preorder(variant_id=large, on=DAY, limit=3, at=AT)
    with pytest.raises(actions.OutOfStock):
        actions.hold({large: 1}, at=AT)


def test_what_comes_in_serves_what_is_owed_first(large: int) -> None:
    actions.set_preorder(variant_id=large, on=DAY, limit=3, at=AT)
    actions.hold({large: 2}, at=AT, ahead={large})
    actions.commit({large: 2}, ref="P-1", at=AT)
    assert actions.receive_stock(variant_id=large, quantity=5, at=AT) == 3
    found = queries.variant(large)
    assert (found.available, found.ahead) == (3, False)
    assert sum(move.quantity for move in queries.movements(large)) == 3


def test_closing_keeps_what_was_promised(large: int) -> None:
    actions.set_preorder(variant_id=large, on=DAY, limit=5, at=AT)
    actions.hold({large: 2}, at=AT, ahead={large})
    actions.set_preorder(variant_id=large, on=None, at=AT)
    assert queries.variant(large).sellable == 0
    actions.commit({large: 2}, ref="P-1", at=AT)
    assert queries.variant(large).on_hand == -2
    with pytest.raises(Conflict):
        actions.count_stock(variant_id=large, counted=0, at=AT)
    actions.take_back({large: 1}, ref="P-1", at=AT)
    assert queries.variant(large).sellable == 0


def test_another_day_is_an_event(large: int) -> None:
    actions.set_preorder(variant_id=large, on=DAY, limit=5, at=AT)
    actions.set_preorder(variant_id=large, on=DAY, limit=6, at=AT)
    actions.set_preorder(variant_id=large, on=DAY + timedelta(days=7), limit=6, at=AT)
    moved = OutboxEvent.objects.filter(name="catalog.preorder_moved")
    assert [row.payload["new"] for row in moved] == ["2026-05-11"]


def test_nonsense_is_refused(large: int) -> None:
    with pytest.raises(Invalid):
        actions.set_preorder(variant_id=large, on=AT.date(), limit=1, at=AT)
    with pytest.raises(Invalid):
        actions.set_preorder(variant_id=large, on=DAY, limit=0, at=AT)
    actions.set_preorder(variant_id=large, on=DAY, limit=2, at=AT)
    actions.hold({large: 2}, at=AT, ahead={large})
    with pytest.raises(Conflict):
        actions.set_preorder(variant_id=large, on=DAY, limit=1, at=AT)
