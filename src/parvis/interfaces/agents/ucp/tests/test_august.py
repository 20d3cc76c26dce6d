"""The release 2026-08-25, beside the one before it: the same shop, in the forms of either."""

import json
from typing import Any

import pytest

from parvis.connectors.agents import queries as journal
from parvis.connectors.agents import rendering
from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.checkout import queries
from parvis.domains.checkout.testing import CAPTURE_LATE
from parvis.domains.people import queries as people
from parvis.interfaces.agents.ucp import payment
from parvis.interfaces.agents.ucp.tests.conftest import Internet
from parvis.interfaces.agents.ucp.tests.platform import (
    ADA,
    APRIL,
    AUGUST,
    HOME,
    PROFILE,
    Platform,
    document,
    faults,
    pays,
    shipped,
    wants,
)
from parvis.interfaces.storefront.tests.conftest import Shop

pytestmark = [pytest.mark.database, pytest.mark.django_db]
MARKETING = "dev.ucp.consent.marketing"
BODY = {"line_items": wants(("DR-M", 1)), "buyer": ADA, "fulfillment": shipped()}


@pytest.fixture
def august(internet: Internet, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A platform of the later release; every answer to it is held against the later schemas."""
    monkeypatch.setattr("parvis.core.outbound.check", lambda url, **_: None)  # no name is looked up in tests
    made = Platform(version=AUGUST)
    config = {"dev.ucp.shopping.order": {"webhook_url": "https://platform.example/orders"}}
    internet[PROFILE] = json.dumps(document((made.key,), version=AUGUST, config=config)).encode()
    return made


def test_from_nothing_to_a_paid_order_and_its_news(august: Platform) -> None:
    for path, body in (
        ("search", {"query": "dress"}),
        ("lookup", {"ids": ["DR-M", "nobody"]}),
        ("product", {"id": "DR-M"}),
    ):
        assert august.send("POST", f"catalog/{path}", body).status == 200
    made = august.send("POST", "checkout-sessions", BODY)
    assert (made.status, made.body["status"]) == (201, "ready_for_complete")
    shipping, pickup = made.body["fulfillment"]["methods"]
    assert {place["type"] for place in shipping["destinations"]} == {"shipping_address"}
    assert {place["type"] for place in pickup["destinations"]} == {"business_location"}
    assert shipping["selected_destination_id"] == HOME["id"]  # by the name that the platform gave it
    done = august.send("POST", f"checkout-sessions/{made.body['id']}/complete", pays())
    assert done.body["status"] == "completed"
    number = done.body["order"]["id"]
    read = august.send("GET", f"orders/{number}").body
    outbox.deliver(at=now())
    agent, renderer = people.agent_by_profile(PROFILE), rendering.renderer("ucp")
    assert agent is not None
    assert renderer is not None
    (endpoint,) = journal.endpoints(agent.id)
    news = rendering.News(
        key="msg_1", kind="paid", occurred_at=now(), first=True, order=queries.order_by_number(number),
        session_token=made.body["id"], agent=agent, url=endpoint.url, version=endpoint.version,
    )  # fmt: skip
    told = json.loads(renderer.body(news))
    assert faults(told, "shopping/order.json", AUGUST) == []
    assert told["ucp"]["version"] == AUGUST
    assert told["line_items"] == read["line_items"]


def test_a_platform_may_come_again_in_another_release(august: Platform, internet: Internet) -> None:
    cart = august.send("POST", "carts", {"line_items": wants(("DR-M", 1)), "buyer": ADA}).body
    assert cart["buyer"]["consent"][MARKETING]["granted"] is False
    internet["https://platform.example/april.json"] = json.dumps(document((august.key,))).encode()
    other = Platform(profile="https://platform.example/april.json", key=august.key)
    assert other.send("POST", "checkout-sessions", BODY).status == 201  # held against the schemas of April
    assert other.send("GET", f"carts/{cart['id']}").codes == ["not_found"]


def test_only_what_buyers_said_themselves_is_their_consent(august: Platform) -> None:
    consent: dict[str, Any] = {
        MARKETING: {"granted": True, "source": "business"},
        "dev.ucp.consent.analytics": {"granted": False, "source": "platform"},
        "dev.ucp.consent.sale_or_sharing": {"granted": True, "source": "platform"},
    }
    made = august.send("POST", "checkout-sessions", {**BODY, "buyer": {**ADA, "consent": consent}})
    told = made.body["buyer"]["consent"]
    assert {name: (each["granted"], each["source"]) for name, each in told.items()} == {
        MARKETING: (False, "business"), "dev.ucp.consent.analytics": (False, "platform"),
    }  # fmt: skip
    late = {MARKETING: {"granted": True, "source": "platform"}}
    where = f"checkout-sessions/{made.body['id']}/complete"
    done = august.send("POST", where, {**pays(), "buyer": {"consent": late}})
    assert done.body["status"] == "completed"
    assert done.body["buyer"]["consent"][MARKETING]["source"] == "platform"
    agent = people.agent_by_profile(PROFILE)
    assert agent is not None
    kept = queries.session(made.body["id"], agent_id=agent.id, at=now()).consents
    assert kept == {"analytics": False, "marketing": True}


def test_a_repeated_request_is_the_same_byte_by_byte(august: Platform) -> None:
    first = august.send("POST", "checkout-sessions", BODY, key="k-1")
    assert august.send("POST", "checkout-sessions", BODY, key="k-1").body == first.body
    moved = august.send("POST", "checkout-sessions", dict(reversed(BODY.items())), key="k-1")
    assert (moved.status, moved.body["code"]) == (409, "idempotency_conflict")


def test_one_instrument_pays(august: Platform) -> None:
    made = august.send("POST", "checkout-sessions", BODY)
    two = {"payment": {"instruments": pays()["payment"]["instruments"] * 2}}
    told = august.send("POST", f"checkout-sessions/{made.body['id']}/complete", two)
    assert (told.status, told.codes, told.body["status"]) == (200, ["payment_failed"], "ready_for_complete")


@pytest.mark.parametrize("release", [APRIL, AUGUST])
def test_no_place_is_replaced_by_another(august: Platform, internet: Internet, release: str) -> None:
    internet[PROFILE] = json.dumps(document((august.key,), version=release)).encode()
    august.version = release
    made = august.send("POST", "checkout-sessions", BODY)
    where = f"checkout-sessions/{made.body['id']}"
    method = {"type": "pickup", "selected_destination_id": "nowhere"}
    told = august.send("PUT", where, {**BODY, "line_items": wants(("SW-S", 2)), "fulfillment": {"methods": [method]}})
    assert told.codes == ["destination_unknown"]
    assert told.body["messages"][0]["path"] == "$.fulfillment.methods[0].selected_destination_id"
    assert told.body["line_items"] == made.body["line_items"]  # nothing was changed
    named = {"type": "shipping", "selected_destination_id": HOME["id"]}
    kept = august.send("PUT", where, {**BODY, "fulfillment": {"methods": [named]}})
    assert kept.codes == []
    assert kept.body["fulfillment"]["methods"][0]["destinations"][0]["street_address"] == HOME["street_address"]


def test_what_is_counted_in_another_unit_stays_as_it_is(august: Platform) -> None:
    made = august.send("POST", "checkout-sessions", BODY)
    litres = {"unit": "LTR", "scale": 2, "display_text": "l"}
    lines = [{"item": {"id": "DR-M", "quantity_unit": litres}, "quantity": 250}, *wants(("SW-S", 1))]
    told = august.send("PUT", f"checkout-sessions/{made.body['id']}", {**BODY, "line_items": lines})
    assert told.codes == ["quantity_unit_mismatch"]
    assert told.body["messages"][0]["severity"] == "recoverable"
    assert [line["quantity"] for line in told.body["line_items"]] == [1, 1]
    piece = [{"item": {"id": "DR-M", "quantity_unit": {"unit": "C62", "display_text": "piece"}}, "quantity": 2}]
    told = august.send("PUT", f"checkout-sessions/{made.body['id']}", {**BODY, "line_items": piece})
    assert (told.codes, told.body["line_items"][0]["quantity"]) == ([], 2)
    alone = august.send("POST", "checkout-sessions", {**BODY, "line_items": lines[:1]})
    assert alone.body["messages"][0]["severity"] == "recoverable"


def test_nothing_changes_while_the_money_is_on_its_way(august: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(payment.TEST_TOKENS, "test_late", CAPTURE_LATE)
    made = august.send("POST", "checkout-sessions", BODY)
    where = f"checkout-sessions/{made.body['id']}"
    assert august.send("POST", f"{where}/complete", pays("test_late")).body["status"] == "complete_in_progress"
    told = august.send("PUT", where, {**BODY, "line_items": wants(("SW-S", 1))})
    assert (told.status, told.codes) == (200, ["checkout_in_progress"])
    assert [line["item"]["id"] for line in told.body["line_items"]] == ["DR-M"]
    assert "order" not in told.body
