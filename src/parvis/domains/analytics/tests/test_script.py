"""collect.js in a real browser, and what it sends in the hands of the collector."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from parvis.domains.analytics.rules import beacon

SCRIPT = Path(str(finders.find("analytics/collect.js")))
SHOP = "http://shop.test"
PAGE = """<!doctype html><html><body data-collect="/collect/" data-page="product_view" data-product="12"
 data-locale="fr" data-proof-links=".thumbs a"><h1>A dress</h1>
<article data-voice="5" data-surface="pdp.reviews"><p>Runs small.</p><a href="#more">More</a></article>
<ul class="thumbs"><li><a href="#photo">Photo</a></li></ul>
<a id="plain" href="#nothing">Elsewhere</a>
<div id="later"></div>
<div style="height: 3000px"></div>
<article data-voice="6" data-surface="pdp.reviews" data-product="13"><p>Far below.</p></article>
<script src="/collect.js"></script></body></html>"""


def test_the_script_is_small() -> None:
    assert len(SCRIPT.read_bytes()) < 4096


@pytest.fixture
def page() -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """A page of a shop in Chromium, and the batches it sends."""
    playwright = pytest.importorskip("playwright.sync_api")
    sent: list[dict[str, Any]] = []

    def answer(route: Any) -> None:
        path = route.request.url.removeprefix(SHOP)
        if path == "/collect/":
            sent.append(json.loads(route.request.post_data) | {"type": route.request.headers["content-type"]})
            route.fulfill(status=204)
        elif path == "/collect.js":
            route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript")
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    with playwright.sync_playwright() as start:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        try:
            browser = start.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        except playwright.Error as error:
            pytest.skip(f"no Chromium here: {error.message.splitlines()[0]}")
        opened = browser.new_page()
        opened.route("**/*", answer)
        opened.goto(SHOP + "/fr/products/dress/")
        yield opened, sent
        browser.close()


def told(sent: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (item["kind"], item.get("product"), item.get("voices"), item.get("surface"))
        for batch in sent
        for item in batch["events"]
    ]


def flush(page: Any) -> None:
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(200)


@pytest.mark.browser
def test_what_a_page_tells(page: tuple[Any, list[dict[str, Any]]]) -> None:
    opened, sent = page
    flush(opened)
    assert told(sent) == [("page_view", 12, None, None), ("product_view", 12, None, None)]
    assert sent[0]["type"].startswith("text/plain")
    assert (sent[0]["path"], sent[0]["locale"], sent[0]["auto"]) == ("/fr/products/dress/", "fr", True)
    opened.wait_for_timeout(1300)
    flush(opened)
    assert told(sent)[2:] == [("proof_view", 12, [5], "pdp.reviews")]
    opened.click("article a")
    opened.click(".thumbs a")
    opened.click("#plain")
    flush(opened)
    assert told(sent)[3:] == [("proof_click", 12, [5], "pdp.reviews"), ("proof_click", 12, None, "page")]


@pytest.mark.browser
def test_a_proof_counts_after_a_whole_second_in_view_and_once(page: tuple[Any, list[dict[str, Any]]]) -> None:
    opened, sent = page
    opened.wait_for_timeout(1300)
    opened.evaluate("window.scrollTo(0, 3200)")
    opened.wait_for_timeout(500)
    opened.evaluate("window.scrollTo(0, 0)")  # gone before its second is over
    opened.wait_for_timeout(1500)
    flush(opened)
    assert [event for event in told(sent) if event[0] == "proof_view"] == [("proof_view", 12, [5], "pdp.reviews")]
    opened.evaluate("window.scrollTo(0, 3200)")
    opened.wait_for_timeout(1400)
    flush(opened)
    assert told(sent)[-1] == ("proof_view", 13, [6], "pdp.reviews")


@pytest.mark.browser
def test_a_proof_that_comes_later_is_watched_too(page: tuple[Any, list[dict[str, Any]]]) -> None:
    opened, sent = page
    opened.evaluate("document.getElementById('later').innerHTML = '<figure data-voice=9>New</figure>'")
    opened.wait_for_timeout(1400)
    flush(opened)
    assert ("proof_view", 12, [9], "page") in told(sent)


@pytest.mark.browser
def test_without_beacons_or_random_ids_it_still_tells(page: tuple[Any, list[dict[str, Any]]]) -> None:
    opened, sent = page
    flush(opened)
    sent.clear()
    opened.add_init_script("navigator.sendBeacon = () => false; crypto.randomUUID = undefined;")
    opened.goto(SHOP + "/again/")
    flush(opened)
    assert [event[0] for event in told(sent)] == ["page_view", "product_view"]


@pytest.mark.browser
def test_assistants_that_hide_are_known_by_the_address(page: tuple[Any, list[dict[str, Any]]]) -> None:
    """ChatGPT opens pages without a referrer and says who it is in utm_source; other campaigns are no hosts."""
    opened, sent = page
    for query in ("?utm_source=chatgpt.com&x=1", "?utm_source=newsletter", "?utm_source=" + "a" * 200 + ".com"):
        flush(opened)
        sent.clear()
        opened.goto(f"{SHOP}/again/{query}")
        flush(opened)
        (referrer,) = {batch["referrer"] for batch in sent}
        assert referrer == ("chatgpt.com" if "chatgpt" in query else "")


@pytest.mark.browser
def test_the_collector_takes_what_the_script_sends(page: tuple[Any, list[dict[str, Any]]]) -> None:
    opened, sent = page
    opened.wait_for_timeout(1300)
    opened.click("article a")
    flush(opened)
    taken = 0
    for batch in sent:
        body = {name: value for name, value in batch.items() if name != "type"}
        taken += len(beacon.parse(json.dumps(body).encode()).events)
    assert taken == len(told(sent)) == 4


def test_the_documentation_names_every_kind_column_and_sign() -> None:
    from parvis.domains.analytics.contracts import CLIENT_KINDS, BotSign, Kind
    from parvis.domains.analytics.queries import schema

    page = (Path(__file__).resolve().parents[5] / "docs" / "events.md").read_text(encoding="utf-8")
    for kind in Kind:
        teller = "script" if kind in CLIENT_KINDS else "server"
        assert f"| `{kind}` | {teller} |" in page, kind
    for name in [*schema.EVENTS, *BotSign]:
        assert f"`{name}`" in page, name
