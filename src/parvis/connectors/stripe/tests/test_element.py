"""The payment page in a real browser: our element.js, the page's own policy, and the simulated account behind it.

What this proves: the page loads Stripe's library from Stripe's host and no other, the policy lets through what the
library needs and nothing else, what is typed goes past us, a decline and a lost connection leave a button that works,
and who comes back has paid once. The library itself is a stand-in (``stub_stripe.js``): that the true one likes our
settings, and how its form looks, only a test key and Stripe's own servers can show.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parvis.connectors.stripe.tests.bench import SimulatedBench
from parvis.core.clock import now
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import Order, OrderState
from parvis.domains.checkout.testing import placed_order

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.django_db(transaction=True)]
STUB = Path(__file__).parent / "stub_stripe.js"
PATIENCE_MS = 60_000


class Outside:
    """The internet as the browser finds it: Stripe's hosts answer, of all others it is noted that they were asked."""

    def __init__(self, bench: SimulatedBench, own: str) -> None:
        self.bench, self.own = bench, own
        self.asked: list[str] = []
        self.sent_to_us: list[str] = []

    def answer(self, route: Any) -> None:
        request = route.request
        if request.url.startswith(self.own):
            self.sent_to_us.append(f"{request.url} {request.post_data or ''}")
            route.continue_()
            return
        self.asked.append(request.url)
        if request.url == "https://js.stripe.com/v3/":
            route.fulfill(body=STUB.read_text(), content_type="text/javascript")
        elif request.url.startswith("https://api.stripe.com/"):
            route.fulfill(json=self.pay(json.loads(request.post_data)), headers={"access-control-allow-origin": "*"})
        else:
            route.fulfill(body="<p>a frame</p>", content_type="text/html")

    def pay(self, asked: dict[str, str]) -> dict[str, Any]:
        """What Stripe's API does with the element's confirmation."""
        reference = asked["secret"].split("_secret_")[0]
        self.bench.account.pay_in_browser(reference, asked["number"])
        stands = self.bench.account.things[reference]
        failed = stands["status"] == "requires_payment_method"
        return {"error": {"message": "Your card has insufficient funds."}} if failed else {}


@pytest.fixture
def opened(
    in_browser: SimulatedBench, live_server: Any, settings: Any, monkeypatch: Any
) -> Iterator[tuple[Any, Outside]]:
    """A fresh page of Chromium and the internet around it."""
    playwright = pytest.importorskip("playwright.sync_api")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")  # Playwright keeps a loop running in this thread
    settings.PUBLIC_URL = live_server.url
    with playwright.sync_playwright() as start:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        try:
            browser = start.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        except playwright.Error as error:
            pytest.skip(f"no Chromium here: {error.message.splitlines()[0]}")
        context = browser.new_context(base_url=live_server.url, locale="en-GB", reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MS)
        outside = Outside(in_browser, live_server.url)
        context.route("**/*", outside.answer)
        page = context.new_page()
        page.add_init_script(
            "window.refused = []; addEventListener('securitypolicyviolation',"
            " (event) => refused.push([event.effectiveDirective, event.blockedURI]))"
        )
        yield page, outside
        browser.close()


def pay_page(order: Order) -> str:
    return f"/en/checkout/pay/{order.token}/"


def test_an_order_is_paid_with_the_element(opened: tuple[Any, Outside], in_browser: SimulatedBench) -> None:
    page, outside = opened
    order = placed_order({"DR-S": 1}, at=now())
    page.goto(pay_page(order))
    number, button = page.get_by_label("Card number"), page.locator("#element button[type=submit]")
    number.fill("4000000000009995")
    told = page.evaluate("told")
    assert (told["key"], told["kind"], told["options"]["locale"]) == ("pk_test_x", "payment", "en")
    page.wait_for_function("refused.length >= 2")
    assert {(kind, uri.split("/")[2]) for kind, uri in page.evaluate("refused")} == {
        ("frame-src", "elsewhere.test"),
        ("connect-src", "elsewhere.test"),
    }, "Stripe's hosts are let in, and no other"

    button.click()
    page.get_by_text("Your card has insufficient funds.").wait_for()
    number.fill("unreachable")
    button.click()
    page.get_by_text("The payment form could not be reached.").wait_for()
    assert queries.order(order.id).state is OrderState.AWAITING_PAYMENT

    number.fill("4242424242424242")
    button.click()
    page.wait_for_url("**/en/orders/**", wait_until="commit")
    assert queries.order(order.id).state is OrderState.PAID
    charges = [thing for thing in in_browser.account.things.values() if thing["object"] == "charge"]
    assert len(charges) == 1
    assert not [sent for sent in outside.sent_to_us if "4242" in sent or "9995" in sent], "no number ever comes to us"
    assert not [url for url in outside.asked if "elsewhere.test" in url]


def test_without_stripes_library_nothing_can_be_sent(opened: tuple[Any, Outside], in_browser: SimulatedBench) -> None:
    page, _ = opened
    page.route("https://js.stripe.com/**", lambda route: route.abort())
    page.goto(pay_page(placed_order({"DR-S": 1}, at=now())))
    page.get_by_text("The payment form could not be reached.").wait_for()
    assert page.locator("#element button[type=submit]").is_disabled()
