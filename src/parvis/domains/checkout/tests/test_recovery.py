"""What is left half done is taken up whatever else is wrong: clocks, one bad payment among many, another provider."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, models, ports, queries, tasks
from parvis.domains.checkout.actions import AmountMismatch
from parvis.domains.checkout.contracts import Order, OrderState, StepState
from parvis.domains.checkout.ports import ClientConfirmed, Intent, IntentState, PaymentUnavailable, ProviderEvent
from parvis.domains.checkout.testing import AT, CAPTURE_FAILS, CHALLENGED, DECLINED, card, pay, placed_order
from parvis.domains.people import testing as people

pytestmark = [pytest.mark.database, pytest.mark.django_db]
MINUTE = timedelta(minutes=1)
_carts = count(1)


@pytest.fixture(autouse=True)
def shop() -> None:
    small_catalogue()


def an_order(at=AT) -> Order:
    number = next(_carts)
    return placed_order({"DR-M": 1}, token=f"a-cart-that-was-left-{number:04d}", key=f"submit-{number}", at=at)


def paid_unheard(order: Order) -> None:
    """The bank has agreed, the shop has not heard of it."""
    opened = actions.open_payment(order_token=order.token, at=AT)
    assert opened is not None
    ports.payments().confirm(opened.reference, instrument=card())


def test_a_clock_that_runs_behind_the_providers_hides_no_later_answer() -> None:
    order = an_order()
    assert pay(order, number=DECLINED).state is StepState.DECLINED
    payment = models.Payment.objects.get(order_id=order.id)
    early = ProviderEvent(
        id="evt_1",
        provider=payment.provider,
        kind="payment.declined",
        reference=payment.reference,
        state=IntentState.DECLINED,
        authorised_minor=0,
        captured_minor=0,
        refunded_minor=0,
        occurred_at=AT + 4 * MINUTE,  # their clock; ours is four minutes behind
    )
    actions.apply_provider_event(early, AT + timedelta(seconds=1))
    asked = pay(order, number=CHALLENGED, at=AT + MINUTE)
    assert asked.state is StepState.ACTION_REQUIRED
    assert asked.next_url


def test_one_payment_that_cannot_be_taken_in_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = an_order(), an_order()
    paid_unheard(bad)
    paid_unheard(good)
    reference = models.Payment.objects.get(order_id=bad.id).reference
    retrieve = type(ports.payments()).retrieve

    def too_much(self: object, name: str) -> Intent:
        seen = retrieve(self, name)
        return replace(seen, authorised_minor=seen.authorised_minor * 2) if name == reference else seen

    monkeypatch.setattr(type(ports.payments()), "retrieve", too_much)
    assert actions.recover(at=AT + 2 * MINUTE) == 2
    assert queries.order(good.id).state is OrderState.PAID
    assert queries.order(bad.id).state is OrderState.AWAITING_PAYMENT


def test_a_capture_that_cannot_be_taken_in_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = an_order(), an_order()
    for order in (bad, good):
        paid_unheard(order)
        models.Payment.objects.filter(order_id=order.id).update(capture_due_at=AT)
    reference = models.Payment.objects.get(order_id=bad.id).reference
    capture = type(ports.payments()).capture

    def wrong_currency(self: object, name: str, **more: object) -> Intent:
        seen = capture(self, name, **more)
        return replace(seen, amount=replace(seen.amount, currency="USD")) if name == reference else seen

    monkeypatch.setattr(type(ports.payments()), "capture", wrong_currency)
    assert actions.capture_due(at=AT) == 2
    assert queries.order(good.id).state is OrderState.PAID
    assert queries.order(bad.id).state is OrderState.AWAITING_PAYMENT


def test_the_longest_unasked_is_asked_first() -> None:
    orders = [an_order() for _ in range(3)]
    for order in orders:
        paid_unheard(order)
    asked = [actions.recover(at=AT + 2 * MINUTE, limit=1) for _ in orders]
    assert asked == [1, 1, 1]
    assert {queries.order(order.id).state for order in orders} == {OrderState.PAID}


def test_a_card_that_was_kept_while_nobody_listened_is_known() -> None:
    customer = people.customer("camille", at=AT)
    order = an_order()
    models.Order.objects.filter(id=order.id).update(customer_id=customer.id)
    opened = actions.open_payment(order_token=order.token, customer_id=customer.id, save=True, at=AT)
    assert opened is not None
    ports.payments().confirm(opened.reference, instrument=card(save=True))
    actions.recover(at=AT + 2 * MINUTE)
    assert models.SavedCard.objects.filter(customer_id=customer.id, removed_at=None).count() == 1


def test_coming_back_from_the_browser_forgets_no_wish() -> None:
    customer = people.customer("camille", at=AT)
    order = an_order()
    models.Order.objects.filter(id=order.id).update(customer_id=customer.id)
    actions.open_payment(order_token=order.token, customer_id=customer.id, save=True, at=AT)
    actions.pay(order_token=order.token, instrument=ClientConfirmed(), customer_id=customer.id, at=AT)
    assert models.Payment.objects.get(order_id=order.id).save_card


def test_an_order_whose_payment_lies_at_another_provider_is_not_paid_twice() -> None:
    order = an_order()
    paid_unheard(order)
    models.Payment.objects.filter(order_id=order.id).update(provider="another", reference="of another")
    with pytest.raises(PaymentUnavailable):
        pay(order)
    assert models.Payment.objects.filter(order_id=order.id).count() == 1


def test_an_answer_in_another_currency_is_not_taken() -> None:
    order = an_order()
    paid_unheard(order)
    payment = models.Payment.objects.get(order_id=order.id)
    seen = ports.payments().retrieve(payment.reference)
    with pytest.raises(AmountMismatch):
        actions.settling.apply_intent(payment.id, replace(seen, amount=replace(seen.amount, currency="USD")), at=AT)


def test_a_capture_whose_answer_was_lost_is_taken_once() -> None:
    order = an_order()
    assert pay(order, number="4000000000000929").state is StepState.PROCESSING
    payment = models.Payment.objects.get(order_id=order.id)
    assert (payment.captured_minor, payment.capture_attempts) == (0, 1)
    assert ports.payments().retrieve(payment.reference).captured_minor == payment.amount_minor, "the money has moved"
    actions.capture_due(at=AT + MINUTE)
    assert queries.order(order.id).state is OrderState.PAID
    payment.refresh_from_db()
    assert (payment.captured_minor, payment.capture_due_at) == (payment.amount_minor, None)


def test_an_attempt_whose_answer_was_lost_is_found() -> None:
    order = an_order()
    with pytest.raises(PaymentUnavailable):
        pay(order, number="4000000000000911")
    assert actions.recover(at=AT) == 0, "an answer may be on its way"
    actions.recover(at=AT + 2 * MINUTE)
    assert queries.order(order.id).state is OrderState.PAID


def test_a_slow_provider_does_not_let_the_next_claim_lapse(monkeypatch: pytest.MonkeyPatch) -> None:
    small_catalogue()
    for key in ("a", "b", "c"):
        pay(placed_order({"DR-S": 1}, token=f"cart-of-a-slow-capture-{key}", key=key), number=CAPTURE_FAILS)
    models.Payment.objects.update(capture_due_at=AT)
    clock, claims = [AT + timedelta(minutes=1)], []

    def slow(reference: str, **_: object) -> Intent:
        until = models.Payment.objects.get(reference=reference).capture_due_at
        assert until is not None
        claims.append(until > clock[0])
        clock[0] += timedelta(minutes=3)
        raise PaymentUnavailable(reason="slow", retry=True)

    monkeypatch.setattr(ports.payments(), "capture", slow)
    monkeypatch.setattr(tasks, "now", lambda: clock[0])
    tasks.settle(0)
    assert claims[:3] == [True] * 3
