"""What this shop speaks: versions of the protocol, and the capabilities it declares in each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

RELEASE = "2026-04-08"
VERSIONS = (RELEASE,)
SERVICE = "dev.ucp.shopping"
CHECKOUT, CART, ORDER = f"{SERVICE}.checkout", f"{SERVICE}.cart", f"{SERVICE}.order"
SEARCH, LOOKUP = f"{SERVICE}.catalog.search", f"{SERVICE}.catalog.lookup"
DISCOUNT, FULFILMENT, CONSENT = f"{SERVICE}.discount", f"{SERVICE}.fulfillment", f"{SERVICE}.buyer_consent"
PROOF = "reviews_evidence"  # the last part of our own extension's name, and the key of its data
DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
NAME = re.compile(r"[a-z][a-z0-9]*(?:\.[a-z][a-z0-9_]*)+")


@dataclass(frozen=True, slots=True)
class Capability:
    """Something this shop can do. ``page`` and ``schema`` are addresses; ``extends`` names what it adds to."""

    name: str
    version: str
    page: str
    schema: str
    extends: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)

    def declared(self) -> dict[str, Any]:
        """The capability as a profile holds it."""
        told: dict[str, Any] = {"version": self.version, "spec": self.page, "schema": self.schema}
        if self.extends:
            told["extends"] = self.extends[0] if len(self.extends) == 1 else list(self.extends)
        return told | ({"config": dict(self.config)} if self.config else {})


def capabilities(version: str) -> dict[str, Capability]:
    """What this shop declares in a version of the protocol, by name."""
    found = [
        _standard(CHECKOUT, version, "checkout", "checkout"),
        _standard(CART, version, "cart", "cart"),
        _standard(ORDER, version, "order", "order"),
        _standard(SEARCH, version, "catalog/search", "catalog_search"),
        _standard(LOOKUP, version, "catalog/lookup", "catalog_lookup"),
        _standard(DISCOUNT, version, "discount", "discount", CHECKOUT, CART),
        _standard(FULFILMENT, version, "fulfillment", "fulfillment", CHECKOUT),
        _standard(CONSENT, version, "buyer-consent", "buyer_consent", CHECKOUT),
    ]
    own = proof_extension()
    return {each.name: each for each in (*found, *((own,) if own else ()))}


def _standard(name: str, version: str, page: str, schema: str, *extends: str) -> Capability:
    root = f"https://ucp.dev/{version}"
    return Capability(
        name, version, f"{root}/specification/{page}", f"{root}/schemas/shopping/{schema}.json", tuple(extends)
    )


def proof_extension() -> Capability | None:
    """Our extension of the catalogue by what customers say, under this shop's own domain; None where the shop has no
    domain of its own (its addresses could then not prove that the name is ours). The data is there all the same."""
    space = namespace(settings.PUBLIC_URL)
    if not space:
        return None
    schema = f"{settings.PUBLIC_URL}{reverse('agents:ucp_proof_schema')}"
    return Capability(f"{space}.shopping.{PROOF}", RELEASE, schema, schema, (SEARCH, LOOKUP))


def namespace(url: str) -> str:
    """The reverse-domain name that an address has authority over: ``com.example`` for https://example.com; empty for
    numbers, single names and longer names (of which the protocol derives another authority)."""
    labels = (urlsplit(url).hostname or "").split(".")
    space = ".".join(reversed(labels))
    return space if len(labels) == 2 and NAME.fullmatch(space) and urlsplit(url).scheme == "https" else ""
