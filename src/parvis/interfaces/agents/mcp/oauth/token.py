"""Codes and refresh tokens become tokens; tokens are given back (RFC 6749, 7636, 8707, 7009)."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from parvis.core import limits
from parvis.core.clock import now
from parvis.core.errors import Invalid
from parvis.core.limits import Allowance, TooMany
from parvis.domains.people import actions, queries
from parvis.domains.people.contracts import GrantScope, Tokens
from parvis.interfaces.agents.mcp.gate import resource
from parvis.interfaces.operations.address import client_address

ASKING = Allowance("oauth-token", burst=60, per_minute=120)
FAILING = Allowance("oauth-token-failed", burst=20, per_minute=10)


class Refused(Exception):
    """``error`` is the word of RFC 6749, 5.2."""

    def __init__(self, error: str, words: str, *, status: int = 400) -> None:
        super().__init__(words)
        self.error, self.words, self.status = error, words, status


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A pair of tokens."""
    at = now()
    try:
        limits.spend(ASKING, caller=client_address(request), at=at)
        tokens = _exchanged(request, at=at)
    except TooMany as error:
        return _no(Refused("temporarily_unavailable", str(error), status=429), retry=error.params["retry_after"])
    except Refused as error:
        return _failed(request, error, at=at)
    return _answer(
        {
            "access_token": tokens.access,
            "token_type": "Bearer",
            "expires_in": tokens.seconds,
            "refresh_token": tokens.refresh,
            "scope": " ".join(sorted(tokens.scopes)),
        }
    )


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """200 whatever was sent: nobody learns whether a token was one."""
    at = now()
    try:
        limits.spend(ASKING, caller=client_address(request), at=at)
        given = _one(request, "token")
        client_id = _one(request, "client_id")
    except TooMany as error:
        return _no(Refused("temporarily_unavailable", str(error), status=429), retry=error.params["retry_after"])
    except Refused as error:
        return _no(error)
    actions.revoke_token_of(token=given, client_id=client_id, at=at)
    return _answer({})


def _exchanged(request: HttpRequest, *, at: datetime) -> Tokens:
    kind = _one(request, "grant_type")
    client_id = _one(request, "client_id")
    if queries.assistant(client_id) is None:
        raise Refused("invalid_client", "No such program is known.", status=401)
    target = _one(request, "resource", needed=False)
    if target and target.rstrip("/") != resource():
        raise Refused("invalid_target", "Tokens are only given for this shop's MCP server.")
    try:
        if kind == "authorization_code":
            made = actions.redeem_code(
                code=_one(request, "code"),
                client_id=client_id,
                redirect_uri=_one(request, "redirect_uri", needed=False) or None,
                verifier=_one(request, "code_verifier"),
                resource=resource() if target else None,
                at=at,
            )
        elif kind == "refresh_token":
            made = actions.refresh(
                token=_one(request, "refresh_token"), client_id=client_id, scopes=_scopes(request), at=at
            )
        else:
            raise Refused("unsupported_grant_type", "authorization_code or refresh_token.")
    except actions.NotProven as error:
        raise Refused("invalid_grant", str(error)) from error
    except Invalid as error:
        raise Refused("invalid_scope", str(error)) from error
    if made is None:
        raise Refused(
            "invalid_grant", "This was used before. Everything that came of it is void; ask for consent again."
        )
    return made


def _scopes(request: HttpRequest) -> frozenset[GrantScope] | None:
    given = _one(request, "scope", needed=False)
    if not given:
        return None
    words = given.split()
    found = queries.scopes_of(words)
    if len(found) != len(set(words)):
        raise Refused("invalid_scope", "A scope is not known.")
    return found


def _one(request: HttpRequest, name: str, *, needed: bool = True) -> str:
    """A parameter, which must not come twice."""
    given = request.POST.getlist(name)
    if len(given) > 1 or any("\x00" in each or len(each) > 2000 for each in given):
        raise Refused("invalid_request", f"{name}: once, please.")
    if not given or not given[0]:
        if needed:
            raise Refused("invalid_request", f"{name} is missing.")
        return ""
    return given[0]


def _failed(request: HttpRequest, error: Refused, *, at: datetime) -> HttpResponse:
    """Guessing is slowed down."""
    try:
        limits.spend(FAILING, caller=client_address(request), at=at)
    except TooMany as many:
        return _no(Refused("temporarily_unavailable", str(many), status=429), retry=many.params["retry_after"])
    return _no(error)


def _no(error: Refused, *, retry: int | None = None) -> HttpResponse:
    answer = _answer({"error": error.error, "error_description": error.words}, status=error.status)
    if retry is not None:
        answer["Retry-After"] = str(retry)
    return answer


def _answer(body: dict[str, object], *, status: int = 200) -> HttpResponse:
    answer = JsonResponse(body, status=status)
    answer["Cache-Control"] = "no-store"
    answer["Pragma"] = "no-cache"
    return answer
