"""What programs find out about this server before anybody signs in (RFC 8414, RFC 9728)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from parvis.domains.people.contracts import GrantScope
from parvis.interfaces.agents.mcp.gate import resource

KEPT = 3600  # seconds


def here(name: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name)}"


@require_safe
def protected_resource(request: HttpRequest) -> HttpResponse:
    """RFC 9728: which server issues tokens for /mcp."""
    return _document(
        {
            "resource": resource(),
            "authorization_servers": [settings.PUBLIC_URL],
            "scopes_supported": [each.value for each in GrantScope],
            "bearer_methods_supported": ["header"],
            "resource_name": settings.BRAND,
        }
    )


@require_safe
def authorization_server(request: HttpRequest) -> HttpResponse:
    """RFC 8414: where to ask for consent and tokens."""
    return _document(
        {
            "issuer": settings.PUBLIC_URL,
            "authorization_endpoint": here("mcp:authorize"),
            "token_endpoint": here("mcp:token"),
            "registration_endpoint": here("mcp:register"),
            "revocation_endpoint": here("mcp:revoke"),
            "scopes_supported": [each.value for each in GrantScope],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "revocation_endpoint_auth_methods_supported": ["none"],
            "client_id_metadata_document_supported": True,
            "authorization_response_iss_parameter_supported": True,
            "ui_locales_supported": [code for code, _name in settings.LANGUAGES],
        }
    )


def _document(body: dict[str, Any]) -> HttpResponse:
    answer = JsonResponse(body)
    answer["Cache-Control"] = f"public, max-age={KEPT}"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
