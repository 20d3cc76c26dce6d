"""From the cart to the parcel, with what goes wrong on the way."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from parvis.core.models import OutboxEvent
from parvis.domains.catalog import actions as catalog_actions
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import Order, OrderState, StepState
from parvis.domains.checkout.ports import CardSummary, IntentState, ProviderEvent
from parvis.domains.checkout.testing import AT, CHALLENGED, DECLINED, POOR, paid_order, pay, placed_order

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def told(name: str) -> list[dict]:
    return [event.payload for event in OutboxEvent.objects.filter(name=name).order_by("id")]


def test_buying_a_dress() -> None:
    shop = small_catalogue()
    dress = shop.variants["DR-S"]
    order = placed_order({"DR-S": 2})
    assert order.state is OrderState.AWAITING_PAYMENT
    assert order.totals.total.amount_minor == 2 * 8900
    assert order.totals.tax.amount_minor == 2967
    assert order.reserved_until == AT + timedelta(minutes=15)
    assert catalog.available([dress]) == {dress: 8}
    step = pay(order)
    assert step.state is StepState.PAID
    done = queries.order(order.id)
    assert done.state is OrderState.PAID
    assert done.payment is not None
    assert (done.payment.card_brand, done.payment.card_last4, done.payment.captured_minor) == ("visa", "4242", 17800)
    variant = catalog.variant(dress)
    assert (variant.on_hand, variant.reserved) == (8, 0)
    assert [entry.kind for entry in done.trail] == ["placed", "agreed", "payment_authorised", "paid"]
    assert told("checkout.order_paid") == [
        {
            "order_id": order.id,
            "customer_id": order.customer_id,
            "product_ids": [shop.products["linen-dress"]],
            "total_minor": 17800,
            "currency": "EUR",
            "visit": None,
        }
    ]
    actions.ship(order_id=order.id, tracking="LP00042", at=AT + timedelta(days=1))
    arrived = actions.deliver(order_id=order.id, at=AT + timedelta(days=3))
    assert arrived.state is OrderState.DELIVERED
    assert arrived.tracking == "LP00042"
    purchase = queries.purchased(customer_id=order.customer_id, product_id=shop.products["linen-dress"])
    assert purchase is not None
    assert purchase.ref == f"{order.number}/{order.lines[0].id}"
    assert purchase.delivered_at == AT + timedelta(days=3)


@pytest.mark.parametrize(("number", "code"), [(DECLINED, "card_declined"), (POOR, "insufficient_funds")])
def test_a_declined_card_may_be_followed_by_a_good_one(number: str, code: str) -> None:
    order = placed_order()
    step = pay(order, number=number)
    assert (step.state, step.decline_code) == (StepState.DECLINED, code)
    assert queries.order(order.id).state is OrderState.AWAITING_PAYMENT
    assert pay(order, at=AT + timedelta(minutes=2)).state is StepState.PAID


def test_two_identical_declines_leave_two_steps_however_often_they_are_told() -> None:
    order = placed_order()
    first, second = AT + timedelta(minutes=1), AT + timedelta(minutes=3)
    for at in (first, second):
        assert pay(order, number=DECLINED, at=at).decline_code == "card_declined"
        actions.settle(order_token=order.token, at=at + timedelta(seconds=20))
    for event in declines(order, first, second, first):
        actions.apply_provider_event(event, at=second + timedelta(seconds=40))
    steps = [step for step in queries.order(order.id).trail if step.kind == "payment_declined"]
    assert [step.at for step in steps] == [first, second]
    assert all(step.detail == {"code": "card_declined"} for step in steps)


def test_a_decline_that_only_the_webhook_tells_is_a_step_too() -> None:
    order = placed_order()
    first, second = AT + timedelta(minutes=1), AT + timedelta(minutes=3)
    pay(order, number=DECLINED, at=first)
    models.Payment.objects.update(attempted_at=second)  # the answer to the second attempt was lost on its way
    (event,) = declines(order, second + timedelta(seconds=1))
    actions.apply_provider_event(event, at=second + timedelta(seconds=30))
    steps = [step.kind for step in queries.order(order.id).trail]
    assert steps.count("payment_declined") == 2


def test_a_decline_that_is_told_late_leaves_the_card_that_paid() -> None:
    order = placed_order()
    first, second = AT + timedelta(minutes=1), AT + timedelta(minutes=3)
    pay(order, number=DECLINED, at=first)
    (late,) = declines(order, first)
    card = CardSummary(brand="visa", last4="0002", exp_month=12, exp_year=2040)
    pay(order, at=second)
    actions.apply_provider_event(replace(late, card=card), at=second + timedelta(seconds=20))
    payment = queries.order(order.id).payment
    assert payment is not None
    assert (payment.card_last4, payment.captured_minor) == ("4242", 8900)


def declines(order: Order, *moments: datetime) -> list[ProviderEvent]:
    """What a provider tells of declined attempts, by webhook."""
    payment = models.Payment.objects.get(order_id=order.id)
    return [
        ProviderEvent(
            id=f"evt-{number}",
            provider=payment.provider,
            kind="payment.declined",
            reference=payment.reference,
            state=IntentState.DECLINED,
            occurred_at=moment,
            authorised_minor=0,
            captured_minor=0,
            refunded_minor=0,
            decline_code="card_declined",
        )
        for number, moment in enumerate(moments)
    ]


def test_the_bank_asks_and_the_owner_accepts(client) -> None:
    order = placed_order()
    step = pay(order, number=CHALLENGED)
    assert step.state is StepState.ACTION_REQUIRED
    page = client.get(step.next_url)
    assert order.number in page.content.decode()
    assert "4242" not in page.content.decode()
    back = client.post(step.next_url, {"answer": "accept"})
    assert back.url == f"/orders/{order.token}/"
    assert actions.settle(order_token=order.token, at=AT).state is StepState.PAID


def test_the_bank_asks_and_the_owner_refuses(client) -> None:
    order = placed_order()
    step = pay(order, number=CHALLENGED)
    client.post(step.next_url, {"answer": "refuse"})
    client.post(step.next_url, {"answer": "accept"})
    after = actions.settle(order_token=order.token, at=AT + timedelta(seconds=5))
    assert (after.state, after.decline_code) == (StepState.DECLINED, "authentication_failed")
    assert pay(order, at=AT + timedelta(minutes=1)).state is StepState.PAID


def test_paying_twice_charges_once() -> None:
    order = paid_order()
    assert pay(order).state is StepState.PAID
    assert len(told("checkout.order_paid")) == 1


def test_price_changes_in_the_catalogue_change_no_order() -> None:
    order = paid_order()
    catalog_actions.set_price(
        variant_id=order.lines[0].variant_id, amount_minor=100, reason="sale", actor_id=None, at=AT
    )
    assert queries.order(order.id).lines[0].unit.amount_minor == 8900
