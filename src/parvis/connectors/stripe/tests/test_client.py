"""The client: tried again when that can help, once in effect, silent about secrets."""

import logging

import httpx
import pytest

from parvis.connectors.stripe.client import API_VERSION, Client, StripeRefused, flatten
from parvis.connectors.stripe.tests.bench import SimulatedBench
from parvis.core.money import Money
from parvis.domains.checkout.ports import IntentState, PaymentUnavailable
from parvis.domains.checkout.testing import card

AMOUNT = Money(8900, "EUR")


@pytest.fixture
def bench() -> SimulatedBench:
    return SimulatedBench()


def paid(bench: SimulatedBench) -> str:
    opened = bench.provider.create(amount=AMOUNT, order_number="P-1", key="k", return_url="")
    return bench.provider.confirm(opened.reference, instrument=card()).reference


@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_a_failure_that_passes_is_tried_again(bench: SimulatedBench, status: int) -> None:
    bench.account.fail(status)
    bench.account.fail(status)
    assert bench.provider.create(amount=AMOUNT, order_number="P-1", key="k", return_url="").reference
    assert bench.naps == [0.4, 1.2]
    keys = {call.headers["idempotency-key"] for call in bench.account.calls if call.method == "POST"}
    assert keys == {"tests-k"}


def test_one_that_stays_is_told(bench: SimulatedBench) -> None:
    for _ in range(3):
        bench.account.fail(500)
    with pytest.raises(PaymentUnavailable) as told:
        bench.provider.create(amount=AMOUNT, order_number="P-1", key="k", return_url="")
    assert told.value.retry
    assert len(bench.account.calls) == 3


def test_a_lost_answer_charges_nobody_twice(bench: SimulatedBench) -> None:
    reference = paid(bench)
    bench.account.lose()
    assert bench.provider.capture(reference, amount=AMOUNT, key="c").captured_minor == 8900
    bench.account.lose()
    assert bench.provider.refund(reference, amount=Money(3000, "EUR"), key="r").succeeded
    assert bench.provider.retrieve(reference).refunded_minor == 3000
    assert len([thing for thing in bench.account.things.values() if thing["object"] == "refund"]) == 1


def test_a_lost_confirmation_is_the_same_confirmation(bench: SimulatedBench) -> None:
    opened = bench.provider.create(amount=AMOUNT, order_number="P-1", key="k", return_url="")
    bench.account.faults = [None, "lose"]  # the card's details get through, the answer to the confirmation is lost
    assert bench.provider.confirm(opened.reference, instrument=card()).state is IntentState.AUTHORISED
    assert len([thing for thing in bench.account.things.values() if thing["object"] == "charge"]) == 1


def test_every_call_names_the_version_and_every_post_a_key(bench: SimulatedBench) -> None:
    reference = paid(bench)
    bench.provider.capture(reference, amount=AMOUNT, key="c")
    assert {call.headers["stripe-version"] for call in bench.account.calls} == {API_VERSION}
    assert all(call.headers.get("idempotency-key") for call in bench.account.calls if call.method == "POST")


@pytest.mark.parametrize(
    ("answer", "retry"),
    [
        (httpx.Response(401, json={"error": {"type": "invalid_request_error"}}), True),
        (httpx.Response(200, text="<html>"), True),
        (httpx.Response(200, json=[1]), True),
        (httpx.Response(200, json={"id": "pi_1", "status": "of the future", "amount": 1, "currency": "eur"}), True),
        (httpx.Response(400, json={"error": {"code": "amount_too_small"}}), False),
        (httpx.Response(400, json={"error": "no object"}), False),
    ],
    ids=["key", "html", "list", "state", "refused", "odd"],
)
def test_answers_that_cannot_be_used(bench: SimulatedBench, answer: httpx.Response, retry: bool) -> None:
    bench.provider.client = Client(
        "sk_test_x", transport=httpx.MockTransport(lambda _: answer), sleep=bench.naps.append
    )
    with pytest.raises(PaymentUnavailable) as told:
        bench.provider.retrieve("pi_1")
    assert told.value.retry is retry


def test_stripe_says_itself_whether_to_try_again() -> None:
    calls: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(500, headers={"stripe-should-retry": "false"}, json={"error": {"code": "x"}})

    with pytest.raises(StripeRefused):
        Client("sk_test_x", transport=httpx.MockTransport(answer)).get("/anything")
    assert len(calls) == 1


def test_no_key_and_no_card_in_the_logs(bench: SimulatedBench, caplog: pytest.LogCaptureFixture, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    bench.account.fail(500)
    bench.account.lose()
    reference = paid(bench)
    bench.provider.capture(reference, amount=AMOUNT, key="c")
    printed = capfd.readouterr()
    said = caplog.text + printed.out + printed.err
    for secret in ("4242424242424242", "sk_test_x", "'123'", "cvc"):
        assert secret not in said
    assert "payment_intents" in said, "the calls themselves are told"


def test_forms() -> None:
    form = flatten({"a": {"b": 1, "c": {"d": False}}, "e": ["x", "y"], "f": None, "g": ""})
    assert form == {"a[b]": "1", "a[c][d]": "false", "e[0]": "x", "e[1]": "y", "g": ""}
