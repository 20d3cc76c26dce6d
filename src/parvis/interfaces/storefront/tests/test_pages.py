"""Pages open for everyone, in both languages, whatever the address says, and cost few statements."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from parvis.connectors.demo.models import Milestone
from parvis.core.limits import Allowance
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason
from parvis.domains.voices.testing import AT
from parvis.interfaces.storefront.tests.conftest import Shop, deliver
from parvis.interfaces.storefront.views import lists

pytestmark = pytest.mark.database
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def address(name: str, language: str = "en", **more: Any) -> str:
    with translation.override(language):
        return reverse(f"storefront:{name}", kwargs=more or None)


PLAIN = ("home", "products", "cart", "privacy", "reviews_policy")
OF_PRODUCT = ("product", "reviews", "ask", "question", "review")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_opens(shop: Shop, visitor: Client, language: str) -> None:
    addresses = [address(name, language) for name in PLAIN]
    addresses += [address(name, language, slug="linen-dress") for name in OF_PRODUCT]
    for where in addresses:
        answer = visitor.get(where)
        html = answer.content.decode()
        assert answer.status_code == 200, where
        assert f'<html lang="{language}"' in html
        assert re.search(r"<h1", html), where
        assert " style=" not in html, where
        assert not re.search(r"<script(?![^>]*(\bsrc=|type=\"application/ld\+json\"))", html), where
        assert not re.search(r"\son[a-z]+=", html), where
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_front_door_follows_the_language(shop: Shop) -> None:
    for accepted, expected in (("fr-CA,fr;q=0.9", "/fr/"), ("de", "/en/"), ("en", "/en/")):
        answer = Client(headers={"accept-language": accepted}).get("/")
        assert (answer.status_code, answer["Location"]) == (302, expected)


def test_only_the_demonstration_says_that_it_is_one(shop: Shop, visitor: Client) -> None:
    cache.clear()
    assert "This demonstration" not in visitor.get("/en/").content.decode()
    assert [visitor.get(address("about_the_demo", each)).status_code for each in ("en", "fr")] == [404, 404]
    Milestone.objects.create(name="catalogue", at=AT)
    cache.clear()
    assert "This demonstration" in visitor.get("/en/").content.decode()
    for each, words in (("en", "This shop is a demonstration"), ("fr", "Cette boutique est une démonstration")):
        assert words in visitor.get(address("about_the_demo", each)).content.decode()
    cache.clear()


def test_nothing_is_kept_in_the_browser_of_somebody_who_only_looks(shop: Shop) -> None:
    answer = Client().get(address("home"))
    assert set(answer.cookies) <= {"csrftoken"}


def test_product_page_shows_its_proof(shop: Shop, visitor: Client) -> None:
    html = visitor.get(address("product", slug="linen-dress")).content.decode()
    for part in ("Linen dress", "€89.00", "My favourite dress", "What people like", "data-voice=", "Add to cart"):
        assert part in html
    assert "out of 5 stars" in html
    assert "disabled" in html, "the size that is sold out"


def test_reviews_tell_their_place_over_all_pages(shop: Shop, visitor: Client) -> None:
    product = visitor.get("/en/products/linen-dress/").text
    assert 'data-surface="pdp:1"' in product
    listed = visitor.get("/en/products/linen-dress/reviews/").text
    assert 'data-surface="reviews:1"' in listed
    assert 'data-surface="reviews:2"' in listed


def test_product_page_costs_at_most_twelve_statements(shop: Shop, visitor: Client) -> None:
    where = address("product", slug="linen-dress")
    variant = shop.catalogue.variants["DR-S"]
    visitor.post(address("cart"), {"do": "add", "variant": variant})
    visitor.get(where)
    with CaptureQueriesContext(connection) as statements:
        visitor.get(where)
    # a process keeps the day's salt, but not the one of a test's transaction
    asked = [each["sql"] for each in statements if "analytics_salt" not in each["sql"]]
    assert len(asked) <= 12, [each[:80] for each in asked]


def test_list_costs_few_statements(shop: Shop, visitor: Client) -> None:
    visitor.get(address("products"))
    with CaptureQueriesContext(connection) as statements:
        visitor.get(address("products"))
    assert len(statements) <= 7


@pytest.mark.parametrize(
    "query",
    [
        {"q": EVIL},
        {"q": "\x00", "page": "-1"},
        {"page": "99999999999999999999", "low": "-3", "high": "1e9"},
        {"category": EVIL, "aspect": EVIL, "rating": EVIL, "sort": EVIL, "in": EVIL},
        {"department": [EVIL, "dresses"]},
        {"sort": "rating", "rating": "4", "aspect": "fabric:pro"},
        {"q": "pockets", "in": "reviews", "sort": "price"},
    ],
)
def test_hostile_or_odd_lists(shop: Shop, visitor: Client, query: dict[str, Any]) -> None:
    answer = visitor.get(address("products"), query)
    assert answer.status_code == 200
    assert EVIL not in answer.content.decode()


def test_search_finds_what_people_say_when_no_name_does(shop: Shop, visitor: Client) -> None:
    html = visitor.get(address("products"), {"q": "real pockets"}).content.decode()
    assert "Linen dress" in html
    assert "whose reviews speak of" in html


@pytest.mark.parametrize("asked", ["zzqqx", "qsdfghjklm", "\U0001f600", "%", "iphone", "a" * 3000, "' OR 1=1--"])
def test_what_is_not_there_is_said_to_be_not_there(shop: Shop, visitor: Client, asked: str) -> None:
    html = visitor.get(address("products"), {"q": asked}).content.decode()
    assert "Nothing found" in html
    assert "reviews speak of" not in html
    assert "?category=dresses" in html  # ways on
    assert escape(asked[:200]) in html


def test_a_slip_is_corrected_said_and_undone(shop: Shop, visitor: Client) -> None:
    html = visitor.get(address("products"), {"q": "linne dress"}).content.decode()
    assert "Results for <strong>linen dress</strong>" in html
    assert "Search for “linne dress” instead" in html
    spoken = visitor.get(address("products"), {"q": "pokcets"}).content.decode()
    assert "Results for <strong>pockets</strong>" in spoken
    exact = visitor.get(address("products"), {"q": "pokcets", "exact": "1"}).content.decode()
    assert "Nothing found" in exact


def test_what_people_say_is_counted_within_what_was_found(shop: Shop, visitor: Client) -> None:
    def counts(**query: str) -> list[int]:
        facets = visitor.get(address("products"), query).context["facets"]
        return [choice.count or 0 for facet in facets if facet.name == "aspect" for choice in facet.choices]

    assert sum(counts(q="linen dress")) > 0
    assert sum(counts(q="sweater")) == 0


def test_odd_prices_are_told(shop: Shop, visitor: Client) -> None:
    swapped = visitor.get(address("products"), {"low": "500", "high": "1"})
    assert swapped.context["found"].total > 0
    assert "changed places" in swapped.content.decode()
    assert "“abc” is not a price" in visitor.get(address("products"), {"low": "abc"}).content.decode()


@pytest.mark.parametrize(
    "query", [{"sort": "x", "stars": "9", "page": "0"}, {"aspect": EVIL, "polarity": EVIL}, {"page": "77"}]
)
def test_hostile_or_odd_reviews(shop: Shop, visitor: Client, query: dict[str, str]) -> None:
    answer = visitor.get(address("reviews", slug="linen-dress"), query)
    assert answer.status_code == 200
    assert EVIL not in answer.content.decode()


def test_reviews_are_filtered_with_their_passages_marked(shop: Shop, visitor: Client) -> None:
    html = visitor.get(address("reviews", slug="linen-dress"), {"aspect": "fabric", "polarity": "pro"}).content.decode()
    assert "<mark" in html
    assert "Disappointed" not in html
    low = visitor.get(address("reviews", slug="linen-dress"), {"stars": "1"}).content.decode()
    assert "Disappointed" in low
    assert "My favourite dress" not in low


def test_a_hostile_review_stays_words(shop: Shop, visitor: Client) -> None:
    new = NewVoice(
        product_id=shop.dress, stars=4, title=EVIL, text=f"Nice fabric, soft and light. {EVIL}", author_name=EVIL,
        size_worn=EVIL[:40], incentive=EVIL, origin=Origin.IMPORT, origin_ref="evil", submitted_at=AT,
    )  # fmt: skip
    voice = voices.receive(new, at=AT)
    deliver()
    voices.decide(voice_ids=[voice.id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=AT)
    deliver()
    for where in (address("product", slug="linen-dress"), address("reviews", slug="linen-dress")):
        html = visitor.get(where).content.decode()
        assert "&lt;script&gt;" in html
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_answers_are_quotes_or_nothing(shop: Shop, visitor: Client) -> None:
    said = visitor.get(address("ask", slug="linen-dress"), {"q": "Does it run small?"}).content.decode()
    assert "quote__passage" in said
    assert "<mark" in said
    none = visitor.get(
        address("ask", slug="linen-dress"), {"q": "Which astronaut painted the bicycle?"}
    ).content.decode()
    assert "Nobody has said" in none
    assert "quote__passage" not in none
    evil = visitor.get(address("ask", slug="linen-dress"), {"q": EVIL}).content.decode()
    assert EVIL not in evil


def test_who_gets_lost_can_search(shop: Shop, visitor: Client) -> None:
    lost = visitor.get("/fr/nulle-part/")
    html = lost.content.decode()
    assert (lost.status_code, 'action="/fr/products/"' in html, 'href="/fr/cart/"' in html) == (404, True, True)
    assert 'action="/en/products/"' in visitor.get(address("order", token="x" * 30)).content.decode()
    assert 'class="site-header"' not in visitor.get("/studio/nowhere/").content.decode()


def test_a_program_that_searches_without_end_is_slowed(
    shop: Shop, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "SEARCHING", Allowance(name="storefront.search", burst=2, per_minute=1))
    codes = [visitor.get(address("products"), {"q": "dress"}).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert visitor.get(address("products")).status_code == 200, "looking around is free"


def test_what_does_not_exist_is_said_so(shop: Shop, visitor: Client) -> None:
    for where in (
        address("product", slug="no-such-thing"),
        address("reviews", slug="no-such-thing"),
        address("my_review", token="12.nonsense"),
        address("order", token="nonsense"),
        address("pay", token="nonsense"),
        address("report", voice_id=999999),
        "/media/../../manage.py",
        "/media/products/none.svg",
        "/media/voices/none.webp",
    ):
        assert visitor.get(where).status_code == 404, where
