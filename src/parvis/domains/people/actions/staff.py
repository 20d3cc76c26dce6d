"""The brand's team: who is in it and in which role. There is always an owner."""

from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from parvis.core.errors import NotFound, ParvisError
from parvis.domains.people import contracts, queries, rules
from parvis.domains.people.actions.audit import note
from parvis.domains.people.actions.customers import BadEmail
from parvis.domains.people.contracts import Role
from parvis.domains.people.models import Account, StaffMember, StaffPolicy


class LastOwner(ParvisError):
    """Nobody else could let people in."""

    code = "last_owner"
    status = 409
    template = "This is the last active owner: name another one first."


class AlreadyStaff(ParvisError):
    """``email`` is already on the team."""

    code = "already_staff"
    status = 409
    template = "%(email)s is already on the team."


@transaction.atomic
def create_staff(
    *,
    email: str,
    name: str,
    password: str | None = None,
    role: Role,
    locale: str = "en",
    at: datetime,
    actor_id: int | None = None,
    password_hash: str | None = None,
) -> contracts.Staff:
    """Add somebody to the team. An address that has an account keeps its password.

    ``password`` None: the account cannot be opened before its owner has chosen one through a reset link.
    ``password_hash``: one made before, for many accounts at once. Raises :class:`AlreadyStaff`, :class:`BadEmail`.
    """
    address = rules.clean_email(email)
    if address is None:
        raise BadEmail(email=email[:254])
    account = Account.objects.select_for_update(of=("self",)).filter(email=address).first()
    if account is None:
        account = Account(email=address, name=name.strip()[:120], locale=locale, created_at=at)
        if password_hash:
            account.password = password_hash
        else:
            account.set_password(password)
        account.save()
        EmailAddress.objects.create(user=account, email=address, verified=True, primary=True)
    if StaffMember.objects.filter(account=account).exists():
        raise AlreadyStaff(email=address)
    StaffMember.objects.create(account=account, role=role, created_at=at)
    note(
        actor_id=actor_id,
        verb="staff.created",
        subject_kind="staff",
        subject_id=account.pk,
        detail={"role": str(role)},
        at=at,
    )
    return _read(account.pk)


@transaction.atomic
def set_role(*, account_id: int, role: Role, actor_id: int | None = None, at: datetime) -> contracts.Staff:
    """Give a member of staff another role. Raises :class:`NotFound`, :class:`LastOwner`."""
    row, replaceable = _locked(account_id)
    if row.role != role:
        before = row.role
        if before == Role.OWNER and row.active and not replaceable:
            raise LastOwner
        row.role = role
        row.save(update_fields=["role"])
        note(
            actor_id=actor_id,
            verb="staff.role_changed",
            subject_kind="staff",
            subject_id=account_id,
            detail={"before": before, "role": str(role)},
            at=at,
        )
    return _read(account_id)


@transaction.atomic
def deactivate_staff(*, account_id: int, actor_id: int | None = None, at: datetime) -> None:
    """Close the studio to somebody, at once. Raises :class:`NotFound`, :class:`LastOwner`."""
    row, replaceable = _locked(account_id)
    if not row.active:
        return
    if row.role == Role.OWNER and not replaceable:
        raise LastOwner
    row.active = False
    row.save(update_fields=["active"])
    note(actor_id=actor_id, verb="staff.deactivated", subject_kind="staff", subject_id=account_id, at=at)


@transaction.atomic
def reactivate_staff(*, account_id: int, actor_id: int | None = None, at: datetime) -> None:
    """Open the studio again to somebody. Raises :class:`NotFound`."""
    row, _ = _locked(account_id)
    if row.active:
        return
    row.active = True
    row.save(update_fields=["active"])
    note(actor_id=actor_id, verb="staff.reactivated", subject_kind="staff", subject_id=account_id, at=at)


@transaction.atomic
def require_two_factor(*, roles: Iterable[Role], actor_id: int | None = None, at: datetime) -> None:
    """From now on these roles, and no others, must have a second factor before the studio opens."""
    wanted = sorted({str(role) for role in roles})
    before = sorted(str(role) for role in queries.two_factor_roles())
    if wanted == before:
        return
    StaffPolicy.objects.update_or_create(id=1, defaults={"two_factor_roles": wanted, "updated_at": at})
    note(
        actor_id=actor_id,
        verb="policy.two_factor",
        subject_kind="policy",
        subject_id=1,
        detail={"before": before, "roles": wanted},
        at=at,
    )


def _locked(account_id: int) -> tuple[StaffMember, bool]:
    """The member, and whether another active owner remains without them.

    The member and every owner are locked in one order: two owners cannot dismiss each other at the same moment.
    """
    wanted = Q(account_id=account_id) | Q(role=Role.OWNER, active=True, account__is_active=True)
    rows = list(StaffMember.objects.select_for_update(of=("self",)).filter(wanted).order_by("id"))
    mine = [row for row in rows if row.account_id == account_id]
    if not mine:
        raise NotFound(kind="member of staff", key=account_id)
    return mine[0], any(row.role == Role.OWNER and row.active for row in rows if row is not mine[0])


def _read(account_id: int) -> contracts.Staff:
    return next(person for person in queries.all_staff() if person.account_id == account_id)
