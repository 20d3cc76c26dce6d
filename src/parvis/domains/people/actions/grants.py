"""Customers allow assistants something, and take it back; codes and tokens of OAuth, of which only hashes are kept."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from parvis.core.errors import Conflict, Invalid, NotFound, ParvisError
from parvis.domains.people import contracts, queries, rules
from parvis.domains.people.actions.agents import NotLetIn, meet_agent, register_agent
from parvis.domains.people.contracts import GrantScope
from parvis.domains.people.models import Assistant, Grant, GrantSecret

CODE_LIVES = timedelta(minutes=1)
ACCESS_LIVES = timedelta(minutes=30)
REFRESH_LIVES = timedelta(days=30)
_MARKS = {"code": "ac_", "access": "at_", "refresh": "rt_"}


class NotProven(ParvisError):
    """A code or token that is unknown, used, expired, or another program's."""

    code = "invalid_grant"
    status = 400
    template = "The code or token is not valid, or no longer."


def remember_assistant(
    *,
    client_id: str,
    name: str,
    redirects: Sequence[str],
    home: str = "",
    described: bool = False,
    fresh_until: datetime | None = None,
    at: datetime,
) -> contracts.Assistant:
    """A program that may ask; the same ``client_id`` again takes over what its document says now. Raises
    :class:`Invalid` without a name or an address for its answers."""
    said = " ".join(each for each in "".join(c if c.isprintable() else " " for c in name).split())[:120]
    if not said:
        raise Invalid(field="client_name", problem="say what the program is called")
    if not 0 < len(redirects) <= rules.MOST_REDIRECTS:
        raise Invalid(field="redirect_uris", problem=f"give 1 to {rules.MOST_REDIRECTS} addresses")
    for each in redirects:
        if rules.redirect_parts(each) is None:
            raise Invalid(field="redirect_uris", problem="https addresses, or http on this machine (localhost)")
    row, _made = Assistant.objects.update_or_create(
        client_id=client_id,
        defaults={
            "name": said,
            "redirects": list(redirects),
            "home": home[:500],
            "described": described,
            "fresh_until": fresh_until,
        },
        create_defaults={
            "client_id": client_id,
            "name": said,
            "redirects": list(redirects),
            "home": home[:500],
            "described": described,
            "fresh_until": fresh_until,
            "created_at": at,
        },
    )
    return queries.as_assistant(row)


@transaction.atomic
def allow(
    *,
    account_id: int,
    client_id: str,
    scopes: Iterable[GrantScope],
    redirect_uri: str,
    challenge: str,
    resource: str,
    at: datetime,
) -> str:
    """The customer says yes: the code that proves it, good for a minute and once. What was allowed before is replaced.

    Raises :class:`NotFound`, :class:`Invalid` without a scope, :class:`NotLetIn` for a new program while the brand lets
    none in.
    """
    wanted = sorted(str(GrantScope(scope)) for scope in set(scopes))
    if not wanted:
        raise Invalid(field="scope", problem="choose at least one")
    row = Assistant.objects.select_for_update().filter(client_id=client_id).first()
    if row is None:
        raise NotFound(kind="assistant", key=client_id[:60])
    if row.agent_id is None:
        row.agent_id = _agent(row, at=at)
        row.save(update_fields=["agent"])
    grant = _granted(row, account_id=account_id, scopes=wanted, at=at)
    return _secret(grant, "code", wanted, resource, CODE_LIVES, at=at, redirect_uri=redirect_uri, challenge=challenge)


def _granted(row: Assistant, *, account_id: int, scopes: list[str], at: datetime) -> Grant:
    standing = Grant.objects.select_for_update().filter(account_id=account_id, assistant=row, revoked_at=None).first()
    if standing is None:
        # Two windows at once: the assistant's row is locked, so that the second one finds the first one's grant.
        return Grant.objects.create(account_id=account_id, assistant=row, scopes=scopes, granted_at=at)
    standing.scopes, standing.granted_at = scopes, at
    standing.save(update_fields=["scopes", "granted_at"])
    return standing


def _agent(row: Assistant, *, at: datetime) -> int:
    """The shop's own name for the program, with its switch. One with a document is known by its address."""
    if row.described:
        return meet_agent(profile_url=row.client_id, name=row.name, at=at).id
    if not queries.agent_policy().newcomers:
        raise NotLetIn
    try:
        return register_agent(name=row.name, at=at).id
    except Conflict:  # another of this name at this moment
        return register_agent(name=f"{row.name} {row.pk}", at=at).id


