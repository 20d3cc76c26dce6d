"""The one gate for programs that shop, whatever protocol they speak.

Every operation of a protocol is wrapped in it::

    with admitted(request, agent=lambda: by_bearer(request, Scope.CHECKOUT_WRITE),
                  protocol="acp", operation="create_session") as visit:
        session = ...                   # visit.agent is who calls
        visit.session = session.token   # the journal keeps a hash of it
        visit.answered(201)             # or visit.error("missing", status=422, where="items[0].id")

It slows down who asks too much, finds out who calls, refuses who is stopped, and writes a line into the journal. What
it refuses it raises as :class:`ParvisError` (each protocol gives it its own form); what fails inside passes through it
and is noted with its code. Wrap it around the transaction, never inside one: what is noted must stay when the rest is
undone.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from django.db import DatabaseError
from django.http import Http404, HttpRequest

from parvis.connectors.agents import journal
from parvis.core import limits
from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.core.limits import Allowance
from parvis.domains.people import queries
from parvis.domains.people.contracts import Agent, Scope
from parvis.interfaces.operations.address import client_address

log = structlog.get_logger("parvis.agents")
FROM_ONE_ADDRESS = Allowance("agents-address", burst=600, per_minute=6000)
ANONYMOUS = Allowance("agents-anonymous", burst=60, per_minute=300)
WRONG_KEYS = Allowance("agents-wrong-key", burst=20, per_minute=30)


class KeyRequired(ParvisError):
    """No key, or none that is known (any more)."""

    code = "unauthorised"
    status = 401
    template = "Give the key that the shop has issued: Authorization: Bearer …"


class NoAgentsKey(ParvisError):
    """A key of the brand's own programs."""

    code = "not_an_agent"
    status = 403
    template = "This key belongs to no shopping agent. The shop issues such keys in its studio, under Agents."


class ScopeMissing(ParvisError):
    """``scope`` is what the key lacks."""

    code = "scope_missing"
    status = 403
    template = "This key lacks the scope %(scope)s."


@dataclass
class Visit:
    """One request, as the journal will tell of it. ``agent`` is who calls, None for who did not say."""

    protocol: str
    operation: str
    agent: Agent | None = None
    session: str = ""
    status: int = 200
    code: str = ""
    where: str = ""

    @property
    def agent_id(self) -> int | None:
        return self.agent.id if self.agent else None

    def answered(self, status: int) -> None:
        """The HTTP status that is being answered."""
        self.status = status

    def error(self, code: str, *, status: int | None = None, where: str = "") -> None:
        """What was wrong, by its code, and where in the request. An outcome that is told with HTTP 200 has a code all
        the same. Never put what the caller wrote into them."""
        self.code, self.where = code, where
        if status is not None:
            self.status = status


Who = Agent | None | Callable[[], Agent | None]


@contextmanager
def admitted(request: HttpRequest, *, agent: Who, protocol: str, operation: str) -> Iterator[Visit]:
    """Let one request in and write it down; see above. ``agent``: who calls, freshly read, or what finds it out (so
    that a wrong key is noted too); None lets an unknown caller in, as reading tools do.

    Raises :class:`~parvis.core.limits.TooMany`, what ``agent`` raises, and
    :class:`~parvis.domains.people.queries.AgentSwitchedOff` or ``AgentsSwitchedOff`` at once when a person has
    stopped it, since both are read anew for each request.
    """
    with noted(Visit(protocol=protocol, operation=operation)) as visit:
        limits.spend(FROM_ONE_ADDRESS, caller=client_address(request), at=now())
        visit.agent = agent() if callable(agent) else agent
        allow(request, visit.agent)
        yield visit


@contextmanager
def noted(visit: Visit, *, only_errors: bool = False) -> Iterator[Visit]:
    """The journal alone, for a door that lets people's programs in too and asks :func:`allow` for agents itself."""
    began = time.perf_counter()
    try:
        yield visit
    except ParvisError as error:
        field = error.params.get("field")
        visit.error(error.code, status=error.status, where=str(field) if field else visit.where)
        raise
    except Http404:
        visit.error("not_found", status=404)
        raise
    except Exception:
        visit.error("internal", status=500)
        raise
    finally:
        if visit.code or not only_errors:
            _write_down(visit, milliseconds=round((time.perf_counter() - began) * 1000))


def by_bearer(request: HttpRequest, needs: Scope) -> Agent:
    """The agent whose key is in the Authorization header. Raises :class:`KeyRequired`, :class:`NoAgentsKey`,
    :class:`ScopeMissing`, and TooMany for who tries many keys."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    at = now()
    known = queries.token(secret.strip(), at=at) if kind.lower() == "bearer" else None
    if known is None:
        limits.spend(WRONG_KEYS, caller=client_address(request), at=at)
        raise KeyRequired
    if known.agent is None:
        raise NoAgentsKey
    if needs not in known.scopes:
        raise ScopeMissing(scope=needs.value)
    return known.agent


def allow(request: HttpRequest, agent: Agent | None) -> None:
    """Raise :class:`~parvis.domains.people.queries.AgentSwitchedOff` or ``AgentsSwitchedOff`` while a person has
    stopped it, and TooMany beyond its allowance."""
    queries.require_running(agent)
    if agent is None:
        limits.spend(ANONYMOUS, caller=client_address(request), at=now())
    else:
        own = Allowance("agents", burst=agent.burst, per_minute=agent.per_minute)
        limits.spend(own, caller=str(agent.id), at=now())


def _write_down(visit: Visit, *, milliseconds: int) -> None:
    """A journal that cannot be written must not turn an answer into a failure."""
    try:
        journal.note(
            agent_id=visit.agent_id,
            protocol=visit.protocol,
            operation=visit.operation,
            session=visit.session,
            status=visit.status,
            error=visit.code,
            where=visit.where,
            milliseconds=milliseconds,
            at=now(),
        )
    except DatabaseError:
        log.warning("a request of an agent could not be noted", protocol=visit.protocol, exc_info=True)
