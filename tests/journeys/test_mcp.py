"""An assistant finds a dress, reads what people say, prepares the purchase; the shopper finishes it on our page."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.world import World

from parvis.core.clock import now
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import queries as checkout_queries
from parvis.domains.checkout.contracts import Door, OrderState
from parvis.domains.checkout.contracts import Order as PlacedOrder
from parvis.domains.checkout.models import Order, Session
from parvis.domains.people import actions as people
from parvis.domains.people import testing as cast

VERSION = "2026-07-28"


class Assistant:
    """A client of the shop's MCP server that knows nothing but its address."""

    def __init__(self, url: str, key: str) -> None:
        headers = {"X-Forwarded-For": "203.0.113.77", "Authorization": f"Bearer {key}"}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=90)

    def __enter__(self) -> "Assistant":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        headers = {
            "MCP-Protocol-Version": VERSION, "Mcp-Method": method, "Accept": "application/json, text/event-stream",
        }  # fmt: skip
        if "name" in params:
            headers["Mcp-Name"] = params["name"]
        meta = {
            "io.modelcontextprotocol/protocolVersion": VERSION,
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": meta}}
        answer = self.http.post("/mcp", json=body, headers=headers)
        answer.raise_for_status()
        return dict(answer.json()["result"])

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        result = self.ask("tools/call", name=name, arguments=arguments)
        assert not result.get("isError"), result
        return dict(result["structuredContent"])


def test_an_assistant_prepares_and_the_shopper_buys(visit: Visit, world: World) -> None:
    """All six tools, in the order of a purchase."""
    agent = people.register_agent(name="Helper over MCP", at=now())
    _, key = people.issue_agent_key(agent_id=agent.id, account_id=cast.account("olivia", at=now()).pk, at=now())
    with Assistant(world.url, key) as assistant:
        order = _prepare_and_buy(assistant, visit, world)
    credited = checkout_queries.agent_orders([order.id])[order.id]
    assert (credited.agent_id, credited.door) == (agent.id, Door.MCP)


def _prepare_and_buy(assistant: Assistant, visit: Visit, world: World) -> PlacedOrder:
    names = {"search_products", "get_proof", "ask", "size_advice", "create_checkout", "order_status"}
    assert {each["name"] for each in assistant.ask("tools/list")["tools"]} == names
    (found,) = assistant.call("search_products", query="linen dress", in_stock=True)["products"]
    proof = assistant.call("get_proof", product=found["product"])
    assert proof["quotes"]
    answer = assistant.call("ask", question="Does it run small?", product=found["product"])
    assert answer["quotes"] or answer["nobody_has_said"]
    advice = assistant.call("size_advice", product=found["product"], height_cm=168, usual_size="M")
    assert (len(advice["advised"]), advice["product"]) == (
        {"none": 0, "one": 1, "two": 2}[advice["verdict"]],
        "linen-dress",
    )
    sku = next(each["sku"] for each in found["variants"] if each["in_stock"])
    shelf = catalog.available([world.variants[sku]])[world.variants[sku]]
    prepared = assistant.call(
        "create_checkout", items=[{"sku": sku, "quantity": 1}], quotes_shown=[proof["quotes"][0]["url"]]
    )
    assert prepared["state"] == "incomplete"

    page = visit()
    page.goto(prepared["continue_url"].removeprefix(world.url))
    expect(page.locator("main")).to_contain_text(found["name"])
    expect(page.locator("main .reviews")).to_contain_text(re.compile(r"\w"))  # the proof it was shown
    page.locator("main aside form button").click()
    expect(page.locator("#checkout")).to_be_visible()
    steps.tell_who_and_where(page, email="by-assistant@shopper.example", name="Iris Lane")
    steps.type_card(page)
    steps.order_button(page).click()
    number = steps.order_number(page)

    order = checkout_queries.order_by_number(number)
    assert order.state is OrderState.PAID
    session = Session.objects.get(token=prepared["checkout"])
    assert session.door == "mcp"
    assert session.order_id == order.id
    (told,) = assistant.call("order_status", number=number, email="by-assistant@shopper.example")["orders"]
    assert told["state"] == "paid"
    assert told["lines"][0]["sku"] == sku
    assert catalog.available([world.variants[sku]])[world.variants[sku]] == shelf - 1
    assert Order.objects.filter(email="by-assistant@shopper.example").count() == 1
    return order


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_of_consent_works_on_a_phone_and_by_keyboard(visit: Visit, world: World, language: str) -> None:
    made = httpx.post(
        f"{world.url}/oauth/register",
        json={"client_name": "Helpful", "redirect_uris": [f"{world.url}/robots.txt"]},
        headers={"X-Forwarded-For": f"203.0.113.{80 + len(language)}"},
    )
    # the shop's own address stands in for the program's; https is only asked of addresses elsewhere
    if made.status_code != 201:
        made = httpx.post(
            f"{world.url}/oauth/register",
            json={"client_name": "Helpful", "redirect_uris": ["http://localhost/robots.txt"]},
        )
    program = made.json()
    page = visit(width="phone")
    query = httpx.QueryParams(
        {
            "response_type": "code", "client_id": program["client_id"], "redirect_uri": program["redirect_uris"][0],
            "code_challenge": "c" * 43, "code_challenge_method": "S256", "state": "xyz",
        }
    )  # fmt: skip
    steps.sign_in(page, "emma", to="/")
    page.goto(f"/oauth/authorize?{query}")
    page.locator(f"form.switch button[value={language}]").first.click()
    expect(page.locator("h1")).to_contain_text("Helpful")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = page.get_by_role("checkbox")
    assert not any(box.is_checked() for box in boxes.all())  # nothing is allowed that nobody has ticked
    for box in boxes.all():
        box.check()
    allow = page.get_by_role("button", name="Allow" if language == "en" else "Autoriser")
    allow.focus()
    with page.expect_request(lambda request: "code=" in request.url) as answered:
        page.keyboard.press("Enter")
    assert "state=xyz" in answered.value.url
    assert "iss=" in answered.value.url
