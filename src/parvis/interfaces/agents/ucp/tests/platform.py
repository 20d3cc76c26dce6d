"""A platform for tests: it has a profile and keys, signs what it sends, and holds every answer against the schemas."""

import copy
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from parvis.core import message_signatures as signatures
from parvis.core import signing_keys
from parvis.core.clock import now

VENDOR = Path(__file__).parents[6] / "tests" / "vendor" / "ucp"
PROFILE = "https://platform.example/profiles/shopping.json"
BASE = "https://ucp.dev/schemas/"
APRIL, AUGUST = "2026-04-08", "2026-08-25"
EVERYTHING = (
    "dev.ucp.shopping.checkout", "dev.ucp.shopping.cart", "dev.ucp.shopping.order", "dev.ucp.shopping.catalog.search",
    "dev.ucp.shopping.catalog.lookup", "dev.ucp.shopping.discount", "dev.ucp.shopping.fulfillment",
    "dev.ucp.shopping.buyer_consent",
)  # fmt: skip


@lru_cache(maxsize=2)
def registry(version: str) -> "Registry[Any]":
    """All schemas of a release, by their ids."""
    found: list[tuple[str, Resource[Any]]] = []
    for path in sorted((VENDOR / version).rglob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        if path.name == "fulfillment_destination.json" and "oneOf" in schema:
            # As published no retail location can be one: each fits the shipping destination's schema too, which
            # "oneOf" forbids (the release after it tells them apart by a type). Either form is what is meant.
            schema["anyOf"] = schema.pop("oneOf")
        if "$id" in schema:
            found.append((schema["$id"], Resource.from_contents(schema, default_specification=DRAFT202012)))
    return Registry().with_resources(found)


def faults(body: Any, reference: str, version: str = APRIL) -> list[str]:
    """What the schema ``reference`` ("shopping/checkout.json") has against a body."""
    checker = Draft202012Validator(
        {"$ref": BASE + reference}, registry=registry(version), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [f"{error.json_path}: {error.message}"[:300] for error in checker.iter_errors(body)]


ERROR = {APRIL: "shopping/types/error_response.json", AUGUST: "common/types/error_response.json"}
SHAPES = {
    "catalog/search": "shopping/catalog_search.json#/$defs/search_response",
    "catalog/lookup": "shopping/catalog_lookup.json#/$defs/lookup_response",
    "catalog/product": "shopping/catalog_lookup.json#/$defs/get_product_response",
    "carts": "shopping/discount.json#/$defs/dev.ucp.shopping.cart",
    "consenting carts": "shopping/buyer_consent.json#/$defs/dev.ucp.shopping.cart",
    "orders": "shopping/order.json",
}
CHECKOUT = tuple(
    f"shopping/{name}.json#/$defs/dev.ucp.shopping.checkout" for name in ("discount", "fulfillment", "buyer_consent")
)


def document(keys: tuple[signing_keys.SigningKey, ...], **changes: Any) -> dict[str, Any]:
    """A platform's profile."""
    version = changes.pop("version", APRIL)
    capabilities = {
        name: [{"version": version, "spec": "https://ucp.dev/s", "schema": "https://ucp.dev/s.json"}]
        for name in changes.pop("capabilities", EVERYTHING)
    }
    for name, config in changes.pop("config", {}).items():
        capabilities[name][0]["config"] = config
    ucp = {"version": version, "services": {}, "capabilities": capabilities, "payment_handlers": {}, **changes}
    return {"ucp": ucp, "signing_keys" if version == APRIL else "keys": [signing_keys.jwk(key) for key in keys]}


@dataclass
class Told:
    """An answer."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]

    @property
    def codes(self) -> list[str]:
        return [message["code"] for message in self.body.get("messages", [])]

    def total(self, kind: str = "total") -> int:
        return sum(each["amount"] for each in self.body["totals"] if each["type"] == kind)


@dataclass
class Platform:
    """``send`` signs and sends. ``strict`` holds every answer against the schemas of the release."""

    client: Any = field(default_factory=Client)
    profile: str = PROFILE
    host: str = "testserver"
    key: signing_keys.SigningKey = field(
        default_factory=lambda: signing_keys.named(ec.generate_private_key(ec.SECP256R1()))
    )
    strict: bool = True
    version: str = APRIL

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        sign: bool = True,
        tamper: Mapping[str, str] | None = None,
        **extra: str,
    ) -> Told:
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"ucp-agent": f'profile="{self.profile}"', **extra}
        if method in ("POST", "PUT"):
            headers["idempotency-key"] = key or str(uuid.uuid4())
        if content:
            headers["content-type"] = "application/json"
        where, _, query = path.partition("?")
        if sign:
            headers |= self.signed(method, f"/ucp/{where}", query, headers, content)
        headers |= tamper or {}
        answer = self.client.generic(
            method, f"/ucp/{path}", content, content_type="application/json" if content else "", headers=headers
        )
        told = Told(answer.status_code, json.loads(answer.content), answer.headers)
        if self.strict:
            self._held(where, told, content, answer)
        return told

    def signed(self, method: str, path: str, query: str, headers: Mapping[str, str], content: bytes) -> dict[str, str]:
        more = {"content-digest": signatures.digest(content)} if content else {}
        message = signatures.HttpMessage(
            {**headers, **more}, content, method=method, authority=self.host, path=path, query=query
        )
        cover = ["@method", "@authority", "@path", *(["@query"] if query else []), "ucp-agent"]
        cover += [name for name in ("idempotency-key", "content-digest", "content-type") if name in message.headers]
        made = signatures.sign(message, key=self.key, cover=cover, at=now())
        return more | {name.lower(): value for name, value in made.items()}

    def _held(self, path: str, told: Told, content: bytes, answer: Any) -> None:
        verify(answer)
        if "code" in told.body and "content" in told.body:
            assert told.status >= 400, told.body
            return
        if told.body["ucp"]["status"] == "error":
            assert faults(told.body, ERROR[self.version], self.version) == []
            return
        assert told.body["ucp"]["version"] == self.version
        kind = path if path in SHAPES else path.split("/", maxsplit=1)[0]
        shapes = (SHAPES[kind],) if kind in SHAPES else CHECKOUT
        if kind == "carts" and self.version == AUGUST:
            shapes = (*shapes, SHAPES["consenting carts"])
        for shape in shapes:
            assert faults(told.body, shape, self.version) == []
        if "totals" in told.body:
            assert told.total() == sum(e["amount"] for e in told.body["totals"] if e["type"] != "total"), told.body


def verify(answer: Any) -> None:
    """Every answer is signed with a key of the shop's profile."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    message = signatures.HttpMessage(headers, answer.content, status=answer.status_code)
    claim = signatures.claims_of(message)[0]
    (jwk,) = [each for each in signing_keys.published(at=now()) if each["kid"] == claim.kid]
    signatures.verify(message, claim, jwk, required=("@status", "content-digest", "content-type"), at=now())


def without(value: Any, *names: str) -> Any:
    """A body without some of its members, wherever they stand."""
    made = copy.deepcopy(value)
    if isinstance(made, dict):
        return {key: without(each, *names) for key, each in made.items() if key not in names}
    return [without(each, *names) for each in made] if isinstance(made, list) else made


ADA = {"email": "ada@shopper.example", "first_name": "Ada", "last_name": "Bell"}
HOME = {
    "id": "home", "street_address": "12 rue des Lilas", "postal_code": "75011", "address_locality": "Paris",
    "address_country": "FR",
}  # fmt: skip


def shipped(option: str | None = None, where: Mapping[str, str] = HOME) -> dict[str, Any]:
    """The fulfilment of a request."""
    group = {"selected_option_id": option} if option else {}
    method = {"type": "shipping", "destinations": [dict(where)], "selected_destination_id": where["id"]}
    return {"methods": [{**method, "groups": [group]}]}


def wants(*items: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"item": {"id": sku}, "quantity": quantity} for sku, quantity in items]


def pays(token: str = "test_ok", handler: str = "shared_token") -> dict[str, Any]:
    """The body of a completion."""
    credential = {"type": "token", "token": token}
    return {"payment": {"instruments": [{"id": "i1", "handler_id": handler, "type": "card", "credential": credential}]}}
