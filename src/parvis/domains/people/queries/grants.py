"""Reads of what customers have allowed assistants."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from parvis.domains.people import contracts, models, rules
from parvis.domains.people.contracts import GrantScope
from parvis.domains.people.queries.agents import as_agent

_TOUCH_EVERY = timedelta(minutes=1)


def access(secret: str, *, resource: str, at: datetime) -> contracts.Access | None:
    """What an access token stands for at ``resource`` now; None when it is unknown, expired, withdrawn, meant for
    another resource, or its account is closed. Read anew each time: what was revoked stops at once."""
    row = (
        models.GrantSecret.objects.select_related("grant__assistant__agent", "grant__account__customer")
        .filter(digest=rules.digest(secret), kind="access")
        .first()
    )
    if row is None or row.expires_at <= at or row.resource != resource:
        return None
    grant = row.grant
    agent = grant.assistant.agent
    if grant.revoked_at is not None or agent is None or not grant.account.is_active:
        return None
    if grant.last_used_at is None or grant.last_used_at < at - _TOUCH_EVERY:
        models.Grant.objects.filter(id=grant.id).update(last_used_at=at)
    customer = getattr(grant.account, "customer", None)
    return contracts.Access(
        grant_id=grant.id,
        account_id=grant.account_id,
        customer_id=customer.id if customer is not None else None,
        agent=as_agent(agent),
        # what the token was given, as far as it is still allowed
        scopes=scopes_of(row.scopes) & scopes_of(grant.scopes),
        expires_at=row.expires_at,
    )


def assistant(client_id: str) -> contracts.Assistant | None:
    """The program of this client id, as far as it is known."""
    row = models.Assistant.objects.filter(client_id=client_id[:500]).first()
    return as_assistant(row) if row else None


def grants(account_id: int) -> tuple[contracts.Grant, ...]:
    """What an account allows now, newest first."""
    rows = models.Grant.objects.select_related("assistant").filter(account_id=account_id, revoked_at=None)
    return tuple(as_grant(row) for row in rows.order_by("-granted_at", "-id"))


def grant_counts(agent_ids: Iterable[int]) -> dict[int, int]:
    """How many customers allow each agent something now. One statement."""
    from django.db.models import Count

    rows = models.Grant.objects.filter(revoked_at=None, assistant__agent_id__in=list(agent_ids))
    return dict(rows.values_list("assistant__agent_id").annotate(count=Count("id")))


def scopes_of(stored: Iterable[str]) -> frozenset[GrantScope]:
    """Scopes from their words; those that are no longer known allow nothing."""
    known = {each.value for each in GrantScope}
    return frozenset(GrantScope(each) for each in stored if each in known)


def as_assistant(row: models.Assistant) -> contracts.Assistant:
    return contracts.Assistant(
        id=row.id,
        client_id=row.client_id,
        name=row.name,
        home=row.home,
        redirects=tuple(row.redirects),
        described=row.described,
        agent_id=row.agent_id,
        created_at=row.created_at,
        fresh_until=row.fresh_until,
    )


def as_grant(row: models.Grant) -> contracts.Grant:
    return contracts.Grant(
        id=row.id,
        account_id=row.account_id,
        assistant=as_assistant(row.assistant),
        scopes=scopes_of(row.scopes),
        granted_at=row.granted_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
