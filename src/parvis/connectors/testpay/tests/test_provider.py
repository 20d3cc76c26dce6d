"""The provider keeps its word: keys count once, states follow each other, the shop hears of it over HTTP."""

import json
from datetime import datetime, timedelta

import httpx
import pytest

from parvis.connectors.testpay import outgoing, signing, tasks
from parvis.connectors.testpay.models import Delivery
from parvis.connectors.testpay.provider import TestPay
from parvis.core import clock
from parvis.core.money import Money
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import OrderState, StepState
from parvis.domains.checkout.ports import IntentState, PaymentUnavailable
from parvis.domains.checkout.testing import AT, CHALLENGED, card, paid_order, pay, placed_order

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PRICE = Money(8900, "EUR")


@pytest.fixture
def bank() -> TestPay:
    return TestPay(now=lambda: AT)


def opened(bank: TestPay, key: str = "k"):
    return bank.create(amount=PRICE, order_number="P-1", key=key, return_url="/back/")


def test_a_key_opens_one_payment(bank: TestPay) -> None:
    assert opened(bank).reference == opened(bank).reference
    with pytest.raises(PaymentUnavailable) as refused:
        bank.create(amount=Money(1, "EUR"), order_number="P-1", key="k", return_url="")
    assert not refused.value.retry


def test_authorise_capture_refund(bank: TestPay) -> None:
    payment = opened(bank)
    assert bank.confirm(payment.reference, instrument=card()).state is IntentState.AUTHORISED
    for _ in range(2):
        taken = bank.capture(payment.reference, amount=PRICE, key="c")
        assert (taken.state, taken.captured_minor) == (IntentState.CAPTURED, 8900)
    for _ in range(2):
        assert bank.refund(payment.reference, amount=Money(900, "EUR"), key="r1").succeeded
    assert bank.retrieve(payment.reference).refunded_minor == 900
    too_much = bank.refund(payment.reference, amount=Money(8001, "EUR"), key="r2")
    assert (too_much.succeeded, too_much.failure) == (False, "amount_too_large")
    assert bank.cancel(payment.reference, key="x").state is IntentState.CAPTURED


def test_what_was_not_authorised_is_not_captured(bank: TestPay) -> None:
    payment = opened(bank)
    with pytest.raises(PaymentUnavailable):
        bank.capture(payment.reference, amount=PRICE, key="c")
    bank.confirm(payment.reference, instrument=card())
    with pytest.raises(PaymentUnavailable):
        bank.capture(payment.reference, amount=Money(9000, "EUR"), key="c")
    bank.cancel(payment.reference, key="x")
    with pytest.raises(PaymentUnavailable):
        bank.capture(payment.reference, amount=PRICE, key="c")
    assert bank.confirm(payment.reference, instrument=card()).state is IntentState.CANCELLED


# -- messages -------------------------------------------------------------------------------------------------


class Shop:
    """The shop's front door as the provider's HTTP client sees it; ``answers`` makes it fail first."""

    def __init__(self, client, *answers: int) -> None:
        self.client, self.answers, self.got = client, list(answers), []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.answers:
            return httpx.Response(self.answers.pop(0))
        answer = self.client.post(
            request.url.path,
            request.content,
            content_type="application/json",
            headers={signing.HEADER: request.headers[signing.HEADER]},
        )
        self.got.append(json.loads(request.content)["type"])
        return httpx.Response(answer.status_code)

    def http(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self))


def test_a_shopper_who_never_comes_back_from_the_bank_is_served(client) -> None:
    at = clock.now()
    order = placed_order(at=at)
    step = pay(order, number=CHALLENGED, at=at)
    client.post(step.next_url, {"answer": "accept"})  # and the tab is closed
    shop = Shop(client)
    later = clock.now() + timedelta(seconds=60)
    outgoing.send_due(at=later, client=shop.http())
    assert "payment.authorised" in shop.got
    assert queries.order(order.id).state is OrderState.AWAITING_PAYMENT
    payment = queries.order(order.id).payment
    assert payment is not None
    actions.follow_up(payment_id=payment.id, at=later)
    assert queries.order(order.id).state is OrderState.PAID


def test_each_message_of_a_run_is_signed_at_its_own_moment(client, monkeypatch) -> None:
    paid_order(at=clock.now() - timedelta(hours=1))
    # all of them, also the seventh, which comes late on purpose
    waiting = Delivery.objects.update(due_at=clock.now() - timedelta(minutes=1))
    moments: list[datetime] = []

    def slow(delivery_id: int, *, at: datetime, client: httpx.Client | None) -> None:
        moments.append(at)
        Delivery.objects.filter(id=delivery_id).update(delivered_at=at)

    monkeypatch.setattr(outgoing, "send", slow)
    tasks.retry(0)
    assert len(set(moments)) == waiting > 1


