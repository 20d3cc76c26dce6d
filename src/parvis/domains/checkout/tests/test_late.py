"""Money that comes late, twice, out of order, or not at all."""

from datetime import datetime, timedelta

import pytest

from parvis.domains.catalog import actions as catalog_actions
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, ports, queries
from parvis.domains.checkout.actions import AmountMismatch, UnknownPayment, capturing
from parvis.domains.checkout.actions.fulfil import PaymentUnderWay
from parvis.domains.checkout.contracts import Order, OrderState, PaymentState, StepState
from parvis.domains.checkout.ports import IntentState, PaymentUnavailable, ProviderEvent
from parvis.domains.checkout.testing import (
    AT,
    CAPTURE_FAILS,
    CAPTURE_LATE,
    CHALLENGED,
    paid_order,
    pay,
    placed_order,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]
LATER = AT + timedelta(minutes=30)


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


def event(
    order: Order, state: IntentState, *, captured: int = 0, refunded: int = 0, name: str = "evt_1", at: datetime = AT
) -> ProviderEvent:
    payment = models.Payment.objects.get(order_id=order.id)
    authorised = payment.amount_minor if state not in (IntentState.CREATED, IntentState.DECLINED) else 0
    return ProviderEvent(
        id=name,
        provider=payment.provider,
        kind=f"payment.{state.value}",
        reference=payment.reference,
        state=state,
        authorised_minor=authorised,
        captured_minor=captured,
        refunded_minor=refunded,
        occurred_at=at,
    )


def expired_while_at_the_bank(monkeypatch: pytest.MonkeyPatch, quantity: int = 1) -> Order:
    """An order that expired while its owner was on the bank's page, and whose payment could not be closed."""
    order = placed_order({"DR-M": quantity})
    pay(order, number=CHALLENGED)

    def gone(*_: object, **__: object) -> None:
        raise PaymentUnavailable(reason="no answer")

    with monkeypatch.context() as broken:
        broken.setattr(type(ports.payments()), "cancel", gone)
        assert actions.expire(at=LATER) == 1
    return order


def accept(client, order: Order) -> None:
    intent = ports.payments().retrieve(models.Payment.objects.get(order_id=order.id).reference)
    client.post(intent.next_url, {"answer": "accept"})


def sell_out(shop: SmallCatalogue) -> None:
    catalog_actions.adjust_stock(variant_id=shop.variants["DR-M"], quantity=-4, reason="lost", at=AT)


def test_late_money_takes_the_stock_again(client, monkeypatch: pytest.MonkeyPatch, shop: SmallCatalogue) -> None:
    order = expired_while_at_the_bank(monkeypatch)
    accept(client, order)
    assert actions.settle(order_token=order.token, at=LATER).state is StepState.PAID
    after = queries.order(order.id)
    assert (after.state, after.cancelled_at, after.cancel_reason) == (OrderState.PAID, None, "")
    assert [entry.kind for entry in after.trail][-2:] == ["payment_authorised", "paid_late"]
    variant = catalog.variant(shop.variants["DR-M"])
    assert (variant.on_hand, variant.reserved) == (3, 0)


def test_a_late_promise_for_what_has_gone_is_given_back(client, monkeypatch, shop: SmallCatalogue) -> None:
    order = expired_while_at_the_bank(monkeypatch)
    sell_out(shop)
    accept(client, order)
    assert actions.settle(order_token=order.token, at=LATER).state is StepState.CANCELLED
    after = queries.order(order.id)
    assert after.payment is not None
    assert (after.payment.state, after.payment.captured_minor) == (PaymentState.CANCELLED, 0)


def test_late_money_for_what_has_gone_is_refunded_and_told(client, monkeypatch, shop: SmallCatalogue) -> None:
    order = expired_while_at_the_bank(monkeypatch)
    sell_out(shop)
    accept(client, order)
    provider = ports.payments()
    payment = models.Payment.objects.get(order_id=order.id)
    provider.capture(payment.reference, amount=order.totals.total, key="at the provider")
    assert actions.settle(order_token=order.token, at=LATER).state is StepState.REFUNDED
    after = queries.order(order.id)
    assert (after.state, after.refunded) == (OrderState.REFUNDED, after.totals.total)
    assert [entry.kind for entry in after.trail][-2:] == ["late_payment", "refunded"]
    assert provider.retrieve(payment.reference).refunded_minor == order.totals.total.amount_minor
    assert catalog.variant(shop.variants["DR-M"]).on_hand == 0


def test_an_order_that_its_owner_cancelled_stays_so(client, monkeypatch, shop: SmallCatalogue) -> None:
    order = placed_order({"DR-M": 1})
    pay(order, number=CHALLENGED)
    monkeypatch.setattr("parvis.domains.checkout.actions.fulfil.void", lambda *_, **__: None)
    actions.cancel(order_id=order.id, at=AT)
    accept(client, order)
    assert actions.settle(order_token=order.token, at=AT).state is StepState.CANCELLED
    assert catalog.variant(shop.variants["DR-M"]).available == 4


def test_expiry_closes_the_payment_at_the_bank(client) -> None:
    order = placed_order()
    pay(order, number=CHALLENGED)
    actions.expire(at=LATER)
    payment = models.Payment.objects.get(order_id=order.id)
    assert ports.payments().retrieve(payment.reference).state is IntentState.CANCELLED
    assert payment.state == PaymentState.CANCELLED
    assert pay(order, at=LATER).state is StepState.CANCELLED


