"""An agent buys, from the shop's door to the order, and everything that is said on the way fits the release."""

import pytest

from parvis.core.clock import now
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import OrderState
from parvis.interfaces.agents.acp.simulator import Agent, total
from parvis.interfaces.agents.acp.tests.agents import DELIVERY

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.mark.parametrize("language", ["en-US", "fr-FR"])
def test_an_agent_buys_end_to_end(helper: Agent, language: str) -> None:
    helper.language = language
    session = helper.buy([{"id": "DR-S", "quantity": 2}], delivery=DELIVERY, at=now())
    order = models.Order.objects.get()
    assert session["order"]["order_number"] == order.number
    assert session["order"]["permalink_url"].startswith(f"http://testserver/{language[:2]}/orders/")
    assert (order.state, order.door, order.agent.key) == (OrderState.PAID, "acp", "helper")
    assert total(session) == order.total_minor == models.Payment.objects.get().captured_minor
    assert [each["display_text"] for each in session["totals"]][-1] == "Total"
    assert session["totals"][0]["display_text"] == "Articles"
    assert helper.done == [
        "POST /checkout_sessions",
        f"POST /checkout_sessions/{session['id']}",
        "POST /agentic_commerce/delegate_payment",
        f"POST /checkout_sessions/{session['id']}/complete",
    ]


def test_the_shop_is_found_from_its_host_alone(helper: Agent) -> None:
    told = helper.discover()
    assert (told["protocol"]["name"], told["protocol"]["supported_versions"]) == ("acp", ["2026-04-17"])
    assert told["capabilities"]["services"] == ["checkout", "orders", "carts", "delegate_payment"]
    assert helper.root == "/acp"
    answer = helper.send("GET", "/.well-known/acp.json", {}, b"")
    assert answer.headers["cache-control"] == "public, max-age=3600"


def test_goods_are_collected(helper: Agent) -> None:
    session = helper.open([{"id": "DR-S"}], fulfillment_details=DELIVERY)
    (place, *_more) = [each for each in session["fulfillment_options"] if each["type"] == "pickup"]
    assert place["location"]["address"]["city"] == "Paris"
    chosen = {"type": "pickup", "option_id": place["id"], "item_ids": ["DR-S"]}
    session = helper.ask("POST", f"/checkout_sessions/{session['id']}", {"selected_fulfillment_options": [chosen]})
    assert session["selected_fulfillment_options"] == [chosen]
    session = helper.complete(session, helper.token(session, at=now()))
    assert session["order"]["fulfillments"][0]["type"] == "pickup"
    assert models.Order.objects.get().address["point"] == "paris-11"
    # with the other way to ship the parcel goes to the buyer again, never to the shop's own address
    second = helper.open([{"id": "DR-S"}])
    second = helper.ask("POST", f"/checkout_sessions/{second['id']}", {"selected_fulfillment_options": [chosen]})
    home = {"type": "shipping", "option_id": "home", "item_ids": ["DR-S"]}
    second = helper.ask("POST", f"/checkout_sessions/{second['id']}", {"selected_fulfillment_options": [home]})
    params = {message.get("param") for message in second["messages"]}
    assert "$.fulfillment_details.address.line_one" in params
