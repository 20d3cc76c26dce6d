"""Keys for programs. The secret is shown once; only its hash is kept."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from parvis.core.errors import Invalid, NotFound
from parvis.domains.people import contracts, queries, rules
from parvis.domains.people.actions.audit import note
from parvis.domains.people.contracts import Scope
from parvis.domains.people.models import ApiToken


@transaction.atomic
def issue_token(
    *,
    name: str,
    scopes: Iterable[Scope],
    account_id: int,
    agent_id: int | None = None,
    expires_at: datetime | None = None,
    at: datetime,
) -> tuple[contracts.Token, str]:
    """A new token and its secret, which nobody can read again; ``agent_id``: it is this shopping agent's.
    Raises :class:`Invalid` without a name or a scope."""
    wanted = sorted({str(Scope(scope)) for scope in scopes})
    if not name.strip():
        raise Invalid(field="name", problem="give it a name that says which program uses it")
    if not wanted:
        raise Invalid(field="scopes", problem="choose at least one")
    secret = rules.TOKEN_MARK + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        digest=rules.digest(secret),
        prefix=secret[: len(rules.TOKEN_MARK) + 5],
        name=name.strip()[:80],
        scopes=wanted,
        created_by_id=account_id,
        agent_id=agent_id,
        created_at=at,
        expires_at=expires_at,
    )
    note(
        actor_id=account_id,
        verb="token.issued",
        subject_kind="token",
        subject_id=row.pk,
        detail={"name": row.name, "scopes": wanted, **({"agent": agent_id} if agent_id else {})},
        at=at,
    )
    return queries.as_token(row), secret


@transaction.atomic
def revoke_token(*, token_id: int, actor_id: int | None = None, at: datetime) -> None:
    """The token stops working now. Doing it twice is harmless. Raises :class:`NotFound`."""
    row = ApiToken.objects.select_for_update().filter(id=token_id).first()
    if row is None:
        raise NotFound(kind="token", key=token_id)
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        note(
            actor_id=actor_id,
            verb="token.revoked",
            subject_kind="token",
            subject_id=token_id,
            detail={"name": row.name},
            at=at,
        )
