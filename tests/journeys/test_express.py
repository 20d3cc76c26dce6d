"""Time that is told truly, and a purchase that an agent began."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import pytest
from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.world import World

from parvis.core.clock import now
from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, Terms
from parvis.domains.checkout.models import Order, Reservation
from parvis.interfaces.agents.ucp.tests.platform import AUGUST, HOME, Platform, document, shipped, wants


def test_the_time_left_is_counted_down_and_ends_truly(visit: Visit, world: World) -> None:
    page = visit()
    steps.put_in_cart(page, "wool-sweater", "S")
    steps.check_out(page, email="slow@shopper.example", name="Slow Payer", card=steps.DECLINED)
    expect(page).to_have_url(re.compile("/checkout/pay/"))
    clock = page.locator("[data-hold-clock]")
    expect(clock).to_be_visible()
    first = clock.inner_text()
    expect(clock).not_to_have_text(first)
    order = Order.objects.get(email="slow@shopper.example")
    Reservation.objects.filter(order=order).update(expires_at=now() + timedelta(seconds=6))
    page.reload()
    expect(page.locator("[data-hold-over]")).to_be_visible()
    expect(page.locator("[data-hold-running]")).to_be_hidden()
    actions.expire(at=now() + timedelta(seconds=10))
    steps.type_card(page)
    page.locator("main form.card button[type=submit]").click()
    page.get_by_role("button", name="Try again").click()
    expect(page).to_have_url(re.compile("/checkout/$"))


class Wire:
    """Sends a platform's requests to the running shop."""

    def __init__(self, url: str) -> None:
        self.url = url

    def generic(
        self, method: str, path: str, content: bytes, *, content_type: str, headers: dict[str, str]
    ) -> httpx.Response:
        return httpx.request(method, f"{self.url}{path}", content=content, headers=headers, timeout=60)


@pytest.fixture
def agent(world: World) -> Iterator[Platform]:
    """A shopping agent somewhere else: it has a profile with keys, and signs what it sends."""
    made = Platform(
        client=Wire(world.url),
        profile=f"http://127.0.0.1:{world.elsewhere}/profile.json",
        host=world.url.removeprefix("http://"),
        version=AUGUST,
        strict=False,  # the shop's keys are its own
    )

    class Profile(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(document((made.key,), version=AUGUST)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", world.elsewhere), Profile)
    Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def test_an_agents_purchase_goes_on_here(visit: Visit, world: World, agent: Platform) -> None:
    """Found with its proof and prepared over UCP, taken over by the shopper, and told to the agent when it is paid."""
    named = {"name_en": "Lea's ten", "name_fr": "Les dix de Léa"}
    creator = {"kind": AdjustmentKind.CREATOR, "code": "LEATEN", "creator": "lea"}
    actions.create_promotion(terms=Terms(benefit=Benefit.PERCENTAGE, value=1000, **named, **creator), at=now())
    (found,) = agent.send("POST", "catalog/lookup", {"ids": ["DR-M"]}, sign=False).body["products"]
    proof = found["metadata"]["reviews_evidence"]
    quote = next(point["quote"] for point in (*proof["for"], *proof["against"]) if "quote" in point)
    made = agent.send(
        "POST",
        "checkout-sessions",
        {
            "line_items": wants(("DR-M", 1)),
            "buyer": {"email": "handed@shopper.example", "first_name": "Handed", "last_name": "Over"},
            "fulfillment": shipped(),
            "discounts": {"codes": ["leaten"]},
            "attribution": {"creator": "lea", "reviews_shown": quote["url"]},
        },
    )
    assert (made.status, made.codes) == (201, [])

    page = visit()
    page.goto(made.body["continue_url"])
    expect(page.get_by_text("h•••@shopper.example")).to_be_visible()
    expect(page.locator("main .reviews")).to_contain_text(quote["text"])
    expect(page.locator("main aside")).to_contain_text("8.90")  # what the creator's code takes off
    page.locator("#known-email").fill("handed@shopper.example")
    page.get_by_role("button", name="To the checkout").click()
    expect(page.locator("[name=line1]")).to_have_value(HOME["street_address"])
    expect(page.locator("#checkout aside")).to_contain_text("8.90")
    steps.type_card(page)
    steps.order_button(page).click()
    number = steps.order_number(page)

    order = Order.objects.get(number=number)
    assert (order.state, order.door, order.total_minor) == ("paid", "ucp", made.total())
    assert order.attribution["creator"] == "lea"
    assert [(each["kind"], each["code"]) for each in order.adjustments] == [("creator", "LEATEN")]
    told = agent.send("GET", f"checkout-sessions/{made.body['id']}").body
    assert (told["status"], told["order"]["id"]) == ("completed", number)
    assert agent.send("GET", f"orders/{number}").body["checkout_id"] == made.body["id"]
