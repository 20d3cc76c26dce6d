"""A platform buys: opened, changed, completed, cancelled, read again; and all that may go wrong on the way."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as catalog_queries
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Door, OrderState
from parvis.domains.people import queries as people
from parvis.interfaces.agents.ucp.tests.conftest import Internet
from parvis.interfaces.agents.ucp.tests.platform import (
    ADA,
    EVERYTHING,
    HOME,
    PROFILE,
    Platform,
    Told,
    document,
    pays,
    shipped,
    wants,
)
from parvis.interfaces.storefront.tests.conftest import Shop

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def opened(platform: Platform, *items: tuple[str, int], **more: Any) -> Told:
    body = {"line_items": wants(*(items or (("DR-M", 1),))), "buyer": ADA, "fulfillment": shipped(), **more}
    return platform.send("POST", "checkout-sessions", body)


def test_from_nothing_to_a_paid_order(platform: Platform, shop: Shop) -> None:
    made = opened(platform, ("DR-M", 2))
    assert (made.status, made.body["status"]) == (201, "ready_for_complete")
    assert made.total("subtotal") == 17800
    assert made.body["continue_url"].endswith(f"/checkout/continue/{made.body['id']}/")
    assert set(made.body["ucp"]["capabilities"]) == {
        f"dev.ucp.shopping.{name}" for name in ("checkout", "discount", "fulfillment", "buyer_consent")
    }
    where = f"checkout-sessions/{made.body['id']}"
    assert platform.send("GET", where).body["totals"] == made.body["totals"]
    changed = platform.send(
        "PUT", where, {"line_items": wants(("SW-S", 1)), "buyer": ADA, "fulfillment": shipped("home")}
    )
    assert [line["item"]["id"] for line in changed.body["line_items"]] == ["SW-S"]
    done = platform.send("POST", f"{where}/complete", pays())
    assert (done.status, done.body["status"]) == (200, "completed")
    assert "test_ok" not in json.dumps(done.body)
    order = queries.order_by_number(done.body["order"]["id"])
    assert (order.state, order.totals.total.amount_minor) == (OrderState.PAID, changed.total())
    told = platform.send("GET", f"orders/{order.number}").body
    assert told["checkout_id"] == made.body["id"]
    assert told["line_items"][0]["quantity"] == {"original": 1, "total": 1, "fulfilled": 0}
    for verb in ("cancel", "complete"):
        again = platform.send("POST", f"{where}/{verb}", pays() if verb == "complete" else None)
        assert again.status == (409 if verb == "cancel" else 200)
    assert platform.send("PUT", where, {"line_items": wants(("DR-M", 1))}).codes == ["checkout_closed"]
    assert queries.agent_orders([order.id])[order.id].door is Door.UCP


def test_what_is_missing_is_told_with_its_place(platform: Platform, shop: Shop) -> None:
    told = platform.send("POST", "checkout-sessions", {"line_items": wants(("DR-M", 1))})
    assert told.body["status"] == "incomplete"
    assert {message["path"] for message in told.body["messages"]} == {
        "$.buyer.email", "$.buyer.first_name", "$.fulfillment.methods[0].destinations"
    }  # fmt: skip
    done = platform.send("POST", f"checkout-sessions/{told.body['id']}/complete", pays())
    assert (done.status, done.body["status"]) == (200, "incomplete")
    far = opened(platform, fulfillment=shipped(where={**HOME, "address_country": "JP"}))
    assert "address_undeliverable" in far.codes


def test_articles_that_cannot_be_had_are_left_out_and_told(platform: Platform, shop: Shop) -> None:
    mixed = opened(platform, ("DR-M", 900), ("JE-S", 1), ("nobody", 1))
    assert [(line["item"]["id"], line["quantity"]) for line in mixed.body["line_items"]] == [("DR-M", 4)]
    assert mixed.codes == ["quantity_adjusted", "out_of_stock", "item_unavailable"]
    assert (mixed.status, mixed.body["status"]) == (201, "ready_for_complete")
    nothing = opened(platform, ("JE-S", 1))
    assert (nothing.status, nothing.codes, "id" in nothing.body) == (200, ["out_of_stock"], False)
    dress = [key for sku, key in shop.catalogue.variants.items() if sku.startswith("DR")]
    catalog.archive_variant(variant_ids=dress, actor_id=None, at=now())
    assert opened(platform).codes == ["item_unavailable"]


@pytest.mark.parametrize(
    "lines",
    [None, [], "DR-M", [{"item": {"id": "DR-M"}, "quantity": -1}], [{"item": {"id": "DR-M"}, "quantity": 0}],
     [{"item": {"id": "DR-M"}, "quantity": 10**12}], [{"item": {"id": "DR-M"}, "quantity": 1.5}],
     [{"item": {"id": "DR-M"}, "quantity": True}], [{"item": {}}], [{"quantity": 1}],
     [{"item": {"id": "a\x00b"}, "quantity": 1}], [{"item": {"id": "a\ud800"}, "quantity": 1}],
     [{"item": {"id": "DR-M"}}] * 500],
    ids=range(13),
)  # fmt: skip
def test_lines_that_make_no_sense_are_refused(platform: Platform, lines: Any) -> None:
    told = platform.send("POST", "checkout-sessions", {} if lines is None else {"line_items": lines})
    assert (told.status, told.codes) == (400, ["invalid_request"])


def test_a_text_that_cannot_be_kept_is_refused_and_not_tried_for_ever(platform: Platform) -> None:
    told = opened(platform, buyer={**ADA, "first_name": "Ada \ud800"})
    assert (told.status, told.codes) == (400, ["invalid_request"])
    made = opened(platform)
    paid = platform.send("POST", f"checkout-sessions/{made.body['id']}/complete", {**pays(), "unread": "\ud800"})
    assert paid.body["status"] == "completed"


def test_totals_and_prices_of_the_platform_count_for_nothing(platform: Platform) -> None:
    line = {"id": "li_1", "item": {"id": "DR-M", "price": 1, "title": "Free"}, "quantity": 1, "totals": []}
    told = platform.send(
        "POST", "checkout-sessions",
        {"line_items": [line], "totals": [{"type": "total", "amount": 1}], "status": "completed", "currency": "USD"},
    )  # fmt: skip
    assert (told.body["line_items"][0]["item"]["price"], told.total("subtotal")) == (8900, 8900)
    assert (told.body["currency"], told.body["status"]) == ("EUR", "incomplete")


def test_sold_out_between_the_opening_and_the_completion(platform: Platform, shop: Shop) -> None:
    made = opened(platform, ("DR-M", 4))
    variant = shop.catalogue.variants["DR-M"]
    catalog.adjust_stock(variant_id=variant, quantity=-4, reason="counted", actor_id=None, at=now())
    done = platform.send("POST", f"checkout-sessions/{made.body['id']}/complete", pays())
    assert (done.status, done.body["status"], done.codes) == (200, "incomplete", ["out_of_stock"])
    assert done.body["messages"][0]["path"] == "$.line_items[0]"
    assert "order" not in done.body


def test_the_bank_asks_and_the_bank_refuses(platform: Platform) -> None:
    made = opened(platform)
    where = f"checkout-sessions/{made.body['id']}"
    refused = platform.send("POST", f"{where}/complete", pays("test_declined"))
    assert (refused.status, refused.codes) == (200, ["payment_failed"])
    assert refused.body["status"] == "ready_for_complete"
    asked = platform.send("POST", f"{where}/complete", pays("test_challenge"))
    assert asked.body["status"] == "requires_escalation"
    assert asked.body["messages"][0]["severity"] == "requires_buyer_input"
    assert asked.body["continue_url"]
    unknown = platform.send("POST", f"{where}/complete", pays(handler="somebody.elses"))
    assert (unknown.status, unknown.codes) == (400, ["invalid_request"])
    stolen = platform.send("POST", f"{where}/complete", pays("spt_of_somebody"))
    assert stolen.codes[-1] == "payment_failed"


def test_a_key_is_good_for_one_request(platform: Platform, shop: Shop) -> None:
    body = {"line_items": wants(("DR-M", 1)), "buyer": ADA, "fulfillment": shipped()}
    first = platform.send("POST", "checkout-sessions", body, key="k-1")
    again = platform.send("POST", "checkout-sessions", dict(reversed(body.items())), key="k-1")
    assert (again.status, again.body) == (201, first.body)
    other = platform.send("POST", "checkout-sessions", {**body, "attribution": {"a": "b"}}, key="k-1")
    assert (other.status, other.body["code"]) == (409, "idempotency_conflict")
    where = f"checkout-sessions/{first.body['id']}/complete"
    paid = platform.send("POST", where, pays(), key="k-2")
    assert platform.send("POST", where, pays(), key="k-2").body == paid.body
    assert platform.send("POST", where, pays(), key="k-3").body["order"] == paid.body["order"]
    assert catalog_queries.available([shop.catalogue.variants["DR-M"]]) == {shop.catalogue.variants["DR-M"]: 3}


def test_where_a_buyer_came_from_changes_no_answer(platform: Platform) -> None:
    plain = opened(platform)
    odd = ({"gclid": 5}, ["x"], "x", {"k" * 900: "v" * 9000}, {"\ud800": "x", "x": "\ud800"})
    for told in ({"gclid": "x", "campaign_id": "1"}, *odd):
        other = opened(platform, attribution=told)
        assert other.status == 201
        for name in ("status", "line_items", "totals", "discounts", "fulfillment"):
            assert other.body[name] == plain.body[name]


def test_claims_of_benefits_are_ignored_with_a_word_and_block_nothing(platform: Platform) -> None:
    made = opened(platform, context={"eligibility": ["com.example.gold"]})
    assert made.codes == ["eligibility_not_accepted"]
    assert made.body["messages"][0]["type"] == "warning"
    done = platform.send("POST", f"checkout-sessions/{made.body['id']}/complete", pays())
    assert done.body["status"] == "completed"


def test_goods_are_collected_where_the_buyer_wants(platform: Platform) -> None:
    made = opened(platform)
    (pickup,) = [m for m in made.body["fulfillment"]["methods"] if m["type"] == "pickup"]
    assert {place["id"] for place in pickup["destinations"]} >= {"paris-11", "lyon-2"}
    option = pickup["groups"][0]["options"][0]["id"]
    method = {"type": "pickup", "selected_destination_id": "lyon-2", "groups": [{"selected_option_id": option}]}
    told = platform.send(
        "PUT", f"checkout-sessions/{made.body['id']}",
        {"line_items": wants(("DR-M", 1)), "buyer": ADA, "fulfillment": {"methods": [method]}},
    )  # fmt: skip
    shipping, pickup = told.body["fulfillment"]["methods"]
    assert (pickup["selected_destination_id"], shipping["line_item_ids"]) == ("lyon-2", [])
    assert told.body["status"] == "ready_for_complete"


def test_consents_are_kept_and_shown(platform: Platform) -> None:
    made = opened(platform, buyer={**ADA, "consent": {"marketing": True, "analytics": False}})
    assert made.body["buyer"]["consent"] == {"marketing": True, "analytics": False}
    assert queries.session(
        made.body["id"], agent_id=_agent_id(), at=now()
    ).consents == {"marketing": True, "analytics": False}  # fmt: skip


def _agent_id() -> int:
    agent = people.agent_by_profile(PROFILE)
    assert agent is not None
    return agent.id


def test_carts_become_one_checkout(platform: Platform) -> None:
    cart = platform.send("POST", "carts", {"line_items": wants(("DR-M", 1))})
    assert cart.status == 201
    where = f"carts/{cart.body['id']}"
    more = platform.send("PUT", where, {"id": cart.body["id"], "line_items": wants(("SW-S", 3))})
    assert [line["quantity"] for line in platform.send("GET", where).body["line_items"]] == [3]
    assert more.total("subtotal") == 19500
    body = {"cart_id": cart.body["id"], "line_items": wants(("DR-M", 9))}
    first = platform.send("POST", "checkout-sessions", body)
    again = platform.send("POST", "checkout-sessions", body)
    assert (first.status, again.status, first.body["id"]) == (201, 200, again.body["id"])
    assert [line["item"]["id"] for line in first.body["line_items"]] == ["SW-S"]
    assert platform.send("POST", f"checkout-sessions/{first.body['id']}/cancel").body["status"] == "canceled"
    third = platform.send("POST", "checkout-sessions", body)
    assert (third.status, third.body["id"] != first.body["id"]) == (201, True)
    assert platform.send("POST", f"{where}/cancel").body["line_items"]
    assert platform.send("GET", where).codes == ["not_found"]


def test_a_cart_counts_as_no_checkout_and_is_none(platform: Platform, shop: Shop) -> None:
    cart = platform.send("POST", "carts", {"line_items": wants(("DR-M", 1))}).body
    platform.send("POST", "carts", {"line_items": wants(("SW-S", 1))})
    made = platform.send("POST", "checkout-sessions", {"cart_id": cart["id"], "line_items": wants(("DR-M", 1))}).body
    agent_id, at = _agent_id(), now()
    figures = queries.agent_figures(at - timedelta(hours=1), at)[agent_id]
    assert figures.opened == 1
    assert [each.token for each in queries.agent_carts(agent_id, locale="en", at=at).items] == [made["id"]]
    bare = cart["id"].removeprefix("cart_")
    for method, path, body in (
        ("GET", f"checkout-sessions/{bare}", None),
        ("POST", f"checkout-sessions/{bare}/complete", pays()),
        ("POST", f"carts/cart_{made['id']}/cancel", None),
    ):
        assert platform.send(method, path, body).codes == ["not_found"]
    actions.hand_over(token=bare, at=at)  # but for one that the shopper goes on with
    assert queries.agent_figures(at - timedelta(hours=1), at)[agent_id].opened == 2


def test_another_platform_sees_nothing_of_it(platform: Platform, internet: Internet) -> None:
    made = opened(platform)
    cart = platform.send("POST", "carts", {"line_items": wants(("DR-M", 1))})
    done = platform.send("POST", f"checkout-sessions/{made.body['id']}/complete", pays())
    thief = Platform(profile="https://thief.example/p.json")
    internet[thief.profile] = json.dumps(document((thief.key,))).encode()
    for method, path in (
        ("GET", f"checkout-sessions/{made.body['id']}"),
        ("POST", f"checkout-sessions/{made.body['id']}/cancel"),
        ("GET", f"carts/{cart.body['id']}"),
        ("GET", f"orders/{done.body['order']['id']}"),
    ):
        told = thief.send(method, path)
        assert (told.status, told.codes) == (200, ["not_found"])
    put = thief.send("PUT", f"checkout-sessions/{made.body['id']}", {"line_items": wants(("DR-M", 1))})
    assert put.codes == ["not_found"]


def test_only_what_both_speak_is_shown(platform: Platform, internet: Internet) -> None:
    names = [name for name in EVERYTHING if not name.endswith(("discount", "fulfillment", "cart"))]
    bare = Platform(profile="https://bare.example/p.json")
    internet[bare.profile] = json.dumps(document((bare.key,), capabilities=names)).encode()
    made = bare.send("POST", "checkout-sessions", {"line_items": wants(("DR-M", 1))})
    assert set(made.body["ucp"]["capabilities"]) == {"dev.ucp.shopping.checkout", "dev.ucp.shopping.buyer_consent"}
    assert "fulfillment" not in made.body
    cart = bare.send("POST", "carts", {"line_items": wants(("DR-M", 1))})
    assert (cart.status, cart.codes) == (200, ["capabilities_incompatible"])


def test_the_buyer_goes_on_in_the_browser_with_everything_kept(platform: Platform, shop: Shop) -> None:
    made = opened(platform, ("DR-M", 2), attribution={"creator": "lea"})
    where = f"checkout-sessions/{made.body['id']}"
    browser = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0", "accept-language": "en"})
    address = made.body["continue_url"].removeprefix("http://testserver")
    assert "Linen dress" in browser.get(address).content.decode()
    assert platform.send("GET", where).body["status"] == "ready_for_complete"  # looking changes nothing
    page = browser.post(address, {"email": ADA["email"]}, follow=True)
    assert page.status_code == 200
    assert "Linen dress" in page.content.decode()
    told = platform.send("PUT", where, {"line_items": wants(("SW-S", 1))})
    assert (told.status, told.codes) == (409, ["handed_over"])  # from now on the platform may only look
    assert platform.send("GET", where).body["line_items"][0]["quantity"] == 2
