"""Refunds: of lines and of amounts, never more than was taken, once a key."""

from datetime import timedelta

import pytest

from parvis.core.errors import Invalid
from parvis.core.idempotency import KeyReused
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, ports, queries
from parvis.domains.checkout.actions.refunds import NotPaid
from parvis.domains.checkout.contracts import Order, OrderState, RefundState
from parvis.domains.checkout.ports import PaymentUnavailable
from parvis.domains.checkout.rules.money import OverRefund
from parvis.domains.checkout.rules.orders import NotPossible
from parvis.domains.checkout.testing import AT, REFUND_FAILS, paid_order, placed_order
from parvis.domains.people import testing as people

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


@pytest.fixture
def order(shop: SmallCatalogue) -> Order:
    """Two dresses and a sweater: 2 x 89.00 + 65.00, free shipping."""
    return paid_order({"DR-S": 2, "SW-M": 1})


def back(order: Order, lines: dict[int, int], key: str = "r1", **more):
    return actions.refund(order_id=order.id, lines=lines, reason="too small", key=key, at=AT, **more)


def test_one_piece_comes_back(order: Order, shop: SmallCatalogue) -> None:
    camille = people.account("camille", at=AT)
    made = back(order, {order.lines[0].id: 1}, actor_id=camille.pk)
    assert (made.amount.amount_minor, made.state) == (8900, RefundState.SUCCEEDED)
    after = queries.order(order.id)
    assert after.state is OrderState.PARTLY_REFUNDED
    assert after.refunded.amount_minor == 8900
    assert [line.refunded_quantity for line in after.lines] == [1, 0]
    assert catalog.variant(shop.variants["DR-S"]).on_hand == 9
    last = after.trail[-1]
    assert (last.kind, last.actor_id, last.detail["amount_minor"]) == ("refunded", camille.pk, 8900)
    assert actions.ship(order_id=order.id, at=AT).state is OrderState.SHIPPED


def test_everything_comes_back_piece_by_piece(order: Order) -> None:
    dress, sweater = order.lines
    back(order, {dress.id: 1}, "r1")
    back(order, {dress.id: 1}, "r2")
    back(order, {sweater.id: 1}, "r3")
    after = queries.order(order.id)
    assert after.state is OrderState.REFUNDED
    assert after.refunded == after.totals.total
    with pytest.raises(NotPaid):
        back(order, {}, "r4", amount_minor=1)
    with pytest.raises(NotPossible):
        actions.ship(order_id=order.id, at=AT)


def test_the_same_key_gives_back_once(order: Order) -> None:
    first, second = back(order, {order.lines[0].id: 1}), back(order, {order.lines[0].id: 1})
    assert first == second
    assert queries.order(order.id).refunded.amount_minor == 8900
    with pytest.raises(KeyReused):
        back(order, {order.lines[0].id: 2})
    with pytest.raises(KeyReused):
        back(order, {order.lines[0].id: 1}, amount_minor=5)


def test_a_gesture_without_goods(order: Order, shop: SmallCatalogue) -> None:
    made = back(order, {}, amount_minor=500)
    assert made.amount.amount_minor == 500
    assert catalog.variant(shop.variants["DR-S"]).on_hand == 8
    assert queries.order(order.id).state is OrderState.PARTLY_REFUNDED


def test_worn_goods_do_not_go_back_on_the_shelf(order: Order, shop: SmallCatalogue) -> None:
    back(order, {order.lines[0].id: 2}, restock=False)
    assert catalog.variant(shop.variants["DR-S"]).on_hand == 8


def test_never_more_than_was_taken(order: Order) -> None:
    back(order, {}, amount_minor=20000)
    with pytest.raises(OverRefund) as over:
        back(order, {}, "r2", amount_minor=4301)
    assert over.value.params["left"] == 4300
    made = back(order, {line.id: line.quantity for line in order.lines}, "r3")
    assert made.amount.amount_minor == 4300
    assert queries.order(order.id).state is OrderState.REFUNDED


def test_pieces_that_are_not_there(order: Order) -> None:
    for lines in ({order.lines[0].id: 3}, {10**9: 1}, {order.lines[0].id: -1}, {}):
        with pytest.raises(Invalid):
            back(order, lines)
    assert models.Refund.objects.count() == 0


def test_nothing_was_paid() -> None:
    unpaid = placed_order()
    with pytest.raises(NotPaid):
        back(unpaid, {unpaid.lines[0].id: 1})


def test_a_refund_that_the_bank_refuses_is_undone() -> None:
    order = paid_order({"DR-S": 2}, number=REFUND_FAILS)
    made = back(order, {order.lines[0].id: 1})
    assert made.state is RefundState.FAILED
    after = queries.order(order.id)
    assert after.state is OrderState.PAID
    assert after.lines[0].refunded_quantity == 0
    assert after.payment is not None
    assert after.payment.refunded_minor == 0
    assert after.trail[-1].kind == "refund_failed"


def test_an_unreachable_bank_is_asked_again(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise PaymentUnavailable(reason="no answer")

    with monkeypatch.context() as broken:
        broken.setattr(type(ports.payments()), "refund", gone)
        made = back(order, {order.lines[0].id: 1})
        assert made.state is RefundState.PENDING
        # What is under way counts already.
        with pytest.raises(OverRefund):
            back(order, {}, "r2", amount_minor=24300 - 8900 + 1)
    assert actions.retry_refunds(at=AT) == 0
    assert actions.retry_refunds(at=AT + timedelta(minutes=2)) == 1
    after = queries.order(order.id)
    assert (after.state, after.refunded.amount_minor) == (OrderState.PARTLY_REFUNDED, 8900)


def test_an_unreachable_bank_is_asked_ever_more_rarely_and_for_days(order: Order, monkeypatch) -> None:
    asked: list[object] = []

    def gone(*_: object, **__: object) -> None:
        asked.append(1)
        raise PaymentUnavailable(reason="no answer")

    monkeypatch.setattr(type(ports.payments()), "refund", gone)
    back(order, {order.lines[0].id: 1})
    for hour in range(1, 24):
        actions.retry_refunds(at=AT + timedelta(hours=hour))
    assert models.Refund.objects.get().state == RefundState.PENDING
    assert 8 <= len(asked) <= 14
    for hour in range(24, 240, 6):
        actions.retry_refunds(at=AT + timedelta(hours=hour))
    assert models.Refund.objects.get().state == RefundState.FAILED
    assert queries.order(order.id).lines[0].refunded_quantity == 0


def test_what_was_given_back_is_not_a_verified_purchase(order: Order, shop: SmallCatalogue) -> None:
    dress = shop.products["linen-dress"]
    assert queries.purchased(customer_id=order.customer_id, product_id=dress) is not None
    back(order, {order.lines[0].id: 1})
    assert queries.purchased(customer_id=order.customer_id, product_id=dress) is not None
    back(order, {order.lines[0].id: 1}, "r2")
    assert queries.purchased(customer_id=order.customer_id, product_id=dress) is None
    assert queries.purchased(customer_id=order.customer_id, product_id=shop.products["wool-sweater"]) is not None
