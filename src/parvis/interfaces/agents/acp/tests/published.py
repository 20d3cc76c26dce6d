"""The published examples of the release, each with the definition it claims to be."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from parvis.interfaces.agents.acp.schemas import FOLDER, FORMATS, Book

HERE = Path(__file__).parent / "spec"
BOOK = Book((FOLDER, HERE / "json-schema"))
CHECKOUT, PAYMENT, FEED, AUTHENTICATION = (
    f"schema.{name}.json" for name in ("agentic_checkout", "delegate_payment", "feed", "delegate_authentication")
)

# name of the example -> definition; else by the words of its name, in this order
SESSIONS = (
    ("webhook", "Order"),
    ("error", "Error"),
    ("discovery", "DiscoveryResponse"),
    ("create", "CheckoutSessionCreateRequest"),
    ("update", "CheckoutSessionUpdateRequest"),
    ("complete", "CheckoutSessionCompleteRequest"),
    ("cancel", "CancelSessionRequest"),
)
PAYMENTS = (("error", "Error"), ("request", "DelegatePaymentRequest"), ("response", "DelegatePaymentResponse"))
FEEDS = (
    ("error", "Error"),
    ("create_feed_request", "CreateFeedRequest"),
    ("feed_response", "FeedMetadata"),
    ("products_response", "ProductsResponse"),
    ("upsert", "UpsertProductsRequest"),
)
AUTHENTICATIONS = (
    ("error", "Error"),
    ("create_authentication_session_request", "DelegateAuthenticationCreateRequest"),
    ("authenticate_request", "DelegateAuthenticationAuthenticateRequest"),
    ("retrieve", "DelegateAuthenticationSessionWithResult"),
    ("response", "DelegateAuthenticationSession"),
)

Example = tuple[str, str, str, Any]  # its name, the schema file, the definition, the document


def problems(file: str, name: str, document: Any) -> list[str]:
    """Every place where a document does not fit, with the reason."""
    return sorted(f"{each.json_path}: {each.message}" for each in BOOK.validator(file, name).iter_errors(document))


def examples() -> Iterator[Example]:
    """All examples of the release, with those inside the OpenAPI descriptions left to the test of them."""
    for name, value in _file("examples.agentic_checkout.json").items():
        yield name, CHECKOUT, _session(name), value["data"] if name.startswith("webhook") else value
    for name, value in _file("examples.multi_item_checkout.json").items():
        yield name, CHECKOUT, _session(name), value
    for name, value in _file("examples.delegate_payment.json").items():
        yield name, PAYMENT, _named(PAYMENTS, name), value
    for name, value in _file("examples.feed.json").items():
        yield name, FEED, _named(FEEDS, name), value
    for name, value in _file("examples.delegate_authentication.json").items():
        yield name, AUTHENTICATION, _named(AUTHENTICATIONS, name), value
    yield from _tools()
    for file in sorted((HERE / "examples" / "discount-extension").glob("*.json")):
        pair = json.loads(file.read_text(encoding="utf-8"))
        yield f"discount {file.stem} request", CHECKOUT, "CheckoutSessionCreateRequest", pair["request"]
        yield f"discount {file.stem} response", CHECKOUT, "CheckoutSession", pair["response"]
    for file in sorted((HERE / "examples" / "orders").glob("*.json")):
        order = json.loads(file.read_text(encoding="utf-8"))
        bare = {key: value for key, value in order.items() if key not in ("$schema", "_description")}
        yield f"order {file.stem}", CHECKOUT, "Order", bare


# -- those inside the OpenAPI descriptions, held against the schemas of the same file -------------------------------

ROOT = "https://example.com/acp/"


@cache
def descriptions() -> dict[str, Any]:
    """The OpenAPI descriptions by file name."""
    files = sorted((HERE / "openapi").glob("*.yaml"))
    # dates are text here, as in JSON
    loader = type("Plain", (yaml.SafeLoader,), {"yaml_implicit_resolvers": _without_dates()})
    return {file.name: yaml.load(file.read_text(encoding="utf-8"), Loader=loader) for file in files}


def _without_dates() -> dict[str, Any]:
    known = yaml.SafeLoader.yaml_implicit_resolvers
    return {
        first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
        for first, rules in known.items()
    }


def described() -> Iterator[tuple[str, str, str, Any]]:
    """Name, file, JSON pointer of the schema, and each example of a request or an answer."""
    for file, description in descriptions().items():
        for path, methods in description["paths"].items():
            for method, operation in methods.items():
                if isinstance(operation, Mapping) and "responses" in operation:
                    for place, content in _contents(operation, description):
                        for name, each in content.get("examples", {}).items():
                            told = f"{file.split('.')[1]} {method} {path} {place} {name}"
                            yield told, file, content["schema"]["$ref"], each["value"]


def _contents(operation: Mapping[str, Any], description: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    asked = operation.get("requestBody", {}).get("content", {})
    yield from (("request", content) for content in asked.values())
    for status, answer in operation["responses"].items():
        shared = description["components"].get("responses", {})
        told = shared[answer["$ref"].rsplit("/", 1)[1]] if "$ref" in answer else answer
        yield from ((str(status), content) for content in told.get("content", {}).values())


def described_problems(file: str, reference: str, document: Any) -> list[str]:
    """As :func:`problems`, for the schema that a description refers to."""
    schema = Draft202012Validator(
        {"$ref": ROOT + "openapi/" + file + reference}, registry=_registry(), format_checker=FORMATS
    )
    return sorted(f"{each.json_path}: {each.message}" for each in schema.iter_errors(document))


@cache
def _registry() -> "Registry[Any]":
    known: Registry[Any] = Registry()
    for name, description in descriptions().items():
        known = known.with_resource(f"{ROOT}openapi/{name}", Resource(contents=description, specification=DRAFT202012))
    for name, schema in BOOK.documents.items():
        plain = {key: value for key, value in schema.items() if key != "$id"}
        known = known.with_resource(f"{ROOT}json-schema/{name}", Resource(contents=plain, specification=DRAFT202012))
    return known


def _tools() -> Iterator[Example]:
    """Those of the binding to tools: what is inside of the envelope."""
    for name, value in _file("examples.mcp.agentic_checkout.json").items():
        if "error" in value:
            yield f"tool {name}", CHECKOUT, "Error", value["error"]["data"]
        elif "result" in value:
            completed = name.startswith("complete")  # as the description of the tools has it
            yield f"tool {name}", CHECKOUT, f"CheckoutSession{'WithOrder' * completed}", value["result"]
        elif "payload" in value["params"]["arguments"]:
            yield f"tool {name}", CHECKOUT, _session(name), value["params"]["arguments"]["payload"]


def _session(name: str) -> str:
    answered = name.endswith("_response") or name.startswith("checkout_session_")
    if answered and not name.startswith("discovery"):
        return "CheckoutSessionWithOrder" if name.startswith("complete") else "CheckoutSession"
    return "AuthenticationResult" if name.startswith("authentication_result") else _named(SESSIONS, name)


def _named(words: tuple[tuple[str, str], ...], name: str) -> str:
    return next(definition for word, definition in words if word in name)


def _file(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "examples" / name).read_text(encoding="utf-8"))
    return found
