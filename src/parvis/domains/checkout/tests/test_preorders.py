"""Ordering ahead: shown before it is agreed to, told when its day moves, taken back until it is sent."""

from datetime import date, timedelta

import pytest

from parvis.core import outbox
from parvis.core.clock import now
from parvis.core.days import start_of
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as catalog_queries
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Order, OrderState
from parvis.domains.checkout.rules.orders import NotPossible
from parvis.domains.checkout.testing import AT, HOME, TOKEN, filled_cart, paid_order
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import MessageFilters

pytestmark = pytest.mark.database

DAY, LATER = date(2026, 5, 4), date(2026, 5, 18)


@pytest.fixture
def large(db: object) -> int:
    """The dress in L: nothing is there, three may be ordered ahead."""
    variant = small_catalogue().variants["DR-L"]
    catalog.set_preorder(variant_id=variant, on=DAY, limit=3, at=AT)
    return variant


def _move(variant: int, day: date) -> None:
    catalog.set_preorder(variant_id=variant, on=day, limit=3, at=AT)
    while outbox.deliver(at=now()):
        pass


def _subjects(order: Order) -> list[str]:
    found = mails.messages(MessageFilters(template="checkout/mail/told")).items
    return [each.subject for each in found if order.number in each.subject]


def test_it_is_paid_now_and_owed(large: int) -> None:
    order = paid_order({"DR-L": 2, "DR-S": 1})
    assert order.state is OrderState.PAID
    assert [line.preorder_on for line in sorted(order.lines, key=lambda line: line.sku)] == [DAY, None]
    assert catalog_queries.variant(large).sellable == 1


def test_nothing_is_sold_for_a_day_that_is_past_and_who_waits_hears_of_the_next(large: int) -> None:
    order = paid_order({"DR-L": 2})
    assert catalog.close_preorders(at=start_of(DAY)) == 0, "the day itself is not over"
    assert catalog.close_preorders(at=start_of(DAY + timedelta(days=1))) == 1
    assert catalog_queries.variant(large).sellable == 0
    assert queries.order(order.id).lines[0].preorder_on == DAY
    _move(large, LATER)
    assert queries.order(order.id).lines[0].preorder_on == LATER
    assert len(_subjects(order)) == 1
    assert catalog_queries.variant(large).sellable == 1


def test_a_cart_shows_it_and_the_limit_holds(large: int) -> None:
    cart = filled_cart({"DR-L": 3})
    assert cart.lines[0].preorder_on == DAY
    assert cart.ready
    with pytest.raises(actions.NotEnough):
        actions.add_to_cart(token=TOKEN, variant_id=large, quantity=1, at=AT)


def test_nobody_is_given_a_promise_instead_of_stock(large: int) -> None:
    """Two pieces come in, the shopper sees them in stock, another buys them before the order is sent off."""
    catalog.receive_stock(variant_id=large, quantity=2, at=AT)
    cart = filled_cart({"DR-L": 2})
    assert cart.lines[0].preorder_on is None
    catalog.adjust_stock(variant_id=large, quantity=-2, reason="broken", at=AT)
    with pytest.raises(actions.OutOfStock):
        actions.place(
            cart_token=TOKEN,
            email="ada@mail.example",
            name="Ada Bell",
            address=HOME,
            shipping_method="home",
            locale="en",
            key="one",
            ahead_known=(),
            at=AT,
        )
    assert queries.cart(TOKEN, locale="en").lines[0].preorder_on == DAY, "shown now, to be agreed to"


def test_another_day_is_told_once(large: int) -> None:
    order = paid_order({"DR-L": 1})
    _move(large, LATER)
    _move(large, LATER)
    assert queries.order(order.id).lines[0].preorder_on == LATER
    assert len(_subjects(order)) == 1
    assert "preorder_moved" in [entry.kind for entry in queries.order(order.id).trail]


def test_it_is_taken_back_until_it_is_sent(large: int) -> None:
    order = paid_order({"DR-L": 2})
    assert actions.open_ahead(queries.order(order.id))
    refund = actions.take_back_preorder(order_id=order.id, at=AT)
    assert refund.amount == order.totals.total
    assert queries.order(order.id).state is OrderState.REFUNDED
    assert catalog_queries.variant(large).sellable == 3, "others can order it ahead again"
    with pytest.raises(NotPossible):
        actions.take_back_preorder(order_id=order.id, at=AT)


def test_what_was_sent_is_not_taken_back_so(large: int) -> None:
    order = paid_order({"DR-L": 1})
    catalog.receive_stock(variant_id=large, quantity=1, at=AT)
    actions.ship(order_id=order.id, at=AT)
    assert not actions.open_ahead(queries.order(order.id))
    with pytest.raises(NotPossible):
        actions.take_back_preorder(order_id=order.id, at=AT)
    _move(large, LATER)
    assert not _subjects(order), "who has it is told nothing"
