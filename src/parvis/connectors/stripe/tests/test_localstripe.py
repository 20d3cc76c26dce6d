"""Against an independent emulator: payments, 3-D Secure, refunds and signed webhooks over real HTTP.

What it lacks (idempotency keys, limits of refunds, shared tokens, disputes, fees) is tried on our simulator.
"""

import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from parvis.connectors.stripe.client import Client
from parvis.connectors.stripe.provider import Stripe
from parvis.connectors.stripe.tests import emulator
from parvis.core.clock import now
from parvis.core.money import Money
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, ports, queries
from parvis.domains.checkout.contracts import OrderState, RefundState, StepState
from parvis.domains.checkout.ports import ClientConfirmed, Intent, IntentState
from parvis.domains.checkout.testing import CHALLENGED, card, placed_order

AMOUNT = Money(8900, "EUR")
SECRET = "whsec_of_the_tests"
DECLINED_THERE = "4000000000000341"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with emulator.running() as address:
        yield address


@pytest.fixture
def stripe(base: str) -> Iterator[Stripe]:
    client = Client("sk_test_x", base=base, transport=emulator.Dialect())
    yield Stripe(client, publishable_key="pk_test_x", webhook_secrets=(SECRET,), space="tests", takes_cards=True)
    client.close()


def opened(stripe: Stripe) -> Intent:
    return stripe.create(amount=AMOUNT, order_number="P-1", key="k", return_url="")


def paid(stripe: Stripe) -> Intent:
    return stripe.confirm(opened(stripe).reference, instrument=card(), return_url="https://shop.test/back")


def test_promise_capture_and_refunds(stripe: Stripe) -> None:
    promised = paid(stripe)
    assert (promised.state, promised.authorised_minor, promised.captured_minor) == (IntentState.AUTHORISED, 8900, 0)
    assert promised.card is not None
    assert (promised.card.brand, promised.card.last4) == ("visa", "4242")
    taken = stripe.capture(promised.reference, amount=AMOUNT, key="c")
    assert (taken.state, taken.captured_minor) == (IntentState.CAPTURED, 8900)
    assert stripe.capture(promised.reference, amount=AMOUNT, key="c2").captured_minor == 8900
    assert stripe.refund(promised.reference, amount=Money(3000, "EUR"), key="r").succeeded
    assert stripe.retrieve(promised.reference).refunded_minor == 3000


def test_a_promise_given_back(stripe: Stripe) -> None:
    reference = paid(stripe).reference
    assert stripe.cancel(reference, key="x").state is IntentState.CANCELLED
    assert stripe.cancel(reference, key="y").state is IntentState.CANCELLED


def test_a_decline(stripe: Stripe) -> None:
    refused = stripe.confirm(opened(stripe).reference, instrument=card(DECLINED_THERE))
    assert (refused.state, refused.decline_code) == (IntentState.DECLINED, "card_declined")


@pytest.mark.parametrize(("success", "state"), [(True, IntentState.AUTHORISED), (False, IntentState.DECLINED)])
def test_three_d_secure(stripe: Stripe, base: str, success: bool, state: IntentState) -> None:
    asked = stripe.confirm(opened(stripe).reference, instrument=card(CHALLENGED), return_url="https://shop.test/back")
    assert asked.state is IntentState.ACTION_REQUIRED
    emulator.authenticate(base, asked.reference, asked.client_token, success=success)
    after = stripe.confirm(asked.reference, instrument=ClientConfirmed())
    assert after.state is state
    assert after.decline_code == ("" if success else "authentication_failed")


@pytest.fixture
def ear() -> Iterator[tuple[str, "queue.Queue[tuple[dict[str, str], bytes]]"]]:
    heard: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.put((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer((emulator.LOOPBACK, 0), Ear)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://{emulator.LOOPBACK}:{server.server_port}/", heard
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.database
@pytest.mark.django_db
def test_an_order_is_paid_and_its_webhook_changes_nothing_more(stripe: Stripe, base: str, ear) -> None:
    url, heard = ear
    emulator.listen(base, url, SECRET)
    small_catalogue()
    order = placed_order({"DR-S": 1}, at=now())
    known = ports.bound()
    ports.bind_payments(stripe)
    try:
        step = actions.pay(order_token=order.token, card=card(), return_url="https://shop.test/back", at=now())
        assert step.state is StepState.PAID
        headers, body = heard.get(timeout=20)
        event = stripe.parse_webhook(headers, body, at=now())
        assert event is not None
        assert (event.kind, event.captured_minor) == ("payment_intent.succeeded", 8900)
        assert actions.apply_provider_event(event, now()) is None
        assert actions.apply_provider_event(event, now()) is None
        refund = actions.refund(order_id=order.id, lines={}, amount_minor=3000, reason="kind", key="r", at=now())
        assert refund.state is RefundState.SUCCEEDED
    finally:
        ports.bind_payments(known)
    after = queries.order(order.id)
    assert after.state is OrderState.PARTLY_REFUNDED
    assert [entry.kind for entry in after.trail].count("paid") == 1
