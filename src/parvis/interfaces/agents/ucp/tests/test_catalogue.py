"""Products are found, looked up and narrowed down, with what customers say of them."""

import json
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.web import signing
from parvis.interfaces.agents.ucp.profile import _SCHEMA
from parvis.interfaces.agents.ucp.tests.platform import Platform
from parvis.interfaces.storefront.tests.conftest import Shop

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def extension(body: Any, operation: str) -> list[str]:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    checker = Draft202012Validator({"$ref": f"#/$defs/dev.ucp.shopping.catalog.{operation}", "$defs": schema["$defs"]})
    return [error.message for error in checker.iter_errors(body)]


def test_a_search_finds_products_with_proof(platform: Platform, shop: Shop) -> None:
    told = platform.send("POST", "catalog/search", {"query": "linen dress"})
    (dress,) = told.body["products"]
    summary = evidence.summary(shop.dress)
    assert summary is not None
    assert dress["id"] == "test-dress"
    assert [variant["id"] for variant in dress["variants"]] == ["DR-S", "DR-M", "DR-L"]
    assert dress["variants"][0]["price"] == {"amount": 8900, "currency": "EUR"}
    assert [variant["availability"]["available"] for variant in dress["variants"]] == [True, True, False]
    assert dress["rating"]["count"] == sum(summary.distribution)
    proof = dress["metadata"]["reviews_evidence"]
    assert proof["reviews"] == summary.count
    assert Client().get(proof["statement_url"].removeprefix("http://testserver")).status_code == 200
    assert told.body["ucp"]["capabilities"] == {"dev.ucp.shopping.catalog.search": [{"version": "2026-04-08"}]}
    assert extension(told.body, "search") == []
    assert extension({"products": [{"metadata": {"reviews_evidence": {}}}]}, "search")  # the schema does object


def test_everybody_with_a_profile_may_read_without_a_signature(platform: Platform) -> None:
    assert platform.send("POST", "catalog/search", {"query": "dress"}, sign=False).status == 200


def test_filters_pages_and_languages(platform: Platform) -> None:
    def found(**body: Any) -> tuple[list[str], Any]:
        told = platform.send("POST", "catalog/search", body)
        return [item["handle"] for item in told.body["products"]], told

    assert found(filters={"categories": ["Knits"]})[0] == ["wool-sweater"]
    assert found(filters={"categories": ["Tops > Knits", "dresses"]})[0] == ["linen-dress", "wool-sweater"]
    assert found(filters={"categories": ["Boats"]})[0] == []
    assert found(filters={"price": {"max": 7000}})[0] == ["wool-sweater"]
    other, told = found(filters={"price": {"max": 7000}}, context={"currency": "USD"})
    assert len(other) == 3
    assert told.codes == ["price_filter_ignored"]
    assert found(query="zzz_no_such_product")[1].body.get("messages") is None
    first, told = found(query="*", pagination={"limit": 2})
    rest, end = found(query="*", pagination={"limit": 2, "cursor": told.body["pagination"]["cursor"]})
    assert sorted(first + rest) == ["linen-dress", "straight-jeans", "wool-sweater"]
    assert end.body["pagination"] == {"has_next_page": False, "total_count": 3}
    _, french = found(query="robe", context={"language": "fr-FR"})
    assert french.body["products"][0]["title"] == "Robe en lin"


@pytest.mark.parametrize(
    "body",
    [{}, {"query": 5}, {"filters": {}}, {"query": "a", "pagination": {"limit": 0}}, {"query": "x" * 600}, [1], b"{",
     {"query": "a", "pagination": {"cursor": "nonsense"}}, {"query": "a", "filters": {"price": {"min": -1}}}],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_search_is_refused(platform: Platform, body: Any) -> None:
    told = platform.send("POST", "catalog/search", body)
    assert (told.status, told.codes) == (400, ["invalid_request"])


def test_a_lookup_knows_every_name_and_says_which_led_where(
    platform: Platform, django_assert_max_num_queries: Any
) -> None:
    ids = ["DR-M", "test-dress", "DR-M", "wool-sweater", "nobody", "JE-S"]
    told = platform.send("POST", "catalog/lookup", {"ids": ids})
    led = {v["id"]: [each["id"] for each in v["inputs"]] for p in told.body["products"] for v in p["variants"]}
    assert led == {"DR-M": ["DR-M"], "DR-S": ["test-dress"], "SW-S": ["wool-sweater"], "JE-S": ["JE-S"]}
    assert len(told.body["products"]) == 3
    assert [(m["code"], m["content"]) for m in told.body["messages"]] == [("not_found", "nobody")]
    with django_assert_max_num_queries(24):  # however many are looked up
        platform.send("POST", "catalog/lookup", {"ids": ids})
    many = platform.send("POST", "catalog/lookup", {"ids": [f"x{number}" for number in range(51)]})
    assert (many.status, many.codes) == (400, ["request_too_large"])
    cheap = platform.send("POST", "catalog/lookup", {"ids": ids, "filters": {"price": {"max": 7000}}})
    assert [p["handle"] for p in cheap.body["products"]] == ["wool-sweater"]


def test_one_product_with_its_signed_evidence(platform: Platform) -> None:
    told = platform.send("POST", "catalog/product", {"id": "DR-M"})
    product = told.body["product"]
    assert product["variants"][0]["id"] == "DR-M"
    assert product["selected"] == [{"name": "Size", "label": "M"}, {"name": "Colour", "label": "Navy"}]
    sizes = {value["label"]: (value["exists"], value["available"]) for value in product["options"][0]["values"]}
    assert sizes == {"S": (True, True), "M": (True, True), "L": (True, False)}
    proof = product["metadata"]["reviews_evidence"]
    assert signing.verified(proof["statement"], proof["jws"], signing.key())
    assert extension(told.body, "lookup") == []
    unknown = platform.send("POST", "catalog/product", {"id": "nobody"})
    assert (unknown.status, unknown.codes) == (200, ["not_found"])


def test_a_selection_that_nothing_has_is_let_go_from_the_end(platform: Platform) -> None:
    asked = [{"name": "size", "label": "m"}, {"name": "Colour", "label": "Red"}]
    told = platform.send("POST", "catalog/product", {"id": "test-dress", "selected": asked, "preferences": ["Size"]})
    assert told.body["product"]["selected"] == [{"name": "Size", "label": "M"}]
    assert [variant["id"] for variant in told.body["product"]["variants"]] == ["DR-M"]
