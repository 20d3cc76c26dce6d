"""Names of the protocol, and the form in which a capability is declared."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

SERVICE = "dev.ucp.shopping"
CHECKOUT, CART, ORDER = f"{SERVICE}.checkout", f"{SERVICE}.cart", f"{SERVICE}.order"
SEARCH, LOOKUP = f"{SERVICE}.catalog.search", f"{SERVICE}.catalog.lookup"
DISCOUNT, FULFILMENT, CONSENT = f"{SERVICE}.discount", f"{SERVICE}.fulfillment", f"{SERVICE}.buyer_consent"
PROOF = "reviews_evidence"  # the last part of our own extension's name, and the key of its data
PROOF_VERSION = "2026-04-08"
DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
NAME = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9_])?)+")


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


def proof_extension(space: str) -> Capability | None:
    """Our extension of the catalogue by what customers say, under ``space``, the shop's own reverse-domain name; None
    where there is none (its addresses could then not prove that the name is ours). The data is there all the same."""
    if not space:
        return None
    schema = f"{settings.PUBLIC_URL}{reverse('agents:ucp_proof_schema')}"
    return Capability(f"{space}.shopping.{PROOF}", PROOF_VERSION, schema, schema, (SEARCH, LOOKUP))


def namespace(url: str) -> str:
    """The reverse-domain name that an address has authority over: ``com.example.shop`` for https://shop.example.com;
    empty for numbers, single names, and addresses without TLS."""
    parts = urlsplit(url)
    space = ".".join(reversed((parts.hostname or "").split(".")))
    return space if parts.scheme == "https" and NAME.fullmatch(space) else ""
