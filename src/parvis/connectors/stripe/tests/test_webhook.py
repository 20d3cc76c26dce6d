"""Stripe's webhooks at our door: repeated, in any order, of strangers, and wrong."""

import json
from datetime import timedelta
from itertools import permutations

import pytest

from parvis.connectors.stripe import signing
from parvis.connectors.stripe.simulator import SECRET
from parvis.connectors.stripe.tests.bench import SimulatedBench
from parvis.core.clock import now
from parvis.core.money import Money
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import DisputeState, Order, OrderState
from parvis.domains.checkout.ports import PaymentUnavailable
from parvis.domains.checkout.testing import card, placed_order

pytestmark = [pytest.mark.database, pytest.mark.django_db]
URL = "/webhooks/stripe/"


def sent(client, body: bytes, *, header: str | None = None) -> int:
    header = signing.sign(body, secret=SECRET, at=now()) if header is None else header
    answer = client.post(URL, body, content_type="application/json", headers={"stripe-signature": header})
    return int(answer.status_code)


def unheard(bound: SimulatedBench) -> Order:
    """An order whose shop died after the confirmation: Stripe has it all, the shop knows of a payment only."""
    order = placed_order({"DR-S": 1}, at=now())
    intent = actions.open_payment(order_token=order.token, at=now())
    assert intent is not None
    bound.account.pay_in_browser(intent.reference, "4242424242424242")
    bound.provider.capture(intent.reference, amount=intent.amount, key="by hand")
    return order


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_every_copy_end_in_one_paid_order(client, bound: SimulatedBench, seed: int) -> None:
    order = unheard(bound)
    bodies = [body for _, body in bound.deliveries()]
    order_of_arrival = list(permutations(bodies))[seed * 5 % 24]
    for body in (*order_of_arrival, *bodies):
        assert sent(client, body) == 200
    after = queries.order(order.id)
    assert after.state is OrderState.PAID
    assert [entry.kind for entry in after.trail].count("paid") == 1


def test_a_forged_or_old_one_is_refused(client, bound: SimulatedBench) -> None:
    order = unheard(bound)
    body = bound.deliveries()[-1][1]
    assert sent(client, body, header="") == 400
    assert sent(client, body, header="t=1,v1=00") == 400
    assert sent(client, body.replace(b"8900", b"8901"), header=signing.sign(body, secret=SECRET, at=now())) == 400
    assert queries.order(order.id).state is OrderState.AWAITING_PAYMENT


def test_one_in_another_currency_or_of_more_money_is_not_taken(client, bound: SimulatedBench) -> None:
    order = unheard(bound)
    body = bound.deliveries()[-1][1]
    for change in (("eur", "usd"), ("8900", "89000")):
        assert sent(client, body.replace(*(part.encode() for part in change))) == 409
    assert queries.order(order.id).state is OrderState.AWAITING_PAYMENT
    assert not models.WebhookSeen.objects.exists(), "what was not taken may be sent again"


def test_payments_that_are_not_of_this_shop_are_none_of_its_business(client, bound: SimulatedBench) -> None:
    event = json.loads(bench_event(bound))
    event["data"]["object"]["metadata"] = {}
    assert sent(client, json.dumps(event).encode()) == 200
    event["type"] = "invoice.paid"
    assert sent(client, json.dumps(event).encode()) == 200


def test_one_of_ours_that_is_not_written_yet_is_to_come_again(client, bound: SimulatedBench) -> None:
    assert sent(client, bench_event(bound)) == 404


def bench_event(bound: SimulatedBench) -> bytes:
    """News of a payment that the shop's books do not have."""
    amount = Money(8900, "EUR")
    opened = bound.provider.create(amount=amount, order_number="P-999999", key="k", return_url="")
    bound.provider.confirm(opened.reference, instrument=card())
    return bound.deliveries()[-1][1]


def test_the_door_is_closed_where_another_provider_is_bound(client) -> None:
    assert sent(client, b"{}") == 404


def test_too_much_is_not_read(client, bound: SimulatedBench) -> None:
    assert sent(client, b"x" * (256 * 1024 + 1)) == 413


def test_a_lost_answer_leaves_the_order_payable_and_paid_once(bound: SimulatedBench) -> None:
    order = placed_order({"DR-S": 1}, at=now())
    bound.account.faults = [
        None,
        None,
        None,
        "lose",
        500,
        500,
    ]  # all tries of the confirmation fail
    with pytest.raises(PaymentUnavailable):
        actions.pay(order_token=order.token, card=card(), at=now())
    assert queries.order(order.id).state is OrderState.AWAITING_PAYMENT
    assert actions.pay(order_token=order.token, card=card(), at=now()).state.value == "paid"
    charges = [thing for thing in bound.account.things.values() if thing["object"] == "charge"]
    assert len(charges) == 1