@transaction.atomic
def redeem_code(
    *, code: str, client_id: str, redirect_uri: str | None, verifier: str, resource: str | None, at: datetime
) -> contracts.Tokens | None:
    """Tokens for a code. ``redirect_uri`` and ``resource`` None: not repeated (OAuth 2.1 needs neither, the verifier
    binds the code to who asked for it); what is repeated must be the same.

    None when the code had been redeemed before: then all that it led to is void, which must stay so (hence no exception
    that would undo it). Raises :class:`NotProven`."""
    row = _held(code, "code")
    if row is None or row.grant.assistant.client_id != client_id or row.grant.revoked_at is not None:
        raise NotProven
    if row.used_at is not None:
        _void(row.grant, by="reuse", at=at)
        return None
    if row.expires_at <= at or not row.grant.account.is_active or not rules.proves(verifier, row.challenge):
        raise NotProven
    if redirect_uri is not None and redirect_uri != row.redirect_uri:
        raise NotProven
    if resource is not None and resource != row.resource:
        raise NotProven
    row.used_at = at
    row.save(update_fields=["used_at"])
    return _pair(row.grant, row.scopes, row.resource, at=at)


@transaction.atomic
def refresh(
    *, token: str, client_id: str, scopes: Iterable[GrantScope] | None = None, at: datetime
) -> contracts.Tokens | None:
    """A new pair for a refresh token, which thereby has done its work. None when it had before: everything of this
    grant is void then. ``scopes`` may be fewer. Raises :class:`NotProven`, :class:`Invalid` for more."""
    row = _held(token, "refresh")
    if row is None or row.grant.assistant.client_id != client_id or row.grant.revoked_at is not None:
        raise NotProven
    if row.used_at is not None:
        _void(row.grant, by="reuse", at=at)
        return None
    if row.expires_at <= at or not row.grant.account.is_active:
        raise NotProven
    granted = [each for each in row.scopes if each in row.grant.scopes]  # she may have narrowed it since
    wanted = granted if scopes is None else sorted(str(each) for each in set(scopes))
    if not set(wanted) <= set(granted):
        raise Invalid(field="scope", problem="no more than was granted")
    row.used_at = at
    row.save(update_fields=["used_at"])
    return _pair(row.grant, wanted, row.resource, at=at)


@transaction.atomic
def revoke_token_of(*, token: str, client_id: str, at: datetime) -> None:
    """A program gives back a token (RFC 7009): with a refresh token all of its grant ends, with an access token that
    one. What it does not hold is left alone, without a word."""
    row = _held(token, "refresh") or _held(token, "access")
    if row is None or row.grant.assistant.client_id != client_id:
        return
    if row.kind == "access":
        row.delete()
    elif row.grant.revoked_at is None:
        _void(row.grant, by="assistant", at=at)


@transaction.atomic
def revoke_grant(*, grant_id: int, account_id: int, at: datetime) -> None:
    """The customer takes back what she allowed: from now on nothing works with it. Doing it twice is harmless. Raises
    :class:`NotFound` for another's."""
    row = Grant.objects.select_for_update().filter(id=grant_id, account_id=account_id).first()
    if row is None:
        raise NotFound(kind="grant", key=grant_id)
    if row.revoked_at is None:
        _void(row, by="customer", at=at)


def forget_unused(*, before: datetime) -> int:
    """Let go of programs that registered and were never allowed anything, and of secrets that are long over."""
    gone = Assistant.objects.filter(agent=None, created_at__lt=before, grants=None).delete()[0]
    GrantSecret.objects.filter(expires_at__lt=before).delete()
    return gone


def _void(grant: Grant, *, by: str, at: datetime) -> None:
    grant.revoked_at, grant.revoked_by = at, by
    grant.save(update_fields=["revoked_at", "revoked_by"])
    grant.secrets.filter(kind="access").delete()


def _held(secret: str, kind: str) -> GrantSecret | None:
    """The row of a secret, locked with its grant, so that of two at once the second sees what the first has done."""
    found = GrantSecret.objects.filter(digest=rules.digest(secret), kind=kind).first()
    if found is None:
        return None
    Grant.objects.select_for_update().get(id=found.grant_id)
    return GrantSecret.objects.select_related("grant__assistant", "grant__account").filter(id=found.id).first()


def _pair(grant: Grant, scopes: Sequence[str], resource: str, *, at: datetime) -> contracts.Tokens:
    return contracts.Tokens(
        access=_secret(grant, "access", scopes, resource, ACCESS_LIVES, at=at),
        refresh=_secret(grant, "refresh", scopes, resource, REFRESH_LIVES, at=at),
        seconds=int(ACCESS_LIVES.total_seconds()),
        scopes=queries.scopes_of(scopes),
    )


def _secret(
    grant: Grant,
    kind: str,
    scopes: Sequence[str],
    resource: str,
    lives: timedelta,
    *,
    at: datetime,
    redirect_uri: str = "",
    challenge: str = "",
) -> str:
    secret = rules.TOKEN_MARK + _MARKS[kind] + secrets.token_urlsafe(32)
    GrantSecret.objects.create(
        digest=rules.digest(secret),
        grant=grant,
        kind=kind,
        scopes=list(scopes),
        resource=resource,
        redirect_uri=redirect_uri,
        challenge=challenge,
        issued_at=at,
        expires_at=at + lives,
    )
    return secret
