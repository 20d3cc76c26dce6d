"""Proof on somebody else's page: a widget made in the studio stands there, moves nothing, and its looks are counted."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, expect
from tests.journeys import steps
from tests.journeys.conftest import PHONE, Visit
from tests.journeys.world import World

STRICT = "default-src 'none'; script-src {shop}; connect-src {shop}; img-src {shop}"
SHIFTS = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => resolve(sum), 300);
})"""


@contextmanager
def another_shop(body: str, *, policy: str = "") -> Iterator[str]:
    """A server of its own, hence another origin, whose one page holds ``body``."""
    page = f'<!doctype html><html lang="fr"><title>Ailleurs</title><body><h1>Ailleurs</h1>{body}<p id="after">Fin</p>'

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def code(visit: Visit, world: World) -> str:
    """The code that somebody of the team makes and copies."""
    studio = visit("/en/")
    steps.sign_in(studio, "olivia", to="/studio/proof/widgets/")
    studio.locator("[name=name]").fill("Journal")
    studio.get_by_role("button", name="Make it").click()
    copied = studio.locator("#code-html").input_value()
    frame = studio.frame_locator("iframe.widget-frame")
    expect(frame.locator("parvis-proof li").first).to_be_visible()
    start = copied.index('src="') + 5
    there = copied[start : copied.index("/static/")]
    return copied.replace(there, world.url)


def test_a_widget_stands_on_another_site(code: str, browser: Browser, world: World) -> None:
    with another_shop(code.replace('data-product="', 'data-product="linen-dress" data-was="')) as address:
        context = browser.new_context(viewport=PHONE, color_scheme="dark", locale="fr-FR")  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address)
        before = page.locator("#after").bounding_box()
        card = page.locator("parvis-proof li").first
        expect(card).to_be_visible()
        expect(page.locator("parvis-proof")).to_contain_text("avis")
        assert page.locator("#after").bounding_box() == before
        assert page.evaluate(SHIFTS) == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.wait_for_timeout(1300)  # a look is one second
        assert not context.cookies()  # whoever goes on to the shop is another matter
        with (
            page.expect_response(lambda answer: answer.url.endswith("/w/collect/")) as told,
            page.expect_popup() as opened,
        ):
            card.get_by_role("link").last.click()
        assert "/products/linen-dress/#voice-" in opened.value.url
        assert told.value.status == 204
        kinds = [event["kind"] for event in json.loads(told.value.request.post_data or "{}")["events"]]
        assert kinds.count("proof_click") == 1
        assert kinds.count("proof_view") >= 1
        context.close()


def test_it_stands_under_a_strict_policy_too(code: str, browser: Browser, world: World) -> None:
    policy = STRICT.format(shop=world.url)
    with another_shop(code, policy=policy) as address:
        page = browser.new_page()
        page.goto(address)
        card = page.locator("parvis-proof li").first
        expect(card).to_be_visible()
        # its style sheet was let in, without 'unsafe-inline'
        assert card.evaluate("card => getComputedStyle(card).borderRadius") == "6px"
        page.close()


def test_a_server_may_put_it_in_without_a_script(code: str, browser: Browser, world: World) -> None:
    key = code.split('data-parvis="')[1].partition('"')[0]
    html = browser.new_context().request.get(f"{world.url}/w/{key}/linen-dress.html?lang=fr").text()
    with another_shop(html) as address:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(address)
        expect(page.locator("parvis-proof li").first).to_be_visible()
        expect(page.get_by_text("Comment les avis sont traités")).to_be_visible()
        page.context.close()


def test_quotes_on_the_product_page_scroll_and_the_page_does_not(visit: Visit) -> None:
    page = visit("/en/products/linen-dress/", width="phone")
    strip = page.locator("ul.strip")
    expect(strip.locator("li").first).to_be_visible()
    assert strip.evaluate("strip => strip.scrollWidth > strip.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    surface = str(strip.locator("li").nth(1).get_attribute("data-surface"))
    assert surface.startswith("strip.")
    assert surface.endswith(":2")
