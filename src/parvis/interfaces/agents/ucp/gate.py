"""The manners of the protocol, the same at every address: who calls, what was agreed, what is signed, what is repeated.

Reading the catalogue is open to every platform with a profile. What touches a buyer (carts, checkouts, orders) takes a
platform that proves who it is: by a signature with a key of its profile, or by a key that this shop has given it. The
operator may let platforms without any keys buy (PARVIS_UNSIGNED_AGENTS); orders are never told to those.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from parvis.core import idempotency, limits
from parvis.core import message_signatures as signatures
from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.core.limits import Allowance
from parvis.core.numbers import whole
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.people.contracts import Agent, Scope
from parvis.interfaces.agents.door import Visit, admitted, by_bearer
from parvis.interfaces.agents.ucp import envelope, negotiation, platforms, problems, reading, releases
from parvis.interfaces.agents.ucp.platforms import Platform
from parvis.interfaces.agents.ucp.reading import Body
from parvis.interfaces.agents.ucp.releases import Release
from parvis.interfaces.agents.ucp.versions import Capability
from parvis.interfaces.operations.address import client_address

log = structlog.get_logger("parvis.ucp")
MOST_BODY = 256 * 1024
MOST_KEY = 255
NEWCOMERS = Allowance("ucp.newcomers", burst=10, per_minute=1)  # platforms met for the first time, a host
WRITES = ("POST", "PUT", "DELETE", "PATCH")


@dataclass(frozen=True, slots=True)
class Operation:
    """What an address does for a method. ``root`` is the capability it needs; ``open``: every platform may;
    ``proven``: only who proved who it is, whatever the settings; ``once``: it changes something, and is repeatable by
    its key; ``outside``: it calls a payment provider, and runs outside of a transaction."""

    name: str
    root: str
    act: "Callable[[Call], tuple[int, dict[str, Any]]]"
    open: bool = False
    proven: bool = False
    once: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One request, when it is known who calls and what was agreed. ``key`` is its Idempotency-Key, or empty."""

    body: Body
    platform: Platform
    common: Mapping[str, Capability]
    agent: Agent | None
    locale: str
    key: str
    at: datetime
    visit: Visit
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def release(self) -> Release:
        return releases.of(self.platform.version)

    @property
    def agent_id(self) -> int | None:
        return self.agent.id if self.agent else None

    def can(self, name: str) -> bool:
        """Whether a capability was agreed on."""
        return name in self.common


def address(**operations: Operation) -> Callable[..., HttpResponse]:
    """A view of the operations at one address, by method (in small letters)."""

    @csrf_exempt
    def view(request: HttpRequest, **where: str) -> HttpResponse:
        operation = operations.get((request.method or "").lower())
        at = now()
        if operation is None:
            body = {"code": "method_not_allowed", "content": f"Use {', '.join(operations).upper()}."}
            answer = envelope.response(405, body, at=at)
            answer["Allow"] = ", ".join(operations).upper()
            return answer
        status, told, retry_after = _answered(request, operation, where, at)
        made = envelope.response(status, told, at=at, retry_after=retry_after)
        patch_vary_headers(made, ["UCP-Agent", "Accept-Language"])
        return made

    return view


def _answered(
    request: HttpRequest, operation: Operation, where: Mapping[str, str], at: datetime
) -> tuple[int, dict[str, Any], int | None]:
    """Status and body, whatever happens, and how long to wait before the next try."""
    gate = _Gate(request, operation, at)
    try:
        with admitted(request, agent=gate.who, protocol="ucp", operation=operation.name) as visit:
            with override(gate.locale):
                status, body = gate.run(visit, where)
            visit.answered(status)
            return status, body, None
    except ParvisError as failed:
        if envelope.is_enveloped(failed):
            return *envelope.failure(gate.release.version, gate.told(), failed), None
        retry = failed.params.get("retry_after")
        return *envelope.refusal(_renamed(failed)), retry if isinstance(retry, int) else None
    except DatabaseError:
        log.exception("a request of a platform met the database in trouble", operation=operation.name)
        # What was done before cannot be looked up: nothing may be done now.
        body = {"code": "unavailable", "content": "This cannot be carried out at present. Nothing was done: try again."}
        return 503, body, 5


def _renamed(failed: ParvisError) -> ParvisError:
    """Errors of the house under the protocol's names."""
    if isinstance(failed, (idempotency.KeyReused, idempotency.InFlight)):
        return problems.IdempotencyConflict()
    if isinstance(failed, (people_queries.AgentSwitchedOff, people.NotLetIn)):
        return problems.ProfileNotTrusted(reason=str(failed).rstrip("."))
    return failed


