"""Programs register themselves (RFC 7591), where they have no document of their own."""

import secrets
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from parvis.core import limits
from parvis.core.clock import now
from parvis.core.errors import Invalid
from parvis.core.limits import Allowance, TooMany
from parvis.domains.people import actions, queries, rules
from parvis.domains.people.contracts import Assistant, GrantScope
from parvis.interfaces.operations.address import client_address

REGISTERING = Allowance("oauth-register", burst=10, per_minute=1)
ALL_REGISTERING = Allowance("oauth-register-all", burst=200, per_minute=20)
MOST_BYTES = 16 * 1024


class Refused(Exception):
    """``error`` is the word of RFC 7591, 3.2.2."""

    def __init__(self, error: str, words: str, *, status: int = 400, retry: int | None = None) -> None:
        super().__init__(words)
        self.error, self.words, self.status, self.retry = error, words, status, retry


@csrf_exempt
@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """A client id for a program. It allows nothing: a customer's consent does."""
    try:
        return _answer(_told(_registered(request)), status=201)
    except Refused as error:
        answer = _answer({"error": error.error, "error_description": error.words}, status=error.status)
        if error.retry is not None:
            answer["Retry-After"] = str(error.retry)
        return answer


def _registered(request: HttpRequest) -> Assistant:
    at = now()
    try:
        limits.spend(REGISTERING, caller=client_address(request), at=at)
        limits.spend(ALL_REGISTERING, caller="all", at=at)
    except TooMany as error:
        raise Refused("temporarily_unavailable", str(error), status=429, retry=error.params["retry_after"]) from error
    if not queries.agent_policy().newcomers:
        raise Refused("access_denied", "The shop only answers agents that it has registered.", status=403)
    given = _given(request)
    name, redirects, home = (
        given.get("client_name", "An assistant"),
        given.get("redirect_uris"),
        given.get("client_uri"),
    )
    if not isinstance(redirects, list) or not all(isinstance(each, str) for each in redirects) or not redirects:
        raise Refused("invalid_redirect_uri", "redirect_uris: a list of addresses.")
    if not isinstance(name, str) or "\x00" in name:
        raise Refused("invalid_client_metadata", "client_name: a text.")
    try:
        return actions.remember_assistant(
            client_id=f"client_{secrets.token_urlsafe(18)}",
            name=name,
            redirects=redirects,
            home=home if isinstance(home, str) and rules.redirect_parts(home) else "",
            at=at,
        )
    except Invalid as error:
        of_address = error.params["field"] == "redirect_uris"
        raise Refused("invalid_redirect_uri" if of_address else "invalid_client_metadata", str(error)) from error


def _told(made: Assistant) -> dict[str, Any]:
    return {
        "client_id": made.client_id,
        "client_id_issued_at": int(made.created_at.timestamp()),
        "client_name": made.name,
        "redirect_uris": list(made.redirects),
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "scope": " ".join(each.value for each in GrantScope),
    }


def _given(request: HttpRequest) -> dict[str, Any]:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if request.content_type != "application/json" or not length.isdecimal() or int(length) > MOST_BYTES:
        raise Refused("invalid_client_metadata", "Send a JSON object of at most 16 KB.")
    try:
        found = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Refused("invalid_client_metadata", "Send a JSON object.")
    return found


def _answer(body: dict[str, Any], *, status: int) -> HttpResponse:
    answer = JsonResponse(body, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
