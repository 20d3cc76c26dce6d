"""Gift cards in orders: they pay, and have their money back, to the cent."""

from datetime import timedelta

import pytest

from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.actions.refunds import NotPaid
from parvis.domains.checkout.contracts import (
    Benefit,
    GiftCardState,
    OrderState,
    StepState,
)
from parvis.domains.checkout.rules import codes
from parvis.domains.checkout.rules.money import OverRefund
from parvis.domains.checkout.testing import AT, DECLINED, filled_cart, pay
from parvis.domains.checkout.tests.offers_in_orders import issued, place, promotion, typed

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


def test_a_card_that_pays_all_needs_no_provider(shop: SmallCatalogue) -> None:
    card = issued(10_000)
    filled_cart({"DR-S": 1}, catalogue=shop)
    typed(card.code)
    order = place(expected_total_minor=0)
    assert (order.totals.gift_cards.amount_minor, order.totals.due.amount_minor) == (8900, 0)
    for _ in range(2):
        assert actions.pay(order_token=order.token, at=AT).state is StepState.PAID
    after = queries.order(order.id)
    assert after.state is OrderState.PAID
    assert after.payment is not None
    assert (after.payment.provider, after.payment.captured_minor) == ("none", 0)
    assert queries.gift_card(card.card.id).balance.amount_minor == 1100


def test_a_card_pays_a_part_and_the_bank_the_rest(shop: SmallCatalogue) -> None:
    card = issued(900)
    filled_cart({"DR-S": 1}, catalogue=shop)
    typed(card.code)
    order = place(expected_total_minor=8000)
    assert pay(order, number=DECLINED).state is StepState.DECLINED
    assert pay(order).state is StepState.PAID
    paid = queries.order(order.id)
    assert paid.payment is not None
    assert paid.payment.captured_minor == 8000


def give_back(order_id: int, sku: str, key: str) -> int:
    line = next(line for line in queries.order(order_id).lines if line.sku == sku)
    made = actions.refund(order_id=order_id, lines={line.id: 1}, reason="changed my mind", key=key, at=AT)
    return made.amount.amount_minor


def test_a_refund_goes_to_the_bank_first_and_the_rest_to_the_card(shop: SmallCatalogue) -> None:
    """154.00 of goods, 80.00 of them by gift card: 74.00 and 15.00, then the last 65.00, all of it to the card."""
    card = issued(8000)
    filled_cart({"DR-S": 1, "SW-S": 1}, catalogue=shop)
    typed(card.code)
    order = place()
    pay(order)
    assert queries.order(order.id).refundable.amount_minor == 15_400
    for _ in range(2):
        assert give_back(order.id, "DR-S", "back-1") == 8900
    part = queries.order(order.id)
    assert part.payment is not None
    assert (part.state, part.payment.refunded_minor) == (OrderState.PARTLY_REFUNDED, 7400)
    assert (part.refundable.amount_minor, queries.gift_card(card.card.id).balance.amount_minor) == (6500, 1500)
    assert give_back(order.id, "SW-S", "back-2") == 6500
    whole = queries.order(order.id)
    assert (whole.state, whole.refunded, whole.refundable.amount_minor) == (OrderState.REFUNDED, whole.totals.total, 0)
    assert queries.gift_card(card.card.id).balance.amount_minor == 8000
    with pytest.raises((OverRefund, NotPaid)):
        actions.refund(order_id=order.id, lines={}, amount_minor=1, reason="more", key="back-3", at=AT)


def test_what_a_card_paid_alone_goes_back_to_it(shop: SmallCatalogue) -> None:
    card = issued(8900, expires_at=AT + timedelta(days=1))
    filled_cart({"DR-S": 1}, catalogue=shop)
    typed(card.code)
    order = place()
    actions.pay(order_token=order.token, at=AT)
    assert give_back(order.id, "DR-S", "back-1") == 8900
    assert queries.order(order.id).state is OrderState.REFUNDED
    after = queries.gift_card(card.card.id)
    assert (after.balance.amount_minor, after.expires_at) == (8900, AT + timedelta(days=90))


def test_a_fully_discounted_order_is_paid_too(shop: SmallCatalogue) -> None:
    promotion(value=10_000)
    promotion(benefit=Benefit.FREE_SHIPPING, value=0, code="PORT")
    filled_cart({"DR-S": 1}, catalogue=shop)
    typed("WELCOME10")
    typed("PORT")
    order = place(expected_total_minor=0)
    assert order.totals.total.amount_minor == 0
    assert actions.pay(order_token=order.token, at=AT).state is StepState.PAID


def test_money_that_comes_late_takes_the_card_again_or_goes_back(shop: SmallCatalogue) -> None:
    card = issued(900)
    filled_cart({"DR-S": 1}, catalogue=shop)
    typed(card.code)
    order = place()
    later = AT + timedelta(minutes=16)
    actions.expire(at=later)
    assert queries.gift_card(card.card.id).balance.amount_minor == 900
    row = models.Order.objects.get(id=order.id)
    assert actions.offers.claims.can_retake(row)
    actions.offers.claims.retake(row, at=later)
    assert queries.gift_card(card.card.id).balance.amount_minor == 0
    assert actions.offers.gift_left(row) == 900


def test_a_ledger_tells_every_cent(shop: SmallCatalogue) -> None:
    card = issued(1000, key="request-1").card
    with pytest.raises(actions.AlreadyIssued):
        issued(1000, key="request-1")
    actions.top_up_gift_card(card_id=card.id, amount_minor=500, key="top-1", at=AT)
    actions.top_up_gift_card(card_id=card.id, amount_minor=500, key="top-1", at=AT)
    assert queries.gift_card(card.id).balance.amount_minor == 1500
    assert sum(entry.amount.amount_minor for entry in queries.gift_ledger(card.id)) == 1500
    assert actions.block_gift_card(card_id=card.id).state is GiftCardState.BLOCKED
    assert actions.unblock_gift_card(card_id=card.id).state is GiftCardState.ACTIVE
    assert [found.id for found in queries.gift_cards(card.last4)] == [card.id]
    for wrong in (0, -5, 100_001):
        with pytest.raises(Invalid):
            issued(wrong)
        with pytest.raises(Invalid):
            actions.top_up_gift_card(card_id=card.id, amount_minor=wrong, at=AT)
    with pytest.raises(NotFound):
        actions.block_gift_card(card_id=0)


def test_codes_of_cards_cannot_be_guessed_nor_mistaken() -> None:
    made = {codes.new_gift_code() for _ in range(200)}
    assert len(made) == 200
    assert all(codes.like_gift(code) and codes.normal(codes.shown_gift_code(code)) == code for code in made)
    assert not set("01ILO") & set(codes.ALPHABET)
