"""Stripe's objects, as recorded, in our words."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from parvis.connectors.stripe import reading, signing
from parvis.connectors.stripe.evidence import to_stripe
from parvis.connectors.stripe.simulator import DISPUTED, SECRET
from parvis.connectors.stripe.tests.bench import NOW, SimulatedBench
from parvis.core.money import Money
from parvis.domains.checkout.ports import (
    BadCard,
    BadSignature,
    DisputeState,
    IntentState,
    MovementKind,
    PaymentUnavailable,
    SharedToken,
)
from parvis.domains.checkout.testing import card

RECORDED = json.loads((Path(__file__).parent / "recorded" / "objects.json").read_text())
AMOUNT = Money(8900, "EUR")


def test_recorded_objects_can_be_read() -> None:
    opened = reading.intent({**RECORDED["payment_intent"], "last_payment_error": None})
    assert (opened.state, opened.amount) == (IntentState.CREATED, Money(1099, "USD"))
    contested = reading.dispute(RECORDED["dispute"])
    assert (contested.state, contested.amount) == (DisputeState.WARNING, Money(1000, "USD"))
    assert contested.evidence_due_at == datetime.fromtimestamp(1723679999, tz=UTC)
    given = reading.refund_movement(RECORDED["refund"])
    assert (given.kind, given.amount.amount_minor, given.state) == (MovementKind.REFUND, 100, "succeeded")
    charge = {
        **RECORDED["charge"],
        "captured": True,
        "balance_transaction": {**RECORDED["balance_transaction"], "fee": 30},
    }
    taken = reading.charge_movement(charge)
    assert taken is not None
    assert (taken.fee_minor, taken.reference) == (30, RECORDED["charge"]["id"])
    assert reading.charge_movement({**RECORDED["charge"], "captured": False}) is None


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("requires_payment_method", IntentState.CREATED),
        ("requires_confirmation", IntentState.CREATED),
        ("requires_action", IntentState.ACTION_REQUIRED),
        ("processing", IntentState.AUTHORISED),
        ("requires_capture", IntentState.AUTHORISED),
        ("canceled", IntentState.CANCELLED),
        ("succeeded", IntentState.CAPTURED),
    ],
)
def test_every_state_of_a_payment(status: str, state: IntentState) -> None:
    recorded = {**RECORDED["payment_intent"], "status": status, "last_payment_error": None, "next_action": None}
    recorded |= {"amount_capturable": 1099, "amount_received": 1099}
    seen = reading.intent(recorded)
    assert (seen.state, seen.capturing) == (state, status == "processing")


@pytest.fixture
def bench() -> SimulatedBench:
    return SimulatedBench()


def opened(bench: SimulatedBench, key: str = "k") -> str:
    return bench.provider.create(amount=AMOUNT, order_number="P-1", key=key, return_url="").reference


def test_a_shared_token_pays_within_its_allowance(bench: SimulatedBench) -> None:
    hour = timedelta(hours=1)
    token = bench.account.grant("4242424242424242", max_minor=8900, currency="EUR", expires_at=NOW + hour)
    assert bench.provider.confirm(opened(bench), instrument=SharedToken(token=token)).state is IntentState.AUTHORISED
    sent = next(call for call in bench.account.calls if call.url.path.endswith("/confirm")).content.decode()
    assert f"payment_method_data%5Bshared_payment_granted_token%5D={token}" in sent
    again = bench.provider.confirm(opened(bench, "k2"), instrument=SharedToken(token=token))
    assert (again.state, again.decline_code) == (IntentState.DECLINED, "token_used")
    small = bench.account.grant("4242424242424242", max_minor=8899, currency="EUR", expires_at=NOW + hour)
    late = bench.account.grant("4242424242424242", max_minor=8900, currency="EUR", expires_at=NOW)
    for wrong, code in ((small, "token_amount"), (late, "token_expired"), ("spt_nobody", "token_resource_missing")):
        refused = bench.provider.confirm(opened(bench, wrong), instrument=SharedToken(token=wrong))
        assert (refused.state, refused.decline_code) == (IntentState.DECLINED, code)


def test_numbers_go_to_stripe_only_where_the_account_may_send_them(bench: SimulatedBench) -> None:
    bench.provider.takes_cards = False
    with pytest.raises(BadCard):
        bench.provider.confirm(opened(bench), instrument=card())
    assert not any(b"4242" in call.content for call in bench.account.calls)


def test_a_mistyped_number_is_told_as_such(bench: SimulatedBench) -> None:
    with pytest.raises(BadCard) as told:
        bench.provider.confirm(opened(bench), instrument=card("42"))
    assert told.value.params["field"] == "number"


def test_a_capture_that_came_too_late_is_not_tried_again(bench: SimulatedBench) -> None:
    reference = bench.provider.confirm(opened(bench), instrument=card("4000000000000341")).reference
    failed = bench.provider.capture(reference, amount=AMOUNT, key="c")
    assert (failed.state, failed.retry, failed.decline_code) == (
        IntentState.CAPTURE_FAILED,
        False,
        "charge_expired_for_capture",
    )


def test_disputes_are_told_and_answered(bench: SimulatedBench) -> None:
    reference = bench.provider.confirm(opened(bench), instrument=card(DISPUTED)).reference
    bench.provider.capture(reference, amount=AMOUNT, key="c")
    headers, body = bench.deliveries()[-1]
    event = bench.provider.parse_webhook(headers, body, at=NOW)
    assert event is not None
    assert event.dispute is not None
    assert (event.state, event.dispute.state, event.dispute.fee_minor) == (None, DisputeState.OPEN, 1500)
    assert event.dispute.evidence_due_at == NOW + timedelta(days=7)
    evidence = {"tracking": "1Z", "delivery": "handed over", "nothing": ""}
    answered = bench.provider.answer_dispute(event.dispute.reference, evidence=evidence, key="d")
    assert answered.state is DisputeState.UNDER_REVIEW
    assert bench.account.things[event.dispute.reference]["evidence"] == to_stripe(evidence)
    with pytest.raises(PaymentUnavailable):
        bench.provider.accept_dispute(event.dispute.reference, key="e")


def test_evidence_goes_into_the_fields_it_has() -> None:
    form = to_stripe({"tracking": "1Z", "delivery": "handed over", "consents": "boxes", "articles": "x" * 30_000})
    assert form["shipping_tracking_number"] == "1Z"
    assert form["uncategorized_text"] == "delivery:\nhanded over\n\nconsents:\nboxes"
    assert len(form["product_description"]) == 20_000


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"id":"e","type":"payment_intent.succeeded","created":1,"data":{"object":1}}', b"\xff"],
    ids=["empty", "list", "bare", "number", "bytes"],
)
def test_a_signed_body_that_is_no_event_is_refused(bench: SimulatedBench, body: bytes) -> None:
    headers = {signing.HEADER: signing.sign(body, secret=SECRET, at=NOW)}
    with pytest.raises(BadSignature):
        bench.provider.parse_webhook(headers, body, at=NOW)


def test_lists_are_read_to_their_end(bench: SimulatedBench, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        reference = bench.provider.confirm(opened(bench, f"k{number}"), instrument=card()).reference
        bench.provider.capture(reference, amount=AMOUNT, key=f"c{number}")
    from parvis.connectors.stripe import client

    whole, client.PAGE = client.PAGE, 2
    try:
        rows = list(bench.provider.list_since(NOW - timedelta(hours=1), NOW + timedelta(hours=1)))
    finally:
        client.PAGE = whole
    assert len({row.reference for row in rows}) == 3