def test_an_inquiry_that_was_answered_may_become_a_dispute(client, bound: SimulatedBench) -> None:
    order = unheard(bound)
    reference = models.Payment.objects.get(order_id=order.id).reference
    for _, body in bound.deliveries():
        sent(client, body)
    contested = bound.account.contest(reference, inquiry=True)["id"]

    def told() -> None:
        assert sent(client, bound.deliveries()[-1][1]) == 200

    told()
    (known,) = queries.disputes_of(order.id)
    assert (known.state, known.answerable) == (DisputeState.WARNING, True)
    actions.answer_dispute(dispute_id=known.id, actor_id=None, at=now())
    told()
    assert queries.disputes_waiting() == 0
    with pytest.raises(actions.NotAnswerable):
        actions.answer_dispute(dispute_id=known.id, actor_id=None, at=now())
    bound.account.escalate(contested)
    told()
    (known,) = queries.disputes_of(order.id)
    assert (known.state, known.answerable, known.evidence) == (DisputeState.OPEN, True, {})
    actions.answer_dispute(dispute_id=known.id, actor_id=None, at=now())
    assert queries.dispute(known.id).state is DisputeState.UNDER_REVIEW


def test_a_dispute_of_what_this_shop_never_sold_is_none_of_its_business(client, bound: SimulatedBench) -> None:
    opened = bound.provider.create(amount=Money(8900, "EUR"), order_number="T-1", key="k", return_url="")
    bound.provider.confirm(opened.reference, instrument=card())
    bound.provider.capture(opened.reference, amount=opened.amount, key="c")
    bound.account.contest(opened.reference)
    assert sent(client, bound.deliveries()[-1][1]) == 200
    assert not models.Dispute.objects.exists()


def test_the_opening_of_a_payment_is_no_news(client, bound: SimulatedBench) -> None:
    bound.provider.create(amount=Money(8900, "EUR"), order_number="P-1", key="k", return_url="")
    (opened,) = bound.deliveries()
    assert sent(client, opened[1]) == 200


def test_a_capture_that_takes_its_time_is_waited_for(bound: SimulatedBench) -> None:
    order = placed_order({"DR-S": 1}, at=now())
    intent = actions.open_payment(order_token=order.token, at=now())
    assert intent is not None
    bound.account.pay_in_browser(intent.reference, "4242424242424242")
    bound.account.things[intent.reference]["status"] = "processing"
    assert actions.settle(order_token=order.token, at=now()).state.value == "processing"
    assert queries.order(order.id).state is OrderState.AWAITING_PAYMENT, "nobody gives it up"
    bound.account.things[intent.reference]["status"] = "requires_capture"
    actions.capture_due(at=now() + timedelta(minutes=3))
    assert queries.order(order.id).state is OrderState.PAID


def test_closing_a_payment_is_not_answered_from_memory(bound: SimulatedBench) -> None:
    order = placed_order({"DR-S": 1}, at=now())
    intent = actions.open_payment(order_token=order.token, at=now())
    assert intent is not None
    bound.account.pay_in_browser(intent.reference, "4242424242424242")
    bound.account.things[intent.reference]["status"] = "processing"
    actions.cancel(order_id=order.id, reason="changed_mind", at=now())
    bound.account.things[intent.reference]["status"] = "requires_capture"
    actions.capture_due(at=now() + timedelta(minutes=3))
    assert bound.account.things[intent.reference]["status"] == "canceled"


@pytest.mark.parametrize("backwards", [False, True])
def test_a_refund_that_the_bank_sends_back(client, bound: SimulatedBench, backwards: bool) -> None:
    order = unheard(bound)
    for _, body in bound.deliveries():
        sent(client, body)
    made = actions.refund(order_id=order.id, lines={}, amount_minor=900, reason="kind", key="r", at=now())
    bound.now += timedelta(seconds=2)
    bound.account.send_back(models.Refund.objects.get(id=made.id).reference)
    news = [body for _, body in bound.deliveries()[-4:]]
    for body in [*(reversed(news) if backwards else news), *news]:
        assert sent(client, body) == 200
    after = queries.order(order.id)
    assert (after.state, models.Refund.objects.get(id=made.id).failure) == (OrderState.PAID, "expired_or_canceled_card")
    assert [entry.kind for entry in after.trail].count("refund_bounced") == 1
