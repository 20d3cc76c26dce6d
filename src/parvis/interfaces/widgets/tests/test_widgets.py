"""Widgets on other sites: what they show, to whom, how heavy they are, and what may be told of them."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from parvis.core.clock import now
from parvis.domains.analytics.models import RawEvent
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.contracts import Channel, Placement, Widget, WidgetKind
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Outcome, Reason
from parvis.interfaces.storefront.tests.conftest import Shop, deliver, furnished, shop  # noqa: F401 - fixture
from parvis.interfaces.widgets import tickets
from parvis.interfaces.widgets.codes import codes
from parvis.interfaces.widgets.content import HEIGHTS
from parvis.interfaces.widgets.views import counting, fragment

pytestmark = [pytest.mark.database, pytest.mark.django_db]
THERE = "https://elsewhere.example"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0", "accept-language": "en"}


@pytest.fixture(autouse=True)
def fresh() -> None:
    fragment.throttle._levels.clear()
    counting.throttle._levels.clear()


@pytest.fixture
def browser() -> Client:
    return Client(headers=BROWSER)


def quotes(**more: Any) -> Widget:
    return actions.make_widget(name="Product pages", kind=WidgetKind.QUOTES, at=now(), **more)


def address(widget: Widget, ref: str = "linen-dress", **query: Any) -> str:
    return f"/w/{widget.key}/{ref}.html?" + "&".join(f"{key}={value}" for key, value in query.items())


def ticket_of(html: str) -> str:
    found = re.search(r'data-ticket="([^"]+)"', html)
    assert found is not None
    return found[1]


def say(product: int, text: str, stars: int = 5, **more: Any) -> int:
    new = NewVoice(product_id=product, text=text, stars=stars, author_name="Zoé", origin_ref=text[:60], **more)
    voice = voices.receive(new, at=now())
    deliver()
    voices.decide(
        voice_ids=[voice.id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=now()
    )
    deliver()
    return voice.id


def test_it_shows_what_people_said_in_both_languages(shop: Shop, browser: Client) -> None:
    widget = quotes(structured=True)
    english = browser.get(address(widget, lang="en"), headers={"origin": THERE})
    html = english.content.decode()
    assert english["Access-Control-Allow-Origin"] == "*"
    assert '<template shadowrootmode="open">' in html
    shown = queries.ordered([shop.dress], placement=Placement.WIDGET, bucket=0)[shop.dress]
    assert len(re.findall(r"<li data-place", html)) == min(6, len(shown.proofs))
    assert "Read it" in html
    assert "How reviews are handled" in html
    graph = json.loads(re.search(r"<script type=\"application/ld\+json\">(.*?)</script>", html)[1])
    assert graph["@type"] == "Product"
    assert graph["aggregateRating"]["reviewCount"] == queries.summary(shop.dress).count
    french = browser.get(address(widget, lang="fr")).content.decode()
    assert 'lang="fr"' in french
    assert "Comment les avis sont traités" in french
    assert "Read it" not in french


@pytest.mark.parametrize("kind", list(WidgetKind))
def test_it_is_light_and_its_place_is_kept(shop: Shop, browser: Client, kind: WidgetKind) -> None:
    for number in range(10):
        say(shop.dress, f"Number {number}: " + "I wear it to work and on holidays, it washes well. " * 12)
    widget = actions.make_widget(name="x", kind=kind, at=now(), shown=8, structured=True)
    html = browser.get(address(widget)).content
    script = Path(str(finders.find("widgets/widget.js"))).read_bytes()
    assert len(html) + len(script) < 20_000
    code = codes(widget, ref="linen-dress").html
    assert f"min-height:{HEIGHTS[kind]}px" in code
    assert code.count("<script") == 1


def test_caches_may_keep_it_and_ask_whether_it_changed(shop: Shop, browser: Client) -> None:
    widget = quotes()
    first = browser.get(address(widget, b=3))
    assert first["Cache-Control"] == "public, max-age=60, stale-while-revalidate=120"
    assert not first.cookies
    again = browser.get(address(widget, b=3), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    with CaptureQueriesContext(
        connection,
    ) as statements:
        browser.get(address(widget, b=3))
    assert len(statements) <= 5, [each["sql"][:90] for each in statements]
    cache.clear()
    with CaptureQueriesContext(connection) as statements:
        browser.get(address(widget, b=4))
    assert len(statements) <= 14, [each["sql"][:90] for each in statements]


def test_a_withdrawn_voice_leaves_at_once(shop: Shop, browser: Client) -> None:
    widget = quotes()
    words = "The seam opened on the second day, and nobody answered my mail about it."
    voice = say(shop.dress, words, stars=1)
    before = browser.get(address(widget))
    assert words[:40] in before.content.decode()
    voices.withdraw(voice_id=voice, at=now())
    deliver()
    after = browser.get(address(widget), headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert words[:40] not in after.content.decode()


def test_only_signed_addresses_and_admitted_sites(shop: Shop, browser: Client) -> None:
    widget = quotes(origins=[THERE])
    assert browser.get(address(widget), headers={"origin": THERE})["Access-Control-Allow-Origin"] == THERE
    refused = browser.get(address(widget), headers={"origin": "https://thief.example"})
    assert (refused.status_code, "Access-Control-Allow-Origin" in refused) == (403, False)
    assert browser.get(address(widget)).status_code == 200  # a server that includes it
    forged = f"/w/{widget.id}-{'0' * 24}/linen-dress.html"
    for bad in (forged, "/w/x/linen-dress.html", f"/w/{'9' * 30}-a/linen-dress.html", "/w/1-é/linen-dress.html"):
        assert browser.get(bad).status_code == 404, bad
    renewed = actions.renew_widget(widget_id=widget.id, at=now())
    assert browser.get(address(widget)).status_code == 404
    assert browser.get(address(renewed)).status_code == 200
    actions.set_widget_active(widget_id=widget.id, active=False, at=now())
    assert browser.get(address(renewed)).status_code == 404


def test_strange_addresses(shop: Shop, browser: Client) -> None:
    widget = quotes()
    assert browser.get(address(widget, "DR-S")).status_code == 200  # an article number
    assert browser.get(address(widget, "nothing")).status_code == 404
    assert browser.get(address(widget, "%00")).status_code in (400, 404)
    for query in ({"lang": "<script>"}, {"b": "-1"}, {"b": "9" * 50}, {"b": "²"}, {"lang": "nl"}):
        assert browser.get(address(widget, **query)).status_code == 200, query


def test_words_of_people_stay_words(shop: Shop, browser: Client) -> None:
    widget = quotes(structured=True, shown=8)
    evil = "Lovely </script></template><script>alert(1)</script> <img src=x onerror=alert(1)> dress, soft and warm."
    say(shop.dress, evil)
    html = browser.get(address(widget)).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert html.count("</template>") == 1


def tell(browser: Client, ticket: str, origin: str = THERE, **more: Any) -> Any:
    stamp = int(now().timestamp() * 1000)
    events = more.pop("events", None) or [{"id": str(uuid4()), "kind": "proof_view", "at": stamp, "place": 1}]
    body = {"ticket": ticket, "sent": stamp, "auto": False, "events": events} | more
    return browser.post("/w/collect/", json.dumps(body), content_type="text/plain", headers={"origin": origin})


@pytest.mark.django_db(transaction=True)
def test_looks_and_clicks_are_counted_with_their_plan(shop: Shop, browser: Client) -> None:
    actions.plan_orders(at=now(), placement=Placement.WIDGET)
    widget = quotes()
    ticket = ticket_of(browser.get(address(widget, b=12)).content.decode())
    shown = queries.ordered([shop.dress], placement=Placement.WIDGET, bucket=12)[shop.dress]
    assert shown.plan > 0
    stamp = int(now().timestamp() * 1000)
    events = [
        {"id": str(uuid4()), "kind": kind, "at": stamp - 100, "place": place}
        for kind, place in (("proof_view", 1), ("proof_view", 2), ("proof_click", 2))
    ]
    assert tell(browser, ticket, events=events).status_code == 204
    assert tell(browser, ticket, events=events).status_code == 204  # sent twice, counted once
    assert sorted(RawEvent.objects.values_list("surface", flat=True)) == sorted(
        f"widget.{shown.plan}.12:{place}" for place in (1, 2, 2)
    )


def test_nothing_can_be_told_that_was_not_shown(shop: Shop, browser: Client) -> None:
    widget = quotes(origins=[THERE])
    ticket = ticket_of(browser.get(address(widget)).content.decode())
    assert tell(browser, ticket[:-2] + "xx").status_code == 403
    assert tell(browser, ticket, origin="https://thief.example").status_code == 403
    stamp = int(now().timestamp() * 1000)
    order = [{"id": str(uuid4()), "kind": "order", "at": stamp, "place": 1}]
    assert tell(browser, ticket, events=order).status_code == 422
    beyond = [{"id": str(uuid4()), "kind": "proof_view", "at": stamp, "place": 20}]
    assert tell(browser, ticket, events=beyond).status_code == 204
    assert RawEvent.objects.count() == 0
    old = tickets.issue(tickets.read(ticket, on=now().date()), on=now().date().replace(year=2020))
    assert tell(browser, old).status_code == 403
    assert browser.post("/w/collect/", "x" * 20_000, content_type="text/plain").status_code == 413
    assert browser.get("/w/collect/").status_code == 405


def test_photos_need_a_right_for_other_sites(shop: Shop, browser: Client) -> None:
    picture = BytesIO()
    Image.new("RGB", (400, 500), "teal").save(picture, "PNG")
    voice = say(shop.dress, "Here it is in the sun, the colour is lovely.", photos=(picture.getvalue(),))
    widget = actions.make_widget(name="p", kind=WidgetKind.PHOTOS, at=now(), territory="FR")

    def seen() -> bool:
        cache.clear()
        return "<img" in browser.get(address(widget)).content.decode()

    assert queries.gallery([shop.dress], channel=Channel.SITE, at=now())
    assert not seen()
    abroad = actions.grant_right(voice_id=voice, channels=[Channel.WIDGET], territories=["be"], at=now())
    assert not seen()
    right = actions.grant_right(voice_id=voice, channels=[Channel.WIDGET], territories=["fr", "be"], at=now())
    assert seen()
    actions.grant_right(voice_id=voice, channels=[Channel.WIDGET], refused=True, at=now())
    assert not seen()
    assert (abroad, right) < (right, right + 1)


def test_the_page_of_another_shop(shop: Shop, browser: Client) -> None:
    widget = quotes()
    answer = browser.get(f"/w/{widget.key}/elsewhere/?lang=fr")
    assert "Content-Security-Policy" not in answer
    assert f'data-parvis="{widget.key}"' in answer.content.decode()
    assert browser.get("/w/1-nothing/elsewhere/").status_code == 404
