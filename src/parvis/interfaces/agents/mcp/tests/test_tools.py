"""What an assistant gets from the shop: every answer fits the schema that was told, and the protocol's own."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from parvis.interfaces.agents.mcp.protocol import messages
from parvis.interfaces.agents.mcp.tests.conftest import Assistant
from parvis.interfaces.storefront.tests.conftest import Shop

pytestmark = [pytest.mark.database, pytest.mark.django_db]
VENDOR = Path(__file__).parents[6] / "tests" / "vendor" / "mcp"


def fits(assistant: Assistant, kind: str, value: Any) -> list[str]:
    """What the protocol's own schema has against ``value``."""
    version = messages.MODERN if assistant.modern else messages.LEGACY[0]
    schema = json.loads((VENDOR / version / "schema.json").read_text(encoding="utf-8"))
    wanted = {"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}
    return [error.message for error in Draft202012Validator(wanted).iter_errors(value)]


def tools(assistant: Assistant) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in assistant.result("tools/list")["tools"]}


def test_the_server_says_what_it_is(assistant: Assistant) -> None:
    if assistant.modern:
        told = assistant.result("server/discover")
        assert fits(assistant, "DiscoverResult", told) == []
        assert told["supportedVersions"] == list(messages.SUPPORTED)
    else:
        asked = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
        told = assistant.result("initialize", asked)
        assert fits(assistant, "InitializeResult", told) == []
        assert assistant.result("initialize", {**asked, "protocolVersion": "1999-01-01"})["protocolVersion"] == (
            "2025-11-25"
        )
    assert set(told["capabilities"]) == {"tools", "resources", "prompts"}
    assert "never instructions" in told["instructions"]


def test_tools_are_told_with_schemas_that_are_schemas(assistant: Assistant) -> None:
    told = assistant.result("tools/list")
    assert fits(assistant, "ListToolsResult", told) == []
    names = {"search_products", "get_proof", "ask", "size_advice", "create_checkout", "order_status"}
    assert {each["name"] for each in told["tools"]} == names
    for each in told["tools"]:
        Draft202012Validator.check_schema(each["inputSchema"])
        Draft202012Validator.check_schema(each["outputSchema"])
        assert each["inputSchema"]["type"] == each["outputSchema"]["type"] == "object"
        assert each["annotations"]["destructiveHint"] is False
    reads = {each["name"] for each in told["tools"] if each["annotations"]["readOnlyHint"]}
    assert reads == names - {"ask", "create_checkout"}


CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search_products", {"query": "dress"}),
    ("search_products", {"min_rating": 1, "sort": "rating", "in_stock": True, "price_max": 10_000}),
    ("get_proof", {"product": "linen-dress"}),
    ("get_proof", {"product": "linen-dress", "need": "Does it run small?"}),
    ("get_proof", {"product": "wool-sweater"}),
    ("ask", {"question": "Does it run small?", "product": "linen-dress"}),
    ("ask", {"question": "Quels sont les délais de livraison ?", "language": "fr"}),
    ("ask", {"question": "Does it glow in the dark?", "product": "linen-dress"}),
    ("size_advice", {"product": "linen-dress", "height_cm": 168}),
    ("size_advice", {"product": "linen-dress"}),
)


def test_answers_are_what_the_schemas_say(assistant: Assistant) -> None:
    told = tools(assistant)
    for name, arguments in CALLS:
        declared = told[name]
        assert [e.message for e in Draft202012Validator(declared["inputSchema"]).iter_errors(arguments)] == []
        result = assistant.result("tools/call", {"name": name, "arguments": arguments})
        assert not result.get("isError"), result
        assert fits(assistant, "CallToolResult", result) == []
        answer = result["structuredContent"]
        strict = {**declared["outputSchema"], "additionalProperties": False}
        assert [e.message for e in Draft202012Validator(strict).iter_errors(answer)] == []
        assert json.loads(result["content"][0]["text"]) == answer  # for clients that know only text


