"""What a program learns before it has a key: where the protocol is spoken, in which version, what is served."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from parvis.core.clock import now
from parvis.core.limits import Allowance, TooMany, spend
from parvis.domains.checkout import ports
from parvis.interfaces.agents.acp import VERSION, VERSIONS, manners, places
from parvis.interfaces.agents.acp.schemas import Refused
from parvis.interfaces.operations.address import client_address

READING = Allowance("acp-discovery", burst=60, per_minute=60)
LOCALES = {"fr": "fr-FR", "en": "en-US"}


def document() -> dict[str, Any]:
    """The well-known document: stable, and the same for everybody."""
    services = ["checkout", "orders", "carts"]
    if ports.delegates() is not None:
        services.append("delegate_payment")
    return {
        "protocol": {
            "name": "acp",
            "version": VERSION,
            "supported_versions": sorted(VERSIONS),
            "documentation_url": "https://agenticcommerce.dev",
        },
        "api_base_url": f"{settings.PUBLIC_URL}{places.ROOT}",
        "transports": ["rest"],
        "capabilities": {
            "services": services,
            "extensions": [{"name": "discount"}],
            "supported_currencies": [settings.CURRENCY.lower()],
            "supported_locales": [LOCALES[code] for code, _name in settings.LANGUAGES],
        },
    }


@require_safe
def well_known(request: HttpRequest) -> HttpResponse:
    """/.well-known/acp.json"""
    try:
        spend(READING, caller=client_address(request) or "nobody", at=now())
    except TooMany as error:
        return manners.refusal(error)
    answer = JsonResponse(document())
    answer["Cache-Control"] = "public, max-age=3600"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """An address below the protocol's root that is none of its own."""
    refused = Refused(problem="there is nothing at this address", word="not_found", status=404)
    return manners.refusal(refused)
