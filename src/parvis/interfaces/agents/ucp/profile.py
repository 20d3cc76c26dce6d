"""/.well-known/ucp: what this shop speaks, where, how it can be paid, and the keys it signs with."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from parvis.core import signing_keys
from parvis.core.clock import now
from parvis.interfaces.agents.ucp import payment, versions

KEPT = 300  # seconds that a platform may keep the profile
ENDPOINT = "/ucp"
_SCHEMA = Path(__file__).with_name("reviews_evidence.schema.json")


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """This shop's profile."""
    at = now()
    document = {"ucp": business(versions.RELEASE), "signing_keys": signing_keys.published(at=at)}
    return _public(document)


def business(version: str) -> dict[str, Any]:
    """What the shop declares in a version of the protocol."""
    root = f"https://ucp.dev/{version}"
    return {
        "version": version,
        "services": {
            versions.SERVICE: [
                {
                    "version": version,
                    "transport": "rest",
                    "endpoint": f"{settings.PUBLIC_URL}{ENDPOINT}",
                    "spec": f"{root}/specification/overview",
                    "schema": f"{root}/services/shopping/rest.openapi.json",
                }
            ]
        },
        "capabilities": {name: [each.declared()] for name, each in versions.capabilities(version).items()},
        "payment_handlers": payment.handlers(version, profile=True),
    }


@require_safe
def proof_schema(request: HttpRequest) -> HttpResponse:
    """The schema of our extension: what customers say, in the metadata of a product."""
    extension = versions.proof_extension()
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    schema["$id"] = request.build_absolute_uri()
    if extension is not None:
        schema["name"] = extension.name
    return _public(schema)


def _public(document: dict[str, Any]) -> HttpResponse:
    answer = JsonResponse(document, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = f"public, max-age={KEPT}"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
