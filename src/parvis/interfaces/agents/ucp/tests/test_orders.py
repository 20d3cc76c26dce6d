"""An order after the sale, as the platform reads it and is told of it: parcels, goods that come back, money."""

import json
from typing import Any

import pytest

from parvis.connectors.agents import queries as journal
from parvis.connectors.agents import rendering
from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import AskedLine, Condition, Order, ParcelState, ReceivedLine, ReturnKind
from parvis.domains.people import queries as people
from parvis.interfaces.agents.ucp.tests.conftest import Internet
from parvis.interfaces.agents.ucp.tests.platform import (
    ADA,
    PROFILE,
    Platform,
    document,
    faults,
    pays,
    shipped,
    wants,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]
WEBHOOK = "https://platform.example/orders"


@pytest.fixture
def order(platform: Platform, internet: Internet, monkeypatch: pytest.MonkeyPatch) -> Order:
    """Three dresses and a sweater, bought by a platform that wants to hear of its orders."""
    monkeypatch.setattr("parvis.core.outbound.check", lambda url, **_: None)  # no name is looked up in tests
    config = {"dev.ucp.shopping.order": {"webhook_url": WEBHOOK}}
    internet[PROFILE] = json.dumps(document((platform.key,), config=config)).encode()
    body = {"line_items": wants(("DR-M", 3), ("SW-S", 1)), "buyer": ADA, "fulfillment": shipped()}
    made = platform.send("POST", "checkout-sessions", body).body
    done = platform.send("POST", f"checkout-sessions/{made['id']}/complete", pays()).body
    outbox.deliver(at=now())
    return queries.order_by_number(done["order"]["id"])


def quantities(told: dict[str, Any]) -> list[tuple[int, int, int, str]]:
    return [
        (*(line["quantity"][name] for name in ("original", "total", "fulfilled")), line["status"])
        for line in told["line_items"]
    ]


def heard() -> list[str]:
    """The kinds of news that wait for the platform, oldest first."""
    outbox.deliver(at=now())
    agent = people.agent_by_profile(PROFILE)
    assert agent is not None
    (endpoint,) = journal.endpoints(agent.id)
    assert endpoint.url == WEBHOOK
    return [news.kind for news in reversed(journal.news(endpoint_ids=[endpoint.id]))]


def test_goods_are_followed_parcel_by_parcel(platform: Platform, order: Order) -> None:
    dress, sweater = (line.id for line in order.lines)

    def read() -> dict[str, Any]:
        return platform.send("GET", f"orders/{order.number}").body

    (whole,) = read()["fulfillment"]["expectations"]
    assert [line["quantity"] for line in whole["line_items"]] == [3, 1]
    parcel = actions.pack(
        order_id=order.id, lines={dress: 2}, carrier="colissimo", tracking="6A1", handed_over=True, at=now()
    )
    assert heard() == ["paid", "changed"]
    told = read()
    assert quantities(told) == [(3, 3, 2, "partial"), (1, 1, 0, "processing")]
    assert [[each["quantity"] for each in one["line_items"]] for one in told["fulfillment"]["expectations"]] == [
        [2], [1, 1]
    ]  # fmt: skip
    gone = told["fulfillment"]["events"][-1]
    assert (gone["type"], gone["tracking_number"], gone["carrier"]) == ("shipped", "6A1", "Colissimo")
    assert gone["line_items"] == [{"id": told["line_items"][0]["id"], "quantity": 2}]
    actions.parcel_news(parcel_id=parcel.id, state=ParcelState.RETURNED, key="back", at=now())
    told = read()
    assert quantities(told)[0] == (3, 3, 0, "processing")  # brought back: it has to leave once more
    assert [event["id"] for event in told["fulfillment"]["events"]].index(gone["id"]) == 1  # and what was told stays
    again = actions.pack(order_id=order.id, lines={dress: 3, sweater: 1}, handed_over=True, at=now())
    actions.parcel_news(parcel_id=again.id, state=ParcelState.DELIVERED, key="there", place="Paris 11e", at=now())
    told = read()
    assert [each[3] for each in quantities(told)] == ["fulfilled", "fulfilled"]
    assert told["fulfillment"]["events"][-1]["description"] == "Delivered, Paris 11e"
    assert heard() == ["paid", "changed", "shipped", "delivered"]


def test_each_piece_that_comes_back_is_taken_away_once(platform: Platform, order: Order) -> None:
    dress, sweater = (line.id for line in order.lines)
    actions.ship(order_id=order.id, at=now())
    actions.deliver(order_id=order.id, at=now())
    heard()
    lines = [AskedLine(line_id=dress, quantity=2)]
    back = actions.request_return(
        order_token=order.token, kind=ReturnKind.WITHDRAWAL, lines=lines, key="r", at=now()
    )  # fmt: skip
    assert heard()[-1] == "changed"
    told = platform.send("GET", f"orders/{order.number}").body
    (asked,) = told["adjustments"]
    assert (asked["type"], asked["status"], asked["line_items"][0]["quantity"]) == ("return", "pending", -2)
    came = [ReceivedLine(line_id=dress, quantity=1, condition=Condition.AS_NEW)]
    actions.receive_return(return_id=back.id, lines=came, at=now())
    actions.refund_return(return_id=back.id, at=now())
    actions.refund(order_id=order.id, lines={sweater: 1}, reason="torn", key="torn", at=now())
    told = platform.send("GET", f"orders/{order.number}").body
    given = {each["id"]: each for each in told["adjustments"]}
    assert [each["type"] for each in given.values()] == ["return", "refund", "refund"]
    taken = [piece for each in given.values() for piece in each.get("line_items", [])]
    assert sorted(piece["quantity"] for piece in taken) == [-1, -1]
    assert [(line["quantity"]["original"], line["quantity"]["total"]) for line in told["line_items"]] == [
        (3, 2), (1, 0)
    ]  # fmt: skip
    money = sum(total["amount"] for each in given.values() for total in each.get("totals", []))
    assert money == -queries.order(order.id).refunded.amount_minor
    assert heard()[-1] == "refunded"


def test_news_carry_the_order_as_it_stands(platform: Platform, order: Order) -> None:
    actions.pack(order_id=order.id, lines={order.lines[0].id: 1}, handed_over=True, at=now())
    agent, renderer = people.agent_by_profile(PROFILE), rendering.renderer("ucp")
    assert agent is not None
    assert renderer is not None
    source = queries.agent_orders([order.id])[order.id]
    news = rendering.News(
        key="msg_1", kind="changed", occurred_at=now(), first=False, order=queries.order(order.id),
        session_token=source.session_token, agent=agent, url=WEBHOOK,
    )  # fmt: skip
    told = json.loads(renderer.body(news))
    assert faults(told, "shopping/order.json") == []
    read = platform.send("GET", f"orders/{order.number}").body
    assert {**told, "ucp": 0} == {**read, "ucp": 0}
    assert told["line_items"][0]["quantity"]["fulfilled"] == 1
