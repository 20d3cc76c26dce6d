"""Feeds, signed statements, video and question maps."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from cryptography.exceptions import InvalidSignature
from django.core.cache import cache
from django.test import Client

from parvis.core.clock import now
from parvis.domains.evidence import actions as evidence
from parvis.domains.evidence import queries
from parvis.domains.evidence.web import signing
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import AuthorRole, NewVoice, Outcome, Reason, VoiceKind
from parvis.interfaces.agents.feeds import plain, xml
from parvis.interfaces.storefront.tests.conftest import Shop, deliver, furnished, shop, visitor  # noqa: F401 - fixtures

pytestmark = [pytest.mark.database, pytest.mark.django_db]
G = "{http://base.google.com/ns/1.0}"


@pytest.fixture
def asked(shop: Shop) -> int:
    """A public question with a public answer, and one without, about the dress."""
    said = (
        (VoiceKind.QUESTION, "Is the <b>lining</b> made of cotton?", AuthorRole.SHOPPER, False),
        (VoiceKind.ANSWER, "=Yes & the belt too\x01", AuthorRole.BRAND, True),
        (VoiceKind.QUESTION, "Does it come in green next year?", AuthorRole.SHOPPER, False),
    )
    ids: list[int] = []
    for kind, text, role, answers in said:
        new = NewVoice(
            kind=kind, product_id=shop.dress, text=text.replace("\x01", ""), author_role=role, language="en",
            parent_id=ids[0] if answers else None, author_name="Ana",
        )  # fmt: skip
        ids.append(voices.receive(new, at=now()).id)
    deliver()
    voices.decide(
        voice_ids=ids, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=None, at=now(), overturn=True
    )
    deliver()
    return ids[0]


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


def test_every_variant_is_a_line_with_its_questions(shop: Shop, visitor: Client, asked: int) -> None:
    lines = [json.loads(line) for line in read(visitor, "/feeds/en/products.jsonl").splitlines()]
    assert {line["item_id"] for line in lines} == set(shop.catalogue.variants)
    dress = next(line for line in lines if line["item_id"] == "DR-S")
    assert dress["q_and_a"] == [
        {"q": "Is the <b>lining</b> made of cotton?", "a": "=Yes & the belt too", "by": "brand"}
    ]
    summary = queries.summary(shop.dress)
    assert summary is not None
    assert dress["review_count"] == summary.count
    assert dress["price"].endswith(" EUR")
    assert dress["availability"] in ("in_stock", "out_of_stock")
    for line in lines:
        assert len(line["title"]) <= plain.TITLE
        assert len(line["description"]) <= plain.DESCRIPTION
    french = read(visitor, "/feeds/fr/products.jsonl").splitlines()
    assert len(french) == len(lines)
    assert json.loads(french[0])["url"].startswith("http://testserver/fr/")


def test_a_cell_begins_no_formula(shop: Shop, visitor: Client, asked: int) -> None:
    rows = list(csv.DictReader(io.StringIO(read(visitor, "/feeds/en/products.csv"))))
    assert {row["item_id"] for row in rows} == set(shop.catalogue.variants)
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")]


def test_products_as_rss(shop: Shop, visitor: Client, asked: int) -> None:
    root = ElementTree.fromstring(read(visitor, "/feeds/en/products.xml"))
    items = {item.findtext(f"{G}id"): item for item in root.iter("item")}
    assert set(items) == set(shop.catalogue.variants)
    question = items["DR-S"].find(f"{G}question_and_answer")
    assert question is not None
    assert question.findtext(f"{G}question") == "Is the <b>lining</b> made of cotton?"
    assert items["DR-S"].findtext(f"{G}item_group_id")


def test_reviews_stand_in_the_order_of_the_format(shop: Shop, visitor: Client) -> None:
    root = ElementTree.fromstring(read(visitor, "/feeds/en/reviews.xml"))
    order = [
        "review_id", "reviewer", "review_timestamp", "title", "content", "pros", "cons", "review_url", "ratings",
        "products", "is_spam", "is_verified_purchase", "is_incentivized_review", "collection_method",
    ]  # fmt: skip
    found = list(root.iter("review"))
    proofs = queries.shown_for(shop.dress, limit=100).proofs
    assert len(found) == sum(bool(proof.voice.text.strip()) and proof.voice.stars is not None for proof in proofs)
    for review in found:
        names = [child.tag for child in review]
        assert names == [name for name in order if name in names]
    assert xml.element("a", "x\x00\x0b<") == "<a>x&lt;</a>"


def test_a_statement_verifies_and_a_changed_one_does_not(shop: Shop, visitor: Client, asked: int) -> None:
    told = visitor.get("/en/products/linen-dress.evidence.json").json()
    keys = {key["kid"]: key for key in visitor.get("/.well-known/evidence-keys.json").json()["keys"]}
    (public,) = keys.values()
    assert told["keys"].endswith("/.well-known/evidence-keys.json")
    assert signing.verified(told["evidence"], told["jws"], public)
    assert told["evidence"]["rating"]["reviews"] == sum(told["evidence"]["rating"]["distribution"].values())
    assert told["evidence"]["quotes"]
    assert told["evidence"]["questions"][0]["answers"][0]["by"] == "brand"
    told["evidence"]["rating"]["verified"] += 1
    assert not signing.verified(told["evidence"], told["jws"], public)
    assert not signing.verified(told["evidence"], "not.a.signature", public)
    with pytest.raises(TypeError):
        signing.canonical({"share": 0.5})
    assert visitor.get("/nl/products/linen-dress.evidence.json").status_code == 404


def test_another_secret_is_another_key(settings: Any) -> None:
    first = signing.key()
    settings.SECRET_KEY = "another secret of this test, long enough"
    assert signing.key()["kid"] != first["kid"]


def test_questions_have_their_map_with_the_moment_of_the_answer(
    shop: Shop,
    visitor: Client,
    asked: int,
) -> None:
    index = visitor.get("/sitemap.xml").content.decode()
    assert "/sitemap-questions-1.xml" in index
    page = visitor.get("/sitemap-questions-1.xml").content.decode()
    assert f"<loc>http://testserver/en/products/linen-dress/questions/{asked}/</loc><lastmod>" in page
    assert visitor.get("/sitemap-videos-1.xml").status_code == 200
    assert visitor.get("/sitemap-questions-7.xml").status_code == 404


def test_the_brand_decides_program_by_program(shop: Shop, visitor: Client) -> None:
    from urllib.robotparser import RobotFileParser

    def may(bot: str) -> bool:
        parser = RobotFileParser()
        parser.parse(visitor.get("/robots.txt").content.decode().splitlines())
        return parser.can_fetch(bot, "/en/products/linen-dress/")

    assert may("PerplexityBot")
    evidence.set_crawler(crawler="PerplexityBot", allowed=False, actor_id=None, at=now())
    assert not may("PerplexityBot")
    assert may("Perplexity-User")
    assert not queries.may_read("PerplexityBot")
    evidence.set_crawler(crawler="PerplexityBot", allowed=None, actor_id=None, at=now())
    assert may("PerplexityBot")


def test_feeds_are_not_read_without_end(shop: Shop, visitor: Client) -> None:
    cache.clear()
    answers = [visitor.get("/feeds/en/products.csv").status_code for _ in range(22)]
    assert answers[0] == 200
    assert 429 in answers
    assert visitor.get("/feeds/en/secrets.csv").status_code == 404


def test_the_example_of_the_documentation_verifies(shop: Shop, visitor: Client) -> None:
    """The code that docs/visibility.md shows is run as it stands, against the shop."""
    page = (Path(__file__).parents[5] / "docs" / "visibility.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)

    class Over:
        @staticmethod
        def get(address: str) -> Any:
            return visitor.get(address.removeprefix("http://testserver"))

    lines = [line.replace("import base64, json, httpx", "import base64, json") for line in code.splitlines()]
    names = {"httpx": Over, "shop": "http://testserver", "slug": "linen-dress"}
    exec("\n".join(lines), names)
    assert names["told"]["evidence"]["rating"]["reviews"] > 0
    names["told"]["evidence"]["rating"]["reviews"] = 10_000
    checked = "\n".join(line for line in lines if not line.startswith("told ="))
    with pytest.raises(InvalidSignature):
        exec(checked, names)
