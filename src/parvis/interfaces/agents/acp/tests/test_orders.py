"""Orders as agents are told of them: shipped, in part, ahead, given back, cancelled; and the signature of the news."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parvis.connectors.agents.rendering import News, renderer
from parvis.core.clock import now
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import AskedLine, Order, ParcelState, ReturnKind
from parvis.domains.people import queries as people
from parvis.interfaces.agents.acp import news, orders
from parvis.interfaces.agents.acp.simulator import Agent
from parvis.interfaces.agents.acp.tests import published
from parvis.interfaces.agents.acp.tests.agents import CHECKOUT, DELIVERY

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def bought(helper: Agent) -> Order:
    """Two dresses of one size and one of another, bought by an agent."""
    session = helper.buy([{"id": "DR-S", "quantity": 2}, {"id": "DR-M"}], delivery=DELIVERY, at=now())
    return queries.order_by_number(session["order"]["id"])


def told(order: Order) -> dict[str, Any]:
    """The document of an order as it is now, which fits the schema."""
    document = orders.order_document(queries.order(order.id), session="cs_1")
    assert published.problems(CHECKOUT, "Order", document) == []
    return document


def quantities(document: dict[str, Any]) -> dict[str, tuple[int, int, int, str]]:
    return {
        line["id"]: (*(line["quantity"][each] for each in ("ordered", "current", "fulfilled")), line["status"])
        for line in document["line_items"]
    }


def test_an_order_that_was_just_paid(bought: Order) -> None:
    document = told(bought)
    assert (document["id"], document["status"]) == (bought.number, "processing")
    assert quantities(document) == {"DR-S": (2, 2, 0, "processing"), "DR-M": (1, 1, 0, "processing")}
    (way,) = document["fulfillments"]
    assert (way["status"], [event["type"] for event in way["events"]]) == ("processing", ["processing"])
    assert way["destination"]["postal_code"] == "75011"
    assert document["line_items"][0]["url"].startswith("http://testserver/en/products/")
    assert document["confirmation"]["receipt_url"] == document["permalink_url"]


def test_shipped_in_two_parcels_and_delivered(bought: Order) -> None:
    line = {each.sku: each.id for each in bought.lines}
    first = actions.pack(order_id=bought.id, lines={line["DR-S"]: 1}, carrier="colissimo", tracking="6A123",
                         handed_over=True, at=now())  # fmt: skip
    document = told(bought)
    assert quantities(document) == {"DR-S": (2, 2, 1, "partial"), "DR-M": (1, 1, 0, "processing")}
    parcel, rest = document["fulfillments"]
    assert (parcel["status"], parcel["line_items"]) == ("shipped", [{"id": "DR-S", "quantity": 1}])
    assert (parcel["tracking_number"], parcel["carrier"]) == ("6A123", "Colissimo")
    assert parcel["tracking_url"].startswith("https://")
    assert (rest["status"], rest["line_items"]) == (
        "pending",
        [{"id": "DR-S", "quantity": 1}, {"id": "DR-M", "quantity": 1}],
    )
    actions.pack(order_id=bought.id, handed_over=True, at=now())
    actions.parcel_news(parcel_id=first.id, state=ParcelState.IN_TRANSIT, key="n1", place="Lyon", at=now())
    actions.parcel_news(parcel_id=first.id, state=ParcelState.DELIVERED, key="n2", at=now())
    document = told(bought)
    assert [way["status"] for way in document["fulfillments"]] == ["delivered", "shipped"]
    assert "Lyon" in [event.get("location") for event in document["fulfillments"][0]["events"]]
    assert {each[3] for each in quantities(document).values()} == {"fulfilled"}
    actions.deliver(order_id=bought.id, at=now())
    assert told(bought)["status"] == "completed"


def test_sent_back_and_refunded_in_part(bought: Order) -> None:
    line = {each.sku: each.id for each in bought.lines}
    actions.ship(order_id=bought.id, at=now())
    actions.deliver(order_id=bought.id, at=now())
    actions.request_return(
        order_token=bought.token,
        kind=ReturnKind.WITHDRAWAL,
        lines=[AskedLine(line_id=line["DR-S"], quantity=1)],
        key="r1",
        at=now(),
    )
    refund = actions.refund(order_id=bought.id, lines={line["DR-S"]: 1}, reason="<i>too small</i>", key="r", at=now())
    document = told(bought)
    back, money = document["adjustments"]
    assert (back["type"], back["line_items"]) == ("return", [{"id": "DR-S", "quantity": 1}])
    assert (money["type"], money["status"], money["amount"]) == ("refund", "completed", refund.amount.amount_minor)
    assert (money["currency"], money["line_items"]) == ("eur", [{"id": "DR-S", "quantity": 1}])
    assert "too small" not in json.dumps(document)  # what the team notes is for the team
    sums = {each["type"]: each["amount"] for each in document["totals"]}
    assert sums["total"] == bought.totals.due.amount_minor
    assert sums["amount_refunded"] == refund.amount.amount_minor
    assert quantities(document)["DR-S"][1] == 1
    assert document["status"] == "completed"


def test_given_up_before_it_left(bought: Order) -> None:
    everything = {line.id: line.quantity for line in bought.lines}
    actions.refund(order_id=bought.id, lines=everything, reason="sold out after all", key="r", at=now())
    document = told(bought)
    assert document["status"] == "canceled"
    assert {each[1:] for each in quantities(document).values()} == {(0, 0, "removed")}
    assert [each["type"] for each in document["adjustments"]] == ["refund"]


def test_the_whole_order_is_told_and_signed(bought: Order, helper: Agent) -> None:
    agent = people.agent_by_key("helper")
    assert agent is not None
    made = renderer("acp")
    assert made is not None
    for first, kind in ((True, "order_create"), (False, "order_update")):
        item = News(
            key="msg_1",
            kind="paid",
            occurred_at=now(),
            first=first,
            order=bought,
            session_token="cs_1",
            agent=agent,
            url="https://x",
        )
        sent = made.body(item)
        event = json.loads(sent)
        assert event["type"] == kind
        assert event["data"]["type"] == "order"
        assert (
            published.described_problems(
                "openapi.agentic_checkout_webhook.yaml", "#/components/schemas/WebhookEvent", event
            )
            == []
        )
        at = datetime(2026, 1, 1, tzinfo=UTC)
        headers = made.headers(item, sent, secret="s", at=at)
        again = made.headers(item, sent, secret="s", at=at + timedelta(seconds=1))
        assert headers["Merchant-Signature"] == news.signature("s", sent, timestamp=int(at.timestamp()))
        assert headers["Merchant-Signature"] != again["Merchant-Signature"]
        assert headers["Request-Id"] == again["Request-Id"] == "msg_1"


def test_the_signature_is_the_one_that_others_compute() -> None:
    body = (
        b'{"type":"order_create","data":{"type":"order","id":"ord_1","checkout_session_id":"cs_1",'
        b'"permalink_url":"https://shop.example/o/1","status":"created"}}'
    )
    assert news.signature("whsec_acp_test", body, timestamp=1767225600) == (
        "t=1767225600,v1=88f1487fd28dc01b128dfa4a87a381654156bf073e1fe5e9c54ea88e9fea705a"
    )
