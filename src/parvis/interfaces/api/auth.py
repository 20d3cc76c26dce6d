"""Who calls: a bearer token with scopes, within its allowance. A shopping agent's key is held to the allowance and the
switch that the agent has in the studio, whichever door it uses."""

from typing import Any, cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from parvis.core import limits
from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.core.limits import Allowance
from parvis.domains.people import queries
from parvis.domains.people.contracts import Scope, Token
from parvis.interfaces.agents.door import Visit, allow, noted
from parvis.interfaces.operations.address import client_address

CALLS = Allowance("api", burst=120, per_minute=1200)
FAILED_CALLS = Allowance("api-failed", burst=20, per_minute=30)
OPERATION = "parvis.operation"


class Unauthorised(ParvisError):
    """No token, or none that is known."""

    code = "unauthorised"
    status = 401
    template = "Give a valid API token: Authorization: Bearer …"


class ScopeMissing(ParvisError):
    """``scope`` is what the token lacks."""

    code = "scope_missing"
    status = 403
    template = "This token lacks the scope %(scope)s."


class Needs(HttpBearer):
    """Asks for a token that holds ``scope``. Guessing tokens is slowed down by address. ``operation`` is how an agent's
    journal calls what is asked for; it is known from here on, also when the request goes no further."""

    def __init__(self, scope: Scope, *, operation: str = "come_in") -> None:
        super().__init__()
        self.scope, self.operation = scope, operation

    def __call__(self, request: HttpRequest) -> Any:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            raise Unauthorised
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        at = now()
        known = queries.token(token.strip(), at=at)
        if known is None:
            limits.spend(FAILED_CALLS, caller=client_address(request), at=at)
            raise Unauthorised
        if known.agent is None:
            limits.spend(CALLS, caller=str(known.id), at=at)
            self._covered(known)
        else:
            with noted(Visit(protocol="api", operation="come_in", agent=known.agent), only_errors=True):
                allow(request, known.agent)
                self._covered(known)
        request.META[OPERATION] = self.operation
        return known

    def _covered(self, known: Token) -> None:
        if self.scope not in known.scopes:
            raise ScopeMissing(scope=self.scope)


def operation(request: HttpRequest) -> str:
    """What an authenticated request asks for, as an agent's journal calls it."""
    return str(request.META[OPERATION])


def caller(request: HttpRequest) -> Token:
    """The token of an authenticated request."""
    return cast(Token, request.auth)  # type: ignore[attr-defined]  # set by ninja