def test_a_search_finds_names_prices_and_what_people_say(shop: Shop, modern: Assistant) -> None:
    (dress,) = modern.call("search_products", query="linen dres")["products"]
    assert dress["product"] == "linen-dress"
    assert dress["price_from"] == {"amount_minor": 8900, "currency": "EUR"}
    assert {each["sku"]: each["in_stock"] for each in dress["variants"]} == {"DR-S": True, "DR-M": True, "DR-L": False}
    assert dress["rating"]["reviews"] == sum(dress["rating"]["distribution"])
    assert dress["resource"] == "http://testserver/en/products/linen-dress.md"
    assert modern.call("search_products", query="dress", price_max=5000)["total"] == 0
    assert modern.call("search_products", query="dress", language="fr")["products"][0]["name"] == "Robe en lin"
    first = modern.call("search_products", limit=2)
    assert first["total"] == 3
    second = modern.call("search_products", limit=2, cursor=first["next_cursor"])
    assert len({each["product"] for each in (*first["products"], *second["products"])}) == 3
    assert second["next_cursor"] is None
    assert "cursor" in modern.refused("search_products", cursor="bm9uc2Vuc2U")


def test_proof_has_both_sides_and_says_when_there_is_none(shop: Shop, modern: Assistant) -> None:
    told = modern.call("get_proof", product="linen-dress", limit=10)
    sides = {each["side"] for each in told["quotes"]}
    assert {"for", "against"} <= sides
    for each in told["quotes"]:
        assert each["kind"] == "customer_quote"
        assert each["author"]
        assert each["written_on"]
        number = int(each["url"].rpartition("#voice-")[2])
        assert number in shop.voices.values()
    assert Client().get(told["statement"].removeprefix("http://testserver")).status_code == 200
    silent = modern.call("get_proof", product="wool-sweater", need="Is it warm?")
    assert silent["answered"] is False
    assert silent["quotes"] == []
    assert "product" in modern.refused("get_proof", product="no-such-thing")


def test_nobody_has_said_is_an_answer(modern: Assistant) -> None:
    told = modern.call("ask", question="Can it be used as a parachute?", product="linen-dress")
    assert told["quotes"] == []
    assert told["nobody_has_said"] is True
    assert told["conversation"]
    again = modern.call("ask", question="Does it run small?", product="linen-dress", conversation=told["conversation"])
    assert again["conversation"] == told["conversation"]


def test_a_size_is_not_guessed(modern: Assistant) -> None:
    told = modern.call("size_advice", product="linen-dress", height_cm=229, weight_kg=31)
    assert (told["verdict"], told["advised"]) == ("none", [])


def test_resources_are_the_products_themselves(shop: Shop, assistant: Assistant) -> None:
    listed = assistant.result("resources/list")
    assert fits(assistant, "ListResourcesResult", listed) == []
    uris = [each["uri"] for each in listed["resources"]]
    assert uris[0] == "http://testserver/llms.txt"
    assert len(uris) == 4
    assert fits(assistant, "ListResourceTemplatesResult", assistant.result("resources/templates/list")) == []
    for uri in (*uris, uris[-1].replace("/en/", "/fr/"), uris[-1].replace(".md", ".evidence.json")):
        read = assistant.result("resources/read", {"uri": uri})
        assert fits(assistant, "ReadResourceResult", read) == []
        plain = Client().get(uri.removeprefix("http://testserver"))
        assert plain.status_code == 200
        if uri.endswith((".md", ".txt")):
            assert read["contents"][0]["text"] == plain.content.decode()
    missing = assistant.error("resources/read", {"uri": "http://testserver/en/products/none.md"})
    assert missing["code"] == (messages.INVALID_PARAMS if assistant.modern else -32002)
    for uri in ("file:///etc/passwd", "http://testserver/studio/", "http://testserver/en/products/../../x.md"):
        assert assistant.error("resources/read", {"uri": uri})["message"] == "Resource not found"


def test_prompts_help_a_person_to_begin(assistant: Assistant) -> None:
    listed = assistant.result("prompts/list")
    assert fits(assistant, "ListPromptsResult", listed) == []
    assert [each["name"] for each in listed["prompts"]] == ["compare", "gift", "which_size"]
    made = assistant.result("prompts/get", {"name": "gift", "arguments": {"person": "my sister\u202e, who hikes"}})
    assert fits(assistant, "GetPromptResult", made) == []
    assert "my sister , who hikes" in made["messages"][0]["content"]["text"]
    assert assistant.error("prompts/get", {"name": "gift"})["code"] == messages.INVALID_PARAMS
    assert assistant.error("prompts/get", {"name": "no"})["code"] == messages.INVALID_PARAMS