def test_a_shop_that_is_down_is_told_later(client) -> None:
    at = clock.now()
    order = paid_order(at=at)
    waiting = list(Delivery.objects.order_by("id"))
    first = waiting[0]
    due = max(row.due_at for row in waiting)
    shop = Shop(client, 503, 500)
    assert not outgoing.send(first.id, at=due, client=shop.http())
    assert not outgoing.send(first.id, at=due, client=shop.http())  # its wait is not over
    assert not outgoing.send(first.id, at=due + timedelta(seconds=5), client=shop.http())
    assert outgoing.send(first.id, at=due + timedelta(seconds=36), client=shop.http())
    assert not outgoing.send(first.id, at=due + timedelta(days=1), client=shop.http())
    first.refresh_from_db()
    assert (first.attempts, first.answered) == (3, 200)
    assert [entry.kind for entry in queries.order(order.id).trail].count("paid") == 1


def test_a_shop_that_stays_down_is_given_up(bank: TestPay) -> None:
    payment = opened(bank)
    bank.confirm(payment.reference, instrument=card())
    row = Delivery.objects.order_by("id")[0]

    def dead(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    moment = row.due_at
    for _ in range(20):
        outgoing.send(row.id, at=moment, client=httpx.Client(transport=httpx.MockTransport(dead)))
        moment += timedelta(days=1)
    row.refresh_from_db()
    assert row.failed_at is not None
    assert row.attempts == len(outgoing.WAITS) + 1
    assert "ConnectError" in row.error


def test_some_messages_come_twice_and_some_late(bank: TestPay) -> None:
    for number in range(70):
        payment = opened(bank, f"k{number}")
        bank.confirm(payment.reference, instrument=card())
    rows = list(Delivery.objects.order_by("id"))
    ids = [row.event_id for row in rows]
    assert len(set(ids)) == 70
    assert len(ids) > 75
    assert sum(row.due_at - row.created_at >= outgoing.LATE_BY for row in rows) >= 7


def test_messages_in_any_order_and_number_pay_once(client) -> None:
    at = clock.now()
    order = paid_order(at=at)
    actions.refund(order_id=order.id, lines={}, amount_minor=900, reason="", key="r", at=at)
    before = queries.order(order.id)
    shop = Shop(client)
    http = shop.http()
    rows = list(Delivery.objects.order_by("-id")) * 3
    for row in rows:
        Delivery.objects.filter(id=row.id).update(delivered_at=None, due_at=at)
        assert outgoing.send(row.id, at=clock.now(), client=http)
    assert queries.order(order.id) == before


# -- the door -------------------------------------------------------------------------------------------------


def post(client, body: bytes, header: str):
    return client.post("/webhooks/testpay/", body, content_type="application/json", headers={signing.HEADER: header})


def test_the_door_believes_signatures_only(client) -> None:
    now = clock.now()
    body = b'{"id":"evt_1","type":"payment.captured","data":{}}'
    assert client.get("/webhooks/testpay/").status_code == 405
    assert client.post("/webhooks/testpay/", body, content_type="application/json").status_code == 400
    assert post(client, body, signing.sign(body, at=now - timedelta(seconds=400))).status_code == 400
    assert post(client, body, signing.sign(b"other", at=now)).status_code == 400
    assert post(client, body, signing.sign(body, at=now)).json() == {"error": "bad_signature"}
    broken = b"not json"
    assert post(client, broken, signing.sign(broken, at=now)).status_code == 400
    large = b" " * 70_000
    assert post(client, large, signing.sign(large, at=now)).status_code == 413


def test_the_door_sends_strangers_back_to_come_again(client, bank: TestPay) -> None:
    payment = opened(bank)
    bank.confirm(payment.reference, instrument=card())
    body = Delivery.objects.order_by("id")[0].body.encode()
    assert post(client, body, signing.sign(body, at=clock.now())).status_code == 404


def test_the_challenge_page(client, bank: TestPay) -> None:
    assert client.get("/testpay/challenge/unknown/").status_code == 404
    payment = bank.create(amount=PRICE, order_number="P-77", key="k", return_url="/fr/retour/", locale="fr")
    asked = bank.confirm(payment.reference, instrument=card(CHALLENGED))
    page = client.get(asked.next_url).content.decode()
    assert '<html lang="fr">' in page
    assert "89,00" in page
    assert "•••• 3155" in page
    assert CHALLENGED not in page
    assert client.post(asked.next_url, {"answer": "accept"}).url == "/fr/retour/"
    assert client.get(asked.next_url).url == "/fr/retour/"
    assert bank.retrieve(payment.reference).state is IntentState.AUTHORISED


def test_the_step_after_a_challenge(client) -> None:
    order = placed_order()
    step = pay(order, number=CHALLENGED)
    assert step.state is StepState.ACTION_REQUIRED
    assert step.next_url is not None
    assert actions.settle(order_token=order.token, at=AT).next_url == step.next_url