def test_money_that_cannot_be_given_back_calls_a_person(client, monkeypatch, shop: SmallCatalogue) -> None:
    order = expired_while_at_the_bank(monkeypatch)
    sell_out(shop)
    accept(client, order)
    provider = ports.payments()
    payment = models.Payment.objects.get(order_id=order.id)
    provider.capture(payment.reference, amount=order.totals.total, key="at the provider")
    refused = ports.RefundResult(reference="", succeeded=False, failure="closed account")
    monkeypatch.setattr(type(provider), "refund", lambda *_, **__: refused)
    assert actions.settle(order_token=order.token, at=LATER).state is StepState.CANCELLED
    assert [row.id for row in queries.attention()] == [order.id]
    paid_order(key="another")
    assert len(queries.attention()) == 1


def test_a_payment_that_the_bank_closed_can_be_begun_again() -> None:
    order = placed_order()
    pay(order, number=CHALLENGED)
    payment = models.Payment.objects.get(order_id=order.id)
    ports.payments().cancel(payment.reference, key="by the bank")
    assert actions.settle(order_token=order.token, at=AT).state is StepState.DECLINED
    assert pay(order).state is StepState.PAID
    assert models.Payment.objects.filter(order_id=order.id).count() == 2


# -- captures -------------------------------------------------------------------------------------------------


def test_a_capture_that_fails_once_is_tried_again(shop: SmallCatalogue) -> None:
    order = placed_order()
    assert pay(order, number=CAPTURE_LATE).state is StepState.PROCESSING
    assert pay(order).state is StepState.PROCESSING
    with pytest.raises(PaymentUnderWay):
        actions.cancel(order_id=order.id, at=AT)
    assert actions.expire(at=LATER) == 0
    assert actions.capture_due(at=AT + timedelta(seconds=30)) == 0
    assert actions.capture_due(at=AT + timedelta(seconds=61)) == 1
    assert queries.order(order.id).state is OrderState.PAID


def test_a_capture_that_is_refused_ends_the_order(shop: SmallCatalogue) -> None:
    order = placed_order()
    assert pay(order, number=CAPTURE_FAILS).state is StepState.CANCELLED
    after = queries.order(order.id)
    assert after.cancel_reason == "payment_failed"
    assert catalog.variant(shop.variants["DR-S"]).reserved == 0
    assert actions.capture_due(at=AT + timedelta(days=1)) == 0


def test_a_dead_workers_capture_is_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    order = placed_order()
    with monkeypatch.context() as dead:
        dead.setattr(capturing, "carry_out", lambda *_, **__: None)
        assert pay(order).state is StepState.PROCESSING
    assert actions.capture_due(at=AT + timedelta(seconds=100)) == 0
    assert actions.capture_due(at=AT + timedelta(seconds=121)) == 1
    assert queries.order(order.id).state is OrderState.PAID


# -- messages of the provider ---------------------------------------------------------------------------------


def test_a_message_counts_once(shop: SmallCatalogue) -> None:
    order = placed_order({"DR-S": 1})
    pay(order, number=CHALLENGED)
    message = event(order, IntentState.CAPTURED, captured=8900)
    for _ in range(3):
        actions.apply_provider_event(message, AT)
    after = queries.order(order.id)
    assert [entry.kind for entry in after.trail].count("paid") == 1
    assert catalog.variant(shop.variants["DR-S"]).on_hand == 9


def test_old_news_does_not_undo_new(shop: SmallCatalogue) -> None:
    order = paid_order()
    old = event(order, IntentState.DECLINED, name="evt_old", at=AT - timedelta(minutes=1))
    assert actions.apply_provider_event(old, AT) is None
    after = queries.order(order.id)
    assert after.payment is not None
    assert (after.state, after.payment.state) == (OrderState.PAID, PaymentState.CAPTURED)


def test_an_authorisation_told_by_message_asks_for_its_capture() -> None:
    order = placed_order()
    pay(order, number=CHALLENGED)
    payment = models.Payment.objects.get(order_id=order.id)
    due = actions.apply_provider_event(event(order, IntentState.AUTHORISED), AT)
    assert due == payment.id


def test_messages_about_strangers_and_impossible_sums() -> None:
    order = placed_order()
    pay(order, number=CHALLENGED)
    known = event(order, IntentState.CAPTURED, captured=8900)
    stranger = ProviderEvent(
        id="evt_x",
        provider=known.provider,
        kind=known.kind,
        reference="pay_unknown",
        state=known.state,
        authorised_minor=0,
        captured_minor=0,
        refunded_minor=0,
        occurred_at=AT,
    )
    with pytest.raises(UnknownPayment):
        actions.apply_provider_event(stranger, AT)
    with pytest.raises(AmountMismatch):
        actions.apply_provider_event(event(order, IntentState.CAPTURED, captured=890000), AT)
    # Neither was noted as taken: the right message still counts.
    actions.apply_provider_event(known, AT)
    assert queries.order(order.id).state is OrderState.PAID


def test_a_refund_made_at_the_bank_enters_our_books() -> None:
    order = paid_order()
    told = event(order, IntentState.CAPTURED, captured=8900, refunded=900, name="evt_r")
    actions.apply_provider_event(told, AT)
    actions.apply_provider_event(event(order, IntentState.CAPTURED, captured=8900, refunded=900, name="evt_s"), AT)
    after = queries.order(order.id)
    assert (after.state, after.refunded.amount_minor) == (OrderState.PARTLY_REFUNDED, 900)
    assert [refund.reason for refund in after.refunds] == ["made at the provider"]
