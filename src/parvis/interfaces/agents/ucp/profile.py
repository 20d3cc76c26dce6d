"""/.well-known/ucp: what this shop speaks, where, how it can be paid, and the keys it signs with."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from parvis.core import signing_keys
from parvis.core.clock import now
from parvis.interfaces.agents.ucp import payment, releases, versions
from parvis.interfaces.agents.ucp.releases import Release

KEPT = 300  # seconds that a platform may keep the profile
ENDPOINT = "/ucp"
_SCHEMA = Path(__file__).with_name("reviews_evidence.schema.json")


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """This shop's profile in the release that every platform reads, and where those of other releases stand."""
    ucp = business(releases.ROOT)
    others = [version for version in releases.SPOKEN if version != releases.ROOT.version]
    ucp["supported_versions"] = {version: f"{settings.PUBLIC_URL}{_address(version)}" for version in others}
    return _profile(ucp)


@require_safe
def leaf(request: HttpRequest, version: str) -> HttpResponse:
    """The profile in one release alone."""
    release = releases.SPOKEN.get(version)
    if release is None:
        raise Http404
    return _profile(business(release))


def _address(version: str) -> str:
    return reverse("agents:ucp_leaf", kwargs={"version": version})


def _profile(ucp: dict[str, Any]) -> HttpResponse:
    # Both names of the keys, whatever the release: a platform may verify us by whichever document it holds.
    keys = signing_keys.published(at=now())
    return _public({"ucp": ucp, **{release.keys: keys for release in releases.SPOKEN.values()}})


def business(release: Release) -> dict[str, Any]:
    """What the shop declares in a release."""
    return {
        "version": release.version,
        "services": {
            versions.SERVICE: [
                {
                    "version": release.version,
                    "transport": "rest",
                    "endpoint": f"{settings.PUBLIC_URL}{ENDPOINT}",
                    "spec": f"{release.root}/specification/overview",
                    "schema": f"{release.root}/services/shopping/rest.openapi.json",
                }
            ]
        },
        "capabilities": {name: [each.declared()] for name, each in release.capabilities().items()},
        "payment_handlers": payment.handlers(release, profile=True),
    }


@require_safe
def proof_schema(request: HttpRequest) -> HttpResponse:
    """The schema of our extension: what customers say, in the metadata of a product."""
    extension = versions.proof_extension(releases.ROOT.namespace())
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
