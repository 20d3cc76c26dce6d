"""The manners of the protocol, the same at every address: headers, versions, errors and repeats.

An address is a table of :class:`Operation` by method; :func:`address` makes a view of it. An operation gets a
:class:`Call`, whose body already fits the published schema, and gives an :class:`~parvis.core.idempotency.Answer`.
"""

import hashlib
import hmac
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import structlog
from django.conf import settings
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from psycopg_pool import PoolTimeout

from parvis.core import idempotency
from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound, ParvisError
from parvis.core.idempotency import Answer
from parvis.core.numbers import whole
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Agent, Scope
from parvis.interfaces.agents.acp import VERSIONS, asked, messages, schemas, signatures
from parvis.interfaces.agents.acp.schemas import Refused
from parvis.interfaces.agents.door import Visit, admitted, by_bearer

log = structlog.get_logger("parvis.agents.acp")
LARGEST_BODY = 128 * 1024
DEEPEST = 30
LONGEST_KEY = 255
LONGEST_ID = 100
TOO_MANY = 429
RETRY_SECONDS = 2
BUSY_SECONDS = 3
_CREDIT = "affiliate_attribution"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What one method of one address does. ``name`` for the journal; ``asks`` is the schema (file, definition) of the
    body, None where there is none; ``repeatable``: it needs no Idempotency-Key; ``outside``: it calls a payment
    provider, hence runs outside of a transaction; ``secret``: the body holds a card, of which no trace is kept."""

    name: str
    act: Callable[..., Answer]
    asks: tuple[str, str] | None = None
    repeatable: bool = False
    outside: bool = False
    secret: bool = False
    scope: Scope = Scope.CHECKOUT_WRITE


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request as the operations see it. ``counts`` are the quantities of its items; ``locale`` "en" or "fr": a
    session that is opened keeps it to its end."""

    agent: Agent
    visit: Visit
    at: datetime
    locale: str
    key: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    counts: tuple[int, ...] = ()

    def met(self, session: str) -> None:
        """The journal is told which session it was about."""
        self.visit.session = session


def address(operations: Mapping[str, Operation]) -> Callable[..., HttpResponse]:
    """A view that answers to the methods of ``operations``."""

    def view(request: HttpRequest, **kwargs: str) -> HttpResponse:
        operation = operations.get(request.method or "")
        if operation is None:
            problem = f"this address answers to {', '.join(operations)}"
            answer = refusal(Refused(problem=problem, word="method_not_allowed", status=405))
            answer["Allow"] = ", ".join(operations)
        else:
            answer = _attempt(request, operation, kwargs)
        return _echoed(request, answer)

    return cast(Callable[..., HttpResponse], csrf_exempt(view))


def _attempt(request: HttpRequest, operation: Operation, kwargs: Mapping[str, str]) -> HttpResponse:
    try:
        with admitted(
            request, agent=lambda: by_bearer(request, operation.scope), protocol="acp", operation=operation.name
        ) as visit:
            answer = _answered(request, operation, visit, kwargs)
            visit.answered(answer.status)
            if answer.status >= 400:
                visit.error(str(answer.body.get("code", "")), where=str(answer.body.get("param", "")))
    except ParvisError as error:
        if error.status >= 500:
            log.exception("expected failure", code=error.code)
        return refusal(error)
    except OperationalError as error:
        if isinstance(error.__cause__, PoolTimeout):
            return refusal(Refused(problem="the shop is very busy", word="busy", status=503), retry_after=BUSY_SECONDS)
        return _broken(operation)
    except Exception:  # noqa: BLE001 - whatever fails, a program is told so in the form it can read
        return _broken(operation)
    response = _json(answer.body, status=answer.status)
    if answer.replayed:
        response["Idempotent-Replayed"] = "true"
    return response


def _broken(operation: Operation) -> HttpResponse:
    log.exception("unexpected failure", operation=operation.name)
    return refusal(Refused(problem="something went wrong on our side; try again", word="internal", status=500))


def _answered(request: HttpRequest, operation: Operation, visit: Visit, kwargs: Mapping[str, str]) -> Answer:
    at = now()
    agent = cast(Agent, visit.agent)
    _check_version(request)
    _check_clock(request, at)
    raw = _raw(request)
    if agent.signs:
        signatures.verify(request.headers, raw, secret=people.signing_secret(agent.id), at=at)
    if any(len(value) > LONGEST_ID or not value.isprintable() for value in kwargs.values()):
        raise NotFound(kind="resource", key="this id")
    key = "" if operation.repeatable else _key(request)
    body = _body(request, raw) if operation.asks is not None or not operation.repeatable else {}
    given = body
    counts: tuple[int, ...] = ()
    if operation.asks is not None:
        given, counts = asked.quantities(body)
        # whom a sale is credited to must never stand in its way: asked.attribution looks at it
        schemas.check(*operation.asks, {name: value for name, value in given.items() if name != _CREDIT})
    language = str(given.get("locale") or request.headers.get("Accept-Language", ""))[:40]
    locale = "fr" if language.lower().startswith("fr") else "en"
    call = Call(
        agent=agent,
        visit=visit,
        at=at,
        locale=locale,
        key=key,
        body=given,
        counts=counts,
    )
    with override(locale):
        if operation.repeatable:
            return operation.act(call, **kwargs)
        return _once(request, operation, call, body, kwargs)


