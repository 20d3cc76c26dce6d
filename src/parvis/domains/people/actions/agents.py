"""Let shopping agents in, give them keys, and switch them off: at once, with a reason, on the trail."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from parvis.core import outbox, sealed
from parvis.core.errors import Conflict, Invalid, NotFound, ParvisError
from parvis.domains.people import contracts, queries, rules
from parvis.domains.people.actions.audit import note
from parvis.domains.people.actions.tokens import issue_token
from parvis.domains.people.contracts import Scope
from parvis.domains.people.models import Agent, AgentPolicy

AGENT_SCOPES = (Scope.CHECKOUT_READ, Scope.CHECKOUT_WRITE, Scope.CATALOG_READ, Scope.EVIDENCE_READ, Scope.ASSISTANT_ASK)
MOST_BURST = 10_000
MOST_PER_MINUTE = 100_000
SHORTEST_SECRET, LONGEST_SECRET = 16, 200


class NotLetIn(ParvisError):
    """An agent that nobody registered, while the brand lets no newcomers in."""

    code = "agent_not_registered"
    status = 403
    template = "The shop only answers agents that it has registered."


@transaction.atomic
def register_agent(
    *,
    name: str,
    key: str = "",
    profile_url: str | None = None,
    actor_id: int | None = None,
    provenance: Mapping[str, str] | None = None,
    at: datetime,
) -> contracts.Agent:
    """A new agent; ``key`` is made of the name where none is given. Raises :class:`Invalid` without a name or for an
    impossible profile, :class:`Conflict` when the key or the profile is another agent's."""
    if not name.strip():
        raise Invalid(field="name", problem="say what the agent is called")
    cleaned = rules.clean_profile(profile_url) if profile_url else None
    if profile_url and cleaned is None:
        raise Invalid(field="profile_url", problem="give the address of its profile")
    if cleaned and Agent.objects.filter(profile_url=cleaned).exists():
        raise Conflict(reason="another agent has this profile")
    wanted = rules.agent_key(key or name)
    if Agent.objects.filter(key=wanted).exists():
        if key:
            raise Conflict(reason="another agent has this key")
        wanted = rules.agent_key(name, apart=f"{cleaned or ''} {at.isoformat()}")
    try:
        with transaction.atomic():
            row = Agent.objects.create(
                key=wanted,
                name=name.strip()[:120],
                profile_url=cleaned,
                provenance=dict(provenance or {}),
                created_at=at,
            )
    except IntegrityError as error:
        raise Conflict(reason="another agent was registered at this moment") from error
    detail = {"name": row.name, "key": row.key}
    note(actor_id=actor_id, verb="agent.registered", subject_kind="agent", subject_id=row.pk, detail=detail, at=at)
    return queries.as_agent(row)


def meet_agent(*, profile_url: str, name: str = "", at: datetime) -> contracts.Agent:
    """The agent with this profile, registered now if it comes for the first time: call it once its signature has been
    checked against the profile. Two first requests at once make one agent. Raises :class:`NotLetIn` for a newcomer
    while the brand lets none in, :class:`Invalid` for an impossible address."""
    known = queries.agent_by_profile(profile_url)
    if known is not None:
        return known
    if rules.clean_profile(profile_url) is None:
        raise Invalid(field="profile_url", problem="give the address of its profile")
    if not queries.agent_policy().newcomers:
        raise NotLetIn
    try:
        return register_agent(name=name.strip() or rules.host_of(profile_url), profile_url=profile_url, at=at)
    except Conflict:
        known = queries.agent_by_profile(profile_url)
        if known is None:
            raise
        return known


@transaction.atomic
def stop_agent(*, agent_id: int, reason: str, actor_id: int | None = None, at: datetime) -> contracts.Agent:
    """From now on none of its requests is answered; ``reason`` is for the team and is told to nobody outside.
    Doing it twice is harmless. Raises :class:`NotFound`, :class:`Invalid` without a reason."""
    said = _reason(reason)
    row = _held(agent_id)
    if row.stopped_at is None:
        row.stopped_at, row.stop_reason = at, said
        row.save(update_fields=["stopped_at", "stop_reason"])
        _tell(row, "agent.stopped", {"reason": said}, actor_id=actor_id, at=at)
        outbox.publish(contracts.AgentStopped(agent_id=row.pk), at=at)
    return queries.as_agent(row)


@transaction.atomic
def resume_agent(*, agent_id: int, actor_id: int | None = None, at: datetime) -> contracts.Agent:
    """The agent may come in again. Raises :class:`NotFound`."""
    row = _held(agent_id)
    if row.stopped_at is not None:
        row.stopped_at, row.stop_reason = None, ""
        row.save(update_fields=["stopped_at", "stop_reason"])
        _tell(row, "agent.resumed", {}, actor_id=actor_id, at=at)
        outbox.publish(contracts.AgentResumed(agent_id=row.pk), at=at)
    return queries.as_agent(row)