class _Gate:
    """Finds out who sent a request, and what may be done with it."""

    def __init__(self, request: HttpRequest, operation: Operation, at: datetime) -> None:
        self.request, self.operation, self.at = request, operation, at
        self.release = releases.ROOT
        self.platform: Platform | None = None
        self.common: Mapping[str, Capability] = {}
        self.locale = "en"
        self.body = Body({})

    def told(self) -> dict[str, Any]:
        """The capabilities that an answer declares."""
        return negotiation.relevant(self.common, (self.operation.root,))

    def who(self) -> Agent | None:
        """The agent that calls: met now if it is new, None for an unknown one that only reads."""
        request = self.request
        url = platforms.profile_url(request.headers.get("UCP-Agent"))
        known = people_queries.agent_by_profile(url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        message = self._message(headers, self._raw())
        claims = signatures.claims_of(message) if signatures.is_signed(headers) else []
        stranger = "" if known is not None else client_address(request)
        self.platform = platforms.platform(url, at=self.at, keys={each.kid for each in claims}, stranger=stranger)
        self.release = releases.of(self.platform.version)
        if claims:
            self._verify(message, claims, self.platform)
            return known or self._met(url)
        if "content-digest" in headers and headers["content-digest"] != signatures.digest(message.body):
            raise signatures.DigestMismatch
        if "authorization" in headers and not self.operation.open:
            return self._by_key(known)
        if self.operation.open:
            return known
        if self.operation.proven or self.platform.keys or not settings.UNSIGNED_AGENTS:
            raise signatures.SignatureMissing(header="Signature")
        return known or self._met(url)

    def _by_key(self, owner: Agent | None) -> Agent:
        """The agent of a key that this shop has issued; ``owner`` is the one whose profile is named, if any."""
        agent = by_bearer(self.request, Scope.CHECKOUT_WRITE)
        if agent != owner and (owner is not None or agent.profile_url):
            raise problems.IdentityConflict
        return agent

    def _met(self, url: str) -> Agent:
        host = url.split("/")[2]
        if people_queries.agent_policy().newcomers:
            limits.spend(NEWCOMERS, caller=host, at=self.at)
        name = self.platform.name if self.platform is not None else ""
        return people.meet_agent(profile_url=url, name=name or host, at=self.at)

    def _raw(self) -> bytes:
        if (whole(self.request.headers.get("Content-Length", "")) or 0) > MOST_BODY:
            raise problems.BadRequest(path="$", reason=f"at most {MOST_BODY // 1024} KiB are taken")
        return self.request.body

    def _message(self, headers: Mapping[str, str], raw: bytes) -> signatures.HttpMessage:
        return signatures.HttpMessage(
            headers,
            raw,
            method=self.request.method or "",
            authority=_authority(self.request),
            path=self.request.get_full_path_info().split("?", 1)[0],
            query=self.request.META.get("QUERY_STRING", ""),
        )

    def _verify(self, message: signatures.HttpMessage, claims: Sequence[signatures.Claim], platform: Platform) -> None:
        """One signature that holds is enough. Raises what was wrong with the first."""
        wrong: ParvisError | None = None
        for claim in claims:
            try:
                self._verify_one(message, claim, platform)
            except ParvisError as error:
                wrong = wrong or error
            else:
                return
        raise wrong or signatures.SignatureMissing(header="Signature")

    def _verify_one(self, message: signatures.HttpMessage, claim: signatures.Claim, platform: Platform) -> None:
        jwk = platform.keys.get(claim.kid)
        if jwk is None:
            raise signatures.KeyNotFound(kid=claim.kid[:80])
        required = ["@method", "@authority", "@path", "ucp-agent"]
        required += ["@query"] if message.query else []
        required += [name for name in ("idempotency-key", signatures.AGENT) if name in message.headers]
        required += ["content-digest", "content-type"] if message.body else []
        signatures.verify(message, claim, jwk, required=required, at=self.at)
        if not signatures.first_time(signer=platform.url, claim=claim, at=self.at):
            raise signatures.SignatureInvalid(reason="its nonce was used before")

    def run(self, visit: Visit, where: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Carry the operation out: once, where it changes something."""
        platform = self.platform
        if platform is None:
            raise problems.InvalidProfileUrl(reason="nobody was asked about")
        self.common = negotiation.agreed(platform, root=self.operation.root)
        self.body = self._parsed()
        self.locale = reading.language(self.body, self.request.headers.get("Accept-Language", ""))
        key = self.request.headers.get("Idempotency-Key", "")
        if len(key) > MOST_KEY:
            raise problems.BadRequest(path="$", reason=f"an Idempotency-Key has at most {MOST_KEY} characters")
        call = Call(self.body, platform, self.common, visit.agent, self.locale, key, self.at, visit, where)

        def act() -> idempotency.Answer:
            with override(self.locale):
                status, told = self._carried_out(call)
            return idempotency.Answer(status=status, body=told)

        if not self.operation.once or not key:
            answer = act()
            return answer.status, answer.body
        caller = visit.agent_id or platform.url
        scope = f"ucp:{caller}:{self.request.method}:{self.request.path}"[:200]
        once = idempotency.once_outside if self.operation.outside else idempotency.once
        mark = self.release.fingerprint(self.request.body, self.body.value)
        answer = once(scope=scope, key=key, body=mark, at=self.at, act=act)
        return answer.status, answer.body

    def _carried_out(self, call: Call) -> tuple[int, dict[str, Any]]:
        """A business outcome is an answer like any other: it is kept, and told again to a repeated request."""
        try:
            if self.operation.once and not self.operation.outside:
                with transaction.atomic():  # an outcome that makes nothing leaves nothing behind
                    status, told = self.operation.act(call)
            else:
                status, told = self.operation.act(call)
        except envelope.Failed as failed:
            call.visit.error(failed.told)
            return envelope.failure(self.release.version, self.told(), failed)
        handlers = told.pop("payment_handlers", None)
        ucp = envelope.metadata(self.release.version, self.told(), handlers=handlers)
        return status, {"ucp": ucp, **told}

    def _parsed(self) -> Body:
        if self.request.method not in WRITES or not self.request.body:
            return Body({})
        if self.request.content_type != envelope.JSON:
            raise problems.BadRequest(path="$", reason="send the body as application/json")
        try:
            value = json.loads(self.request.body)
        except (ValueError, RecursionError) as error:
            raise problems.BadRequest(path="$", reason="the body is not JSON") from error
        return Body(value if value is not None else {})


def _authority(request: HttpRequest) -> str:
    """The host as the standard writes it: small letters, without the port that goes without saying."""
    host = request.get_host().lower()
    return host.removesuffix(":443" if request.is_secure() else ":80")