def _once(
    request: HttpRequest, operation: Operation, call: Call, body: Mapping[str, Any], kwargs: Mapping[str, str]
) -> Answer:
    """A write, kept under the caller, the address and its key. A refusal is an answer too: it is given again, but for
    those that ask to come again later."""

    def act() -> Answer:
        try:
            if operation.outside:
                return operation.act(call, **kwargs)
            with transaction.atomic():
                return operation.act(call, **kwargs)
        except ParvisError as error:
            if error.status >= 500 or error.status == TOO_MANY:
                raise
            return Answer(status=error.status, body=document(error))

    keep = idempotency.once_outside if operation.outside else idempotency.once
    mark = _sealed_mark(body) if operation.secret else body
    scope = f"acp {call.agent.id} {request.method} {request.path}"
    return keep(scope=scope, key=call.key, body=mark, at=call.at, act=act)


def _sealed_mark(body: Mapping[str, Any]) -> str:
    """A digest that nobody can guess a card number from."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hmac.new(settings.SECRET_KEY.encode(), f"acp secret body\0{text}".encode(), hashlib.sha256).hexdigest()


# -- reading ------------------------------------------------------------------------------------------------------


class WrongVersion(Refused):
    """No version, or none that is spoken here."""


def _check_version(request: HttpRequest) -> None:
    given = request.headers.get("API-Version", "")
    if not given:
        raise WrongVersion(problem="the API-Version header is required", word="missing_api_version")
    if given not in VERSIONS:
        raise WrongVersion(problem="this API-Version is not supported", word="unsupported_api_version")


def _check_clock(request: HttpRequest, at: datetime) -> None:
    """A request that says when it was made was made within five minutes."""
    given = request.headers.get("Timestamp")
    if given is None:
        return
    try:
        told = datetime.fromisoformat(given)
        apart = abs(told - at)
    except (ValueError, TypeError, OverflowError):
        raise Refused(problem="Timestamp must be an RFC 3339 date and time", word="invalid_timestamp") from None
    if apart > signatures.SKEW:
        raise Refused(problem="Timestamp is more than five minutes from now", word="stale_timestamp")


def _key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Refused(problem="Idempotency-Key header is required", word="idempotency_key_required")
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Refused(problem="Idempotency-Key must be at most 255 printable characters", word="invalid")
    return key


def _raw(request: HttpRequest) -> bytes:
    """The body as it was sent. Raises :class:`Refused` for one that is too large."""
    told = whole(request.META.get("CONTENT_LENGTH") or "0")
    if told is not None and told <= LARGEST_BODY:
        raw: bytes = request.read(LARGEST_BODY + 1)
        if len(raw) <= LARGEST_BODY:
            return raw
    raise Refused(problem="the body is too large", word="too_large", status=413)


def _body(request: HttpRequest, raw: bytes) -> Mapping[str, Any]:
    """The JSON object of a request; none at all is an empty one. Raises :class:`Refused`."""
    if not raw:
        return {}
    if request.content_type != "application/json":
        raise Refused(problem="send application/json", word="unsupported_media_type", status=415)
    try:
        body = json.loads(raw, parse_float=_number, parse_constant=_refuse_constant)
        text = json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refused(problem="the body is not JSON", word="invalid_json") from None
    if b"\\u0000" in text:
        raise Refused(problem="the body holds a character that cannot be kept", word="invalid_json")
    if not isinstance(body, dict):
        raise Refused(problem="the body must be an object", param="$")
    if _deeper(body, DEEPEST):
        raise Refused(problem="the body is nested too deeply", param="$")
    return body


def _deeper(body: Any, most: int) -> bool:
    """Whether there is more than ``most`` levels of objects and arrays inside one another."""
    level = [body]
    for _step in range(most + 1):
        level = [each for each in level if isinstance(each, (dict, list))]
        if not level:
            return False
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return True


def _number(text: str) -> float | int:
    """1.0 is 1: the protocol compares bodies by their meaning."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return int(number) if number.is_integer() else number


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


# -- answering ----------------------------------------------------------------------------------------------------


def document(error: ParvisError) -> dict[str, Any]:
    """The flat error of the protocol."""
    kind = "invalid_request" if error.status < 500 else "processing_error"
    if error.status in (502, 503):
        kind = "service_unavailable"
    told: dict[str, Any] = {"type": kind, "code": error.code, "message": str(error)}
    if error.params.get("param"):
        told["param"] = error.params["param"]
    elif isinstance(error, Invalid):
        told["param"] = messages.field(str(error.params.get("field", "")))
    if isinstance(error, WrongVersion):
        told["supported_versions"] = list(VERSIONS)
    return told


def refusal(error: ParvisError, *, retry_after: int | None = None) -> HttpResponse:
    """An error as the protocol writes it, with the headers that belong to it."""
    response = _json(document(error), status=error.status)
    if isinstance(error, idempotency.InFlight):
        retry_after = RETRY_SECONDS
    wait = retry_after or error.params.get("retry_after")
    if wait:
        response["Retry-After"] = str(wait)
    if error.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _json(body: Any, *, status: int) -> HttpResponse:
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    response["API-Version"] = VERSIONS[0]
    return response


def _echoed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What the caller named its request comes back, where a header can hold it."""
    for name in ("Idempotency-Key", "Request-Id"):
        given = request.headers.get(name, "")
        if given and len(given) <= LONGEST_KEY and given.isascii() and given.isprintable():
            response[name] = given
    return response
