"""The feed of the agentic commerce protocol is what its schema says, and holds what people say with its source."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from jsonschema import Draft202012Validator

from parvis.core.clock import now
from parvis.domains.evidence import queries
from parvis.domains.voices import actions as voices
from parvis.interfaces.agents.tests.test_feeds import asked, read  # noqa: F401 - fixture
from parvis.interfaces.storefront.tests.conftest import Shop, furnished, shop, visitor  # noqa: F401 - fixtures

pytestmark = [pytest.mark.database, pytest.mark.django_db]
SCHEMA = Path(__file__).parents[5] / "tests" / "vendor" / "acp" / "schema.feed.json"


def validator(name: str) -> Draft202012Validator:
    bundle = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": bundle["$defs"]})


def test_every_line_is_a_product_of_the_protocol(shop: Shop, visitor: Client, asked: int) -> None:
    for language in ("en", "fr"):
        lines = [json.loads(line) for line in read(visitor, f"/feeds/{language}/acp-products.jsonl").splitlines()]
        assert lines
        for line in lines:
            assert [str(each.message) for each in validator("Product").iter_errors(line)] == []
        assert {variant["id"] for line in lines for variant in line["variants"]} == set(shop.catalogue.variants)
        told = visitor.get(f"/feeds/{language}/acp-metadata.json").json()
        assert validator("FeedMetadata").is_valid(told)
        assert not validator("Product").is_valid({**lines[0], "q_and_a": []})  # the schema does object


def test_what_people_say_is_quoted_and_escaped(shop: Shop, visitor: Client, asked: int) -> None:
    lines = [json.loads(line) for line in read(visitor, "/feeds/en/acp-products.jsonl").splitlines()]
    (dress,) = [line for line in lines if "linen-dress" in line["url"]]
    told, summary = dress["description"]["markdown"], queries.summary(shop.dress)
    assert summary is not None
    assert f"{summary.count} reviews" in told
    assert "### Is the \\<b\\>lining\\</b\\> made of cotton?" in told
    assert "> \\=Yes" in told or "> =Yes \\& the belt too" in told
    kinds = {link["type"]: link["url"] for link in dress["variants"][0]["seller"]["links"]}
    assert visitor.get(kinds["reviews_evidence"].removeprefix("http://testserver")).status_code == 200
    assert {visitor.get(url.removeprefix("http://testserver")).status_code for url in kinds.values()} == {200}
    cents = {variant["id"]: variant["price"] for variant in dress["variants"]}
    assert all(isinstance(price["amount"], int) and price["currency"] == "EUR" for price in cents.values())


def test_a_feed_is_packed_and_sent_again_only_when_something_changed(
    shop: Shop,
    visitor: Client,
    django_assert_max_num_queries: Any,
) -> None:
    cache.clear()
    there = "/feeds/en/acp-products.jsonl"
    packed = visitor.get(there, headers={"accept-encoding": "br, gzip"})
    assert packed["Content-Encoding"] == "gzip"
    body = b"".join(packed.streaming_content)
    assert gzip.decompress(body).decode() == read(visitor, there)
    assert "Accept-Encoding" in packed["Vary"]
    with django_assert_max_num_queries(6):
        again = visitor.get(there, headers={"if-none-match": packed["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert visitor.get(there, headers={"if-modified-since": packed["Last-Modified"]}).status_code == 304
    first = queries.shown_for(shop.dress, limit=1).proofs[0].voice
    voices.withdraw(voice_id=first.id, actor_id=None, at=now())  # nothing has followed it yet
    changed = visitor.get(there, headers={"if-none-match": packed["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != packed["ETag"]
