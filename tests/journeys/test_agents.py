"""Agents buy through every door of theirs where they can pay: each ends in one paid order, with its stock gone from the
shelf and the agent credited with it. Over MCP nobody pays but the shopper, on our page: test_mcp.py."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from tests.journeys.world import World

from parvis.core import outbound
from parvis.core.clock import now
from parvis.core.money import Money
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import ports, queries
from parvis.domains.checkout.contracts import Door, OrderState
from parvis.domains.checkout.models import Order, Payment
from parvis.domains.checkout.ports import Delegates, TokenAllowance
from parvis.domains.checkout.testing import card
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.people import testing as cast
from parvis.interfaces.agents.acp.simulator import Agent, Answered
from parvis.interfaces.agents.acp.tests.agents import DELIVERY
from parvis.interfaces.agents.ucp.tests import platform as ucp
from parvis.interfaces.api.tests.test_checkouts import CLAIRE

SKU, PIECES = "SW-M", 2


def key_of(name: str) -> str:
    """The secret key that the brand gives an agent in the studio."""
    agent = people.register_agent(name=name, at=now())
    return people.issue_agent_key(agent_id=agent.id, account_id=cast.account("olivia", at=now()).pk, at=now())[1]


def over_acp(world: World, _: pytest.MonkeyPatch) -> str:
    with httpx.Client(base_url=world.url, headers={"X-Forwarded-For": "203.0.113.91"}, timeout=60) as http:

        def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answered:
            answer = http.request(method, path, headers=dict(headers), content=body)
            return Answered(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.json())

        agent = Agent(send=send, key=key_of("Buyer over ACP"))
        session = agent.buy([{"id": SKU, "quantity": PIECES}], delivery=DELIVERY, at=now())
    return str(session["order"]["order_number"])


def over_api(world: World, _: pytest.MonkeyPatch) -> str:
    vault = ports.payments()
    assert isinstance(vault, Delegates)
    headers = {"Authorization": f"Bearer {key_of('Buyer over the API')}", "X-Forwarded-For": "203.0.113.92"}
    with httpx.Client(base_url=f"{world.url}/api/v1", headers=headers, timeout=60) as http:
        body = {"lines": [{"sku": SKU, "quantity": PIECES}], "details": CLAIRE}
        begun = http.post("/checkouts", json=body, headers={"Idempotency-Key": "begin"})
        assert begun.status_code == 201, begun.text
        due = begun.json()["totals"]["due"]
        allowance = TokenAllowance(
            max_amount=Money(due["amount_minor"], due["currency"]), expires_at=now().replace(year=2090)
        )
        token = vault.delegate(card=card(), allowance=allowance, key="journey-of-the-api").token
        where, paid = f"/checkouts/{begun.json()['id']}/complete", {"payment_token": token}
        done = [http.post(where, json=paid, headers={"Idempotency-Key": "pay"}) for _ in range(2)]  # and once more
    assert [each.status_code for each in done] == [200, 200], done[-1].text
    assert done[0].json() == done[1].json()
    return str(done[0].json()["order"]["number"])


def over_ucp(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """The platform's profile lies at an https address, which this test stands in for: hence within this process."""
    buyer = ucp.Platform()
    profile = json.dumps(ucp.document((buyer.key,))).encode()

    def get(url: str, **_: Any) -> outbound.Reply:
        assert url == ucp.PROFILE
        return outbound.Reply(status=200, body=profile)

    monkeypatch.setattr(outbound, "get", get)
    body = {"line_items": ucp.wants((SKU, PIECES)), "buyer": ucp.ADA, "fulfillment": ucp.shipped("home")}
    made = buyer.send("POST", "checkout-sessions", body)
    assert made.body["status"] == "ready_for_complete", made.body
    done = buyer.send("POST", f"checkout-sessions/{made.body['id']}/complete", ucp.pays())
    assert done.body["status"] == "completed", done.body
    return str(done.body["order"]["id"])


BUYERS: Mapping[Door, Callable[[World, pytest.MonkeyPatch], str]] = {
    Door.ACP: over_acp,
    Door.API: over_api,
    Door.UCP: over_ucp,
}


@pytest.mark.parametrize("door", BUYERS, ids=str)
def test_an_agent_buys_end_to_end(world: World, monkeypatch: pytest.MonkeyPatch, door: Door) -> None:
    variant, orders = world.variants[SKU], Order.objects.count()
    before = catalog.available([variant])[variant]
    number = BUYERS[door](world, monkeypatch)
    order = queries.order_by_number(number)
    assert (Order.objects.count(), order.state) == (orders + 1, OrderState.PAID)
    assert Payment.objects.get(order_id=order.id).captured_minor == order.totals.total.amount_minor
    assert [(line.sku, line.quantity) for line in order.lines] == [(SKU, PIECES)]
    assert catalog.available([variant])[variant] == before - PIECES
    credited = queries.agent_orders([order.id])[order.id]
    assert credited.door is door
    agent = people_queries.agent(credited.agent_id)
    assert agent is not None
    assert queries.agent_figures(order.placed_at.replace(hour=0, minute=0), now())[agent.id].completed == 1
