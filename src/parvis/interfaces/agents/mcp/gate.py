"""Who calls: an assistant for a signed-in customer, an agent with a key of the brand's, or nobody known."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from parvis.core import limits
from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Access, Agent, GrantScope, Scope
from parvis.interfaces.agents import door
from parvis.interfaces.agents.door import Visit, admitted
from parvis.interfaces.agents.mcp.protocol import messages
from parvis.interfaces.agents.mcp.protocol.messages import Message, RpcError
from parvis.interfaces.operations.address import client_address

UNAUTHORISED = 401
FORBIDDEN = 403
_METHODS = frozenset(
    {
        "initialize", "ping", "server/discover", "tools/list", "tools/call", "resources/list",
        "resources/templates/list", "resources/read", "prompts/list", "prompts/get",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """``access`` is what a customer has allowed the assistant; ``key`` what the brand's key of an agent may do, None
    where there is no such key; ``address`` where the request comes from."""

    request: HttpRequest
    visit: Visit
    access: Access | None
    key: frozenset[Scope] | None = None

    @property
    def agent(self) -> Agent | None:
        return self.visit.agent

    @property
    def address(self) -> str:
        return client_address(self.request)

    @property
    def name(self) -> str:
        """Whose retries are whose."""
        if self.access is not None:
            return f"grant:{self.access.grant_id}"
        return f"agent:{self.agent.id}" if self.agent else f"address:{self.address}"

    def customer_id(self, scope: GrantScope) -> int | None:
        """The customer, if she has allowed the assistant this."""
        if self.access is None or scope not in self.access.scopes:
            return None
        return self.access.customer_id

    def may(self, scope: Scope) -> None:
        """Nobody known may what every visitor may; a key of the brand's only what it was given for. Raises
        :class:`~parvis.interfaces.agents.door.ScopeMissing`."""
        if self.key is not None and scope not in self.key:
            raise door.ScopeMissing(scope=scope.value)

    def needs(self, scope: GrantScope) -> int:
        """The customer who has allowed this. Raises :class:`RpcError` with the challenge that leads to her consent."""
        if self.access is None:
            raise challenge("Sign in first: this needs the customer's consent.", scope=[scope])
        if scope not in self.access.scopes:
            wanted = sorted({*self.access.scopes, scope})
            raise challenge("The customer has not allowed this.", scope=wanted, error="insufficient_scope")
        if self.access.customer_id is None:
            raise RpcError(messages.INVALID_PARAMS, "This account has no confirmed address.", status=FORBIDDEN)
        return self.access.customer_id


def resource() -> str:
    """The name of this server in tokens (RFC 8707)."""
    return f"{settings.PUBLIC_URL}/mcp"


def metadata_url() -> str:
    return f"{settings.PUBLIC_URL}/.well-known/oauth-protected-resource/mcp"


def challenge(words: str, *, scope: list[GrantScope] | None = None, error: str = "") -> RpcError:
    """401 or 403 with what a client needs to ask for consent (RFC 6750, RFC 9728)."""
    parts = [f'resource_metadata="{metadata_url()}"']
    if error:
        parts.insert(0, f'error="{error}"')
    if scope:
        parts.append(f'scope="{" ".join(scope)}"')
    return RpcError(
        messages.INVALID_REQUEST,
        words,
        status=FORBIDDEN if error == "insufficient_scope" else UNAUTHORISED,
        headers={"WWW-Authenticate": "Bearer " + ", ".join(parts)},
    )


@dataclass(frozen=True)
class Known:
    """Who the Authorization header says it is: an agent, with what a customer has allowed it or what its key may."""

    agent: Agent | None = None
    access: Access | None = None
    key: frozenset[Scope] | None = None


def who(request: HttpRequest) -> Known:
    """The agent behind the Authorization header and what it may do for whom; nobody without one. Raises
    :class:`RpcError` for a token that is unknown, revoked, expired or meant for another server."""
    given = request.headers.get("Authorization")
    if given is None:
        return Known()
    kind, _, secret = given.partition(" ")
    at = now()
    if kind.lower() == "bearer":
        access = people.access(secret.strip(), resource=resource(), at=at)
        if access is not None:
            return Known(access.agent, access=access)
        key = people.token(secret.strip(), at=at)
        if key is not None and key.agent is not None and Scope.EVIDENCE_READ in key.scopes:
            return Known(key.agent, key=frozenset(key.scopes))
    limits.spend(door.WRONG_KEYS, caller=client_address(request), at=at)
    raise challenge("This token is not known here, or no longer.", error="invalid_token")


class _Refused(ParvisError):
    code = "unauthorised"
    status = UNAUTHORISED


@contextmanager
def gate(request: HttpRequest, message: Message, tools: frozenset[str]) -> Iterator[Caller]:
    """One request through the door that all protocols share."""
    known = Known()
    failed: RpcError | None = None

    def agent() -> Agent | None:
        nonlocal failed, known
        try:
            known = who(request)
        except RpcError as error:
            failed = error
            raise _Refused from error
        return known.agent

    try:
        with admitted(request, agent=agent, protocol="mcp", operation=_operation(message, tools)) as visit:
            try:
                yield Caller(request, visit, known.access, known.key)
            except RpcError as error:
                visit.error(f"rpc{error.code}", status=error.status or 200)
                failed = error
    except _Refused:
        pass
    if failed is not None:
        raise failed


def _operation(message: Message, tools: frozenset[str]) -> str:
    """What the journal calls it: names of ours only, whatever the caller wrote."""
    if message.method not in _METHODS:
        return "unknown"
    name = message.params.get("name")
    return f"tools/call {name}" if message.method == "tools/call" and name in tools else message.method