@transaction.atomic
def stop_all_agents(*, reason: str, actor_id: int | None = None, at: datetime) -> None:
    """The one switch: no request of any agent is answered, whoever it is. Raises :class:`Invalid` without a reason."""
    said = _reason(reason)
    row = _policy(at)
    if row.stopped_at is None:
        row.stopped_at, row.stop_reason, row.updated_at = at, said, at
        row.save()
        note(
            actor_id=actor_id,
            verb="agents.stopped",
            subject_kind="agents",
            subject_id="all",
            detail={"reason": said},
            at=at,
        )
        outbox.publish(contracts.AgentStopped(agent_id=None), at=at)


@transaction.atomic
def resume_all_agents(*, actor_id: int | None = None, at: datetime) -> None:
    """Agents may come in again, but for those that are stopped themselves."""
    row = _policy(at)
    if row.stopped_at is not None:
        row.stopped_at, row.stop_reason, row.updated_at = None, "", at
        row.save()
        note(actor_id=actor_id, verb="agents.resumed", subject_kind="agents", subject_id="all", at=at)
        outbox.publish(contracts.AgentResumed(agent_id=None), at=at)


@transaction.atomic
def welcome_newcomers(*, welcome: bool, actor_id: int | None = None, at: datetime) -> None:
    """Whether an agent that nobody registered may come in by its signed profile."""
    row = _policy(at)
    if row.newcomers != welcome:
        row.newcomers, row.updated_at = welcome, at
        row.save()
        verb = "agents.opened" if welcome else "agents.closed"
        note(actor_id=actor_id, verb=verb, subject_kind="agents", subject_id="all", at=at)


@transaction.atomic
def set_agent_allowance(
    *, agent_id: int, burst: int, per_minute: int, actor_id: int | None = None, at: datetime
) -> contracts.Agent:
    """How much it may ask: ``burst`` requests at once, ``per_minute`` in the long run. Counts from its next request.
    Raises :class:`NotFound`, and :class:`Invalid` outside 1 to 10,000 and 1 to 100,000."""
    for field, given, most in (("burst", burst, MOST_BURST), ("per_minute", per_minute, MOST_PER_MINUTE)):
        if not 1 <= given <= most:
            raise Invalid(field=field, problem=f"between 1 and {most}")
    row = _held(agent_id)
    if (row.burst, row.per_minute) != (burst, per_minute):
        row.burst, row.per_minute = burst, per_minute
        row.save(update_fields=["burst", "per_minute"])
        _tell(row, "agent.allowance_set", {"burst": burst, "per_minute": per_minute}, actor_id=actor_id, at=at)
    return queries.as_agent(row)


@transaction.atomic
def set_agent_signing(*, agent_id: int, secret: str = "", actor_id: int | None = None, at: datetime) -> str:
    """From its next request on the agent must sign, with ``secret`` or one that is made now; the answer is that secret.
    One that it had before counts no more. Raises :class:`NotFound`, :class:`Invalid` for a secret that is too short."""
    chosen = secret.strip() or secrets.token_urlsafe(32)
    if not SHORTEST_SECRET <= len(chosen) <= LONGEST_SECRET:
        raise Invalid(field="secret", problem=f"between {SHORTEST_SECRET} and {LONGEST_SECRET} characters")
    row = _held(agent_id)
    row.sealed_secret = sealed.seal(chosen, purpose=rules.SIGNING)
    row.save(update_fields=["sealed_secret"])
    _tell(row, "agent.signing_set", {}, actor_id=actor_id, at=at)
    return chosen


@transaction.atomic
def drop_agent_signing(*, agent_id: int, actor_id: int | None = None, at: datetime) -> None:
    """The agent need not sign any more. Doing it twice is harmless. Raises :class:`NotFound`."""
    row = _held(agent_id)
    if row.sealed_secret:
        row.sealed_secret = ""
        row.save(update_fields=["sealed_secret"])
        _tell(row, "agent.signing_dropped", {}, actor_id=actor_id, at=at)


def issue_agent_key(
    *,
    agent_id: int,
    account_id: int,
    name: str = "",
    scopes: Iterable[Scope] = AGENT_SCOPES,
    expires_at: datetime | None = None,
    at: datetime,
) -> tuple[contracts.Token, str]:
    """A key of this agent and its secret, which nobody can read again. Raises :class:`NotFound`."""
    known = queries.agent(agent_id)
    if known is None:
        raise NotFound(kind="agent", key=agent_id)
    return issue_token(
        name=name.strip() or known.name,
        scopes=scopes,
        account_id=account_id,
        agent_id=agent_id,
        expires_at=expires_at,
        at=at,
    )


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(field="reason", problem="say why, for the team")
    return reason.strip()[:200]


def _held(agent_id: int) -> Agent:
    row = Agent.objects.select_for_update().filter(id=agent_id).first()
    if row is None:
        raise NotFound(kind="agent", key=agent_id)
    return row


def _policy(at: datetime) -> AgentPolicy:
    AgentPolicy.objects.get_or_create(id=1, defaults={"updated_at": at})
    return AgentPolicy.objects.select_for_update().get(id=1)


def _tell(row: Agent, verb: str, detail: Mapping[str, object], *, actor_id: int | None, at: datetime) -> None:
    said = {"name": row.name, **detail}
    note(actor_id=actor_id, verb=verb, subject_kind="agent", subject_id=row.pk, detail=said, at=at)
