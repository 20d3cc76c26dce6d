"""Proof on somebody else's page: a widget made in the studio stands there, moves nothing, and its looks are counted."""

import json
import re
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


ELSEWHERE = '<!doctype html><html lang="fr"><title>Ailleurs</title><body><h1>Ailleurs</h1>{body}<p id="after">Fin</p>'
# Pages as themes of two shop systems make them: the same furniture around a product, their own letters and colours.
LIQUID = """<!doctype html><html class="js" lang="en"><head><title>Linen dress – Northern Store</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>:root{{color-scheme:light dark}}
*{{box-sizing:border-box}} body{{margin:0;font:16px/1.6 Georgia,serif}} a{{color:red!important}} li{{list-style:square}}
.product{{display:grid;gap:2rem;padding:1.5rem}} img{{width:100%}}</style></head><body class="template-product">
<main id="MainContent"><section class="product shopify-section"><h1>Linen dress</h1><form action="/cart/add">
<button>Add to cart</button></form></section>{body}<footer id="after">Northern Store</footer></main></body></html>"""
SMARTY = """<!doctype html><html lang="fr"><head><title>Robe en lin</title><meta name="viewport"
content="width=device-width,initial-scale=1"><style>body{{background:#181818;color:#eee;font-family:Arial}}
:root{{color-scheme:dark}} ul{{margin:3em}} .container{{max-width:1140px;margin:auto}}</style></head>
<body id="product" class="page-product lang-fr"><div class="container"><h1 itemprop="name">Robe en lin</h1>
{body}<footer id="after">PrestaShop</footer></div></body></html>"""


@contextmanager
def another_shop(body: str, *, policy: str = "", theme: str = ELSEWHERE) -> Iterator[str]:
    """A server of its own, hence another origin, whose one page holds ``body``."""
    page = theme.format(body=body)

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
def codes(visit: Visit, world: World) -> dict[str, str]:
    """The codes for each kind of site, as copied from the studio, with what their template languages would put in."""
    studio = visit("/en/")
    steps.sign_in(studio, "olivia", to="/studio/proof/widgets/")
    studio.locator("[name=name]").fill("Themes")
    studio.get_by_role("button", name="Make it").click()
    found = {}
    for kind, values in (("liquid", ("linen-dress", "en")), ("smarty", ("linen-dress", "fr"))):
        copied = studio.locator(f"#code-{kind}").input_value()
        start = copied.index('src="') + 5
        copied = copied.replace(copied[start : copied.index("/static/")], world.url)
        copied = re.sub(r"{/?literal}", "", copied)
        for value in values:
            copied = re.sub(r"{{.*?}}|{\$[^}]*}", value, copied, count=1)
        found[kind] = copied
    return found


@pytest.mark.parametrize(("kind", "theme", "said"), [("liquid", LIQUID, "reviews"), ("smarty", SMARTY, "avis")])
def test_it_stands_still_in_the_pages_of_shop_systems(
    codes: dict[str, str], browser: Browser, world: World, kind: str, theme: str, said: str
) -> None:
    with another_shop(codes[kind], theme=theme) as address:
        context = browser.new_context(viewport=PHONE, color_scheme="dark")
        page = context.new_page()
        weight: list[int] = []
        page.on(
            "response",
            lambda answer: weight.append(len(answer.body())) if answer.url.startswith(world.url) else None,
        )
        page.goto(address)
        proof = page.locator("parvis-proof")
        expect(proof.locator("li").first).to_be_visible()
        expect(proof).to_contain_text(said)
        assert page.evaluate(SHIFTS) == 0
        assert 0 < sum(weight) < 20_000
        assert not context.cookies()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        # the theme's red links and square bullets stay outside; its night comes in
        link = proof.get_by_role("link").first
        assert link.evaluate("link => getComputedStyle(link).color") != "rgb(255, 0, 0)"
        ink = proof.locator("li").first.evaluate("card => getComputedStyle(card).color")
        assert min(map(int, re.findall(r"\d+", ink)[:3])) > 150
        for _press in range(4):
            page.keyboard.press("Tab")
        inside = (
            "document.activeElement.localName === 'parvis-proof' && document.activeElement.shadowRoot.activeElement"
        )
        assert page.evaluate(f"Boolean({inside})")
        context.close()


@pytest.mark.parametrize("lost", ["**/widget.js", "**/w/**"], ids=["script", "answer"])
def test_where_we_are_away_nothing_moves_and_no_hole_stays(codes: dict[str, str], browser: Browser, lost: str) -> None:
    far = f'<div style="height:2000px"></div>{codes["liquid"]}'
    with another_shop(far, theme=LIQUID) as address:
        page = browser.new_page()
        page.route(lost, lambda route: route.abort())
        page.goto(address)
        if lost.endswith("/w/**"):
            page.evaluate("scrollTo(0, 900)")  # near, not yet in sight
        expect(page.locator("[data-parvis]")).to_have_css("min-height", "0px")
        assert page.locator("[data-parvis]").bounding_box()["height"] == 0
        assert page.evaluate(SHIFTS) == 0
        page.close()


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
        context = browser.new_context(viewport=PHONE, color_scheme="dark", locale="fr-FR")
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
