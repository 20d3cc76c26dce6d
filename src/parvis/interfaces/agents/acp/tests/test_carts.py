"""Carts: what is wanted, before anybody speaks of paying."""

import pytest

from parvis.core.clock import now
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog.testing import SmallCatalogue
from parvis.interfaces.agents.acp.simulator import Agent, total
from parvis.interfaces.agents.acp.tests.agents import DELIVERY

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_cart_is_filled_changed_and_bought(helper: Agent) -> None:
    cart = helper.ask("POST", "/carts", {"line_items": [{"id": "DR-S", "quantity": 2}], "locale": "fr-FR"})
    assert [(line["id"], line["quantity"]) for line in cart["line_items"]] == [("DR-S", 2)]
    assert (cart["currency"], cart["messages"]) == ("eur", [])
    cart = helper.ask(
        "PUT", f"/carts/{cart['id']}", {"line_items": [{"id": "DR-M"}], "buyer": {"email": "claire@example.com"}}
    )
    assert [(line["id"], line["quantity"]) for line in cart["line_items"]] == [("DR-M", 1)]
    assert cart["buyer"] == {"email": "claire@example.com"}
    assert helper.ask("GET", f"/carts/{cart['id']}") == cart
    session = helper.open([{"id": line["id"]} for line in cart["line_items"]], fulfillment_details=DELIVERY)
    assert total(session) == total(cart)


def test_what_is_not_there_is_told_and_stays_in_the_cart(helper: Agent, shop: SmallCatalogue) -> None:
    catalog.count_stock(variant_id=shop.variants["DR-S"], counted=0, at=now())
    cart = helper.ask("POST", "/carts", {"line_items": [{"id": "DR-S"}, {"id": "DR-M"}]})
    assert [line["id"] for line in cart["line_items"]] == ["DR-S", "DR-M"]
    (message,) = cart["messages"]
    assert (message["code"], message["param"]) == ("out_of_stock", "$.line_items[0]")
    assert cart["line_items"][0]["availability_status"] == "out_of_stock"


def test_a_cancelled_cart_is_told_once_more_and_then_gone(helper: Agent) -> None:
    cart = helper.ask("POST", "/carts", {"line_items": [{"id": "DR-S"}]})
    assert helper.ask("POST", f"/carts/{cart['id']}/cancel") == cart
    assert helper.call("GET", f"/carts/{cart['id']}").status == 404
    assert helper.call("PUT", f"/carts/{cart['id']}", {"line_items": [{"id": "DR-S"}]}).status == 404
    assert helper.call("POST", f"/carts/{cart['id']}/cancel").status == 404


def test_a_bought_cart_is_gone(helper: Agent) -> None:
    session = helper.buy([{"id": "DR-S"}], delivery=DELIVERY, at=now())
    assert helper.call("GET", f"/carts/{session['id']}").status == 404
    assert helper.ask("GET", f"/checkout_sessions/{session['id']}")["status"] == "completed"
