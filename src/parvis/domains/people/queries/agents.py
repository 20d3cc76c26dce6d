"""Reads of programs: shopping agents, and keys of programs."""

import hmac
from datetime import datetime, timedelta

from parvis.core import prepared, sealed
from parvis.core.errors import ParvisError
from parvis.core.prepared import Given
from parvis.domains.people import contracts, models, rules
from parvis.domains.people.contracts import Scope

_TOUCH_EVERY = timedelta(minutes=1)


class AgentSwitchedOff(ParvisError):
    """The brand has stopped this agent."""

    code = "agent_stopped"
    status = 403
    template = "The shop has stopped this agent. Its requests are not answered."


class AgentsSwitchedOff(ParvisError):
    """The brand has stopped all agents."""

    code = "agents_stopped"
    status = 503
    template = "The shop takes no requests from agents at present."


def agent(agent_id: int) -> contracts.Agent | None:
    """The agent, or None."""
    row = models.Agent.objects.filter(id=agent_id).first()
    return as_agent(row) if row else None


def agent_by_key(key: str) -> contracts.Agent | None:
    """The agent that goes by this name."""
    row = models.Agent.objects.filter(key=key).first()
    return as_agent(row) if row else None


def agent_by_profile(url: str) -> contracts.Agent | None:
    """The agent with this profile, whatever the capitals of its host; None for what cannot be an address."""
    cleaned = rules.clean_profile(url)
    row = _BY_PROFILE.first(profile_url=cleaned) if cleaned else None
    return as_agent(row) if row else None


_BY_PROFILE = prepared.Select(lambda: models.Agent.objects.filter(profile_url=Given("profile_url")).order_by("id")[:1])


def agent_by_token(secret: str, *, at: datetime) -> contracts.Agent | None:
    """The agent whose key this is; None when it is nobody's, no agent's, revoked or expired. See :func:`token`."""
    known = token(secret, at=at)
    return known.agent if known else None


def signing_secret(agent_id: int) -> str:
    """The secret with which this agent signs its requests; empty when it has none. Raises sealed.CannotUnseal."""
    kept = models.Agent.objects.filter(id=agent_id).values_list("sealed_secret", flat=True).first()
    return sealed.unseal(kept, purpose=rules.SIGNING) if kept else ""


def agents() -> tuple[contracts.Agent, ...]:
    """All agents by name."""
    return tuple(as_agent(row) for row in models.Agent.objects.order_by("name", "id"))


_POLICY = prepared.Select(lambda: models.AgentPolicy.objects.filter(id=1))


def agent_policy() -> contracts.AgentPolicy:
    """The brand's word on all agents together. One statement."""
    row = _POLICY.first()
    if row is None:
        return contracts.AgentPolicy()
    return contracts.AgentPolicy(newcomers=row.newcomers, stopped_at=row.stopped_at, stop_reason=row.stop_reason)


def require_running(agent: contracts.Agent | None) -> None:
    """Raises :class:`AgentsSwitchedOff` while all agents are stopped, :class:`AgentSwitchedOff` while this one is.

    ``agent`` must be freshly read: the switch counts from the next request. None: a caller who did not say who it is.
    """
    if agent is not None and agent.stopped:
        raise AgentSwitchedOff
    if agent_policy().stopped_at is not None:
        raise AgentsSwitchedOff


def agent_tokens(agent_id: int) -> tuple[contracts.Token, ...]:
    """The keys of one agent, live ones first, newest first."""
    rows = models.ApiToken.objects.select_related("created_by", "agent").filter(agent_id=agent_id).order_by("-id")
    return tuple(sorted((as_token(row) for row in rows), key=lambda token: token.revoked_at is not None))


_TOKEN = prepared.Select(
    lambda: models.ApiToken.objects.select_related("created_by", "agent").filter(digest=Given("digest"))
)


def token(secret: str, *, at: datetime) -> contracts.Token | None:
    """The token with this secret, unless revoked or expired. Its use is noted, at most once a minute.

    Found by the hash of the secret, and compared in constant time: how long it takes says nothing of the secret.
    """
    digest = rules.digest(secret)
    row = _TOKEN.first(digest=digest)
    if row is None or not hmac.compare_digest(row.digest, digest):
        return None
    if row.revoked_at or (row.expires_at and row.expires_at <= at) or not row.created_by.is_active:
        return None
    if row.last_used_at is None or row.last_used_at < at - _TOUCH_EVERY:
        models.ApiToken.objects.filter(id=row.id).update(last_used_at=at)
    return as_token(row)


def tokens() -> tuple[contracts.Token, ...]:
    """All tokens, live ones first, newest first."""
    rows = models.ApiToken.objects.select_related("created_by", "agent").order_by("-id")
    found = [as_token(row) for row in rows]
    return tuple(sorted(found, key=lambda token: token.revoked_at is not None))


def as_agent(row: models.Agent) -> contracts.Agent:
    return contracts.Agent(
        id=row.id,
        key=row.key,
        name=row.name,
        profile_url=row.profile_url,
        created_at=row.created_at,
        stopped_at=row.stopped_at,
        stop_reason=row.stop_reason,
        burst=row.burst,
        per_minute=row.per_minute,
        signs=bool(row.sealed_secret),
        provenance=row.provenance,
    )


def as_token(row: models.ApiToken) -> contracts.Token:
    return contracts.Token(
        id=row.id,
        name=row.name,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        account_id=row.created_by_id,
        prefix=row.prefix,
        created_by=row.created_by.get_full_name(),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        agent=as_agent(row.agent) if row.agent else None,
    )
