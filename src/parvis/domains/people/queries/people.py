"""Reads of people. What comes out is contracts, never rows."""

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from parvis.core.pagination import Page, decode_cursor, encode_cursor
from parvis.domains.people import contracts, models, rules
from parvis.domains.people.contracts import Purpose, Role

FORMER_EMAIL = "former_email"
"""The channel on which a customer goes by the addresses they had before."""


def customer(customer_id: int) -> contracts.Customer | None:
    """The customer, or None."""
    return customers([customer_id]).get(customer_id)


def customers(ids: Iterable[int]) -> dict[int, contracts.Customer]:
    """The customers among ``ids`` by id; unknown ids are left out. One statement."""
    rows = models.Customer.objects.filter(id__in=list(ids))
    return {row.id: as_customer(row) for row in rows}


def customer_by_email(email: str) -> contracts.Customer | None:
    """The customer with this address, whatever its capitals; of a merged record the one it was merged into; by a former
    address who had it."""
    address = email.strip().lower()
    row = models.Customer.objects.select_related("merged_into").filter(email=address).first()
    if row is None:
        former = models.Identity.objects.select_related("customer").filter(channel=FORMER_EMAIL, handle=address).first()
        return as_customer(former.customer) if former else None
    return as_customer(row.merged_into or row)


def customer_of_account(account_id: int) -> contracts.Customer | None:
    """The customer that signs in with this account."""
    row = models.Customer.objects.filter(account_id=account_id).first()
    return as_customer(row) if row else None


def customer_list(*, text: str = "", cursor: str | None = None, limit: int = 50) -> Page[contracts.Customer]:
    """Customers, newest first; ``text`` is looked for in names and addresses."""
    rows = models.Customer.objects.filter(erased_at=None, merged_into=None).order_by("-created_at", "-id")
    if text.strip():
        rows = rows.filter(_matching(text.strip()))
    if cursor:
        at, last = decode_cursor(cursor, length=2)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    found = list(rows[: limit + 1])
    shown = found[:limit]
    more = encode_cursor(shown[-1].created_at.isoformat(), shown[-1].id) if len(found) > limit else None
    return Page(items=tuple(as_customer(row) for row in shown), next=more)


def _matching(text: str) -> Q:
    """By name or address, also those of records that were merged, and by the names on other channels."""
    members = models.Customer.objects.filter(merged_into=OuterRef("pk"))
    names = models.Identity.objects.filter(customer=OuterRef("pk"), handle__icontains=text)
    known = Q(email__icontains=text) | Q(name__icontains=text)
    return known | Exists(members.filter(known)) | Exists(names)


def family(customer_id: int) -> tuple[int, ...]:
    """This customer and the records that were merged into it; for a merged record those of whom it is one. One
    statement."""
    mine = models.Customer.objects.filter(id=customer_id).values("merged_into_id")[:1]
    root = Coalesce(Subquery(mine), Value(customer_id))
    rows = models.Customer.objects.annotate(root=root).filter(Q(id=F("root")) | Q(merged_into_id=F("root")))
    return tuple(rows.order_by("id").values_list("id", flat=True)) or (customer_id,)


def addresses(customer_id: int) -> tuple[contracts.Address, ...]:
    """The customer's addresses, the default one first."""
    rows = models.Address.objects.filter(customer_id=customer_id).order_by("-is_default", "id")
    return tuple(as_address(row) for row in rows)


def identities(customer_id: int) -> tuple[contracts.Identity, ...]:
    """The names the customer goes by on channels."""
    rows = models.Identity.objects.filter(customer_id=customer_id).order_by("channel", "handle")
    return tuple(contracts.Identity(channel=row.channel, handle=row.handle, at=row.at) for row in rows)


def customers_by_handle(channel: str, handles: Iterable[str]) -> dict[str, int]:
    """Customer ids by the names they go by on a channel; unknown names are left out. One statement."""
    rows = models.Identity.objects.filter(channel=channel, handle__in=list(handles))
    return dict(rows.values_list("handle", "customer_id"))


# -- staff ----------------------------------------------------------------------------------------------------


def staff(account_id: int) -> contracts.Staff | None:
    """The active member of staff behind this account, or None. Two statements."""
    row = _staff_rows().filter(account_id=account_id, active=True, account__is_active=True).first()
    return as_staff(row, two_factor_roles()) if row else None


def all_staff() -> tuple[contracts.Staff, ...]:
    """Everybody who is or was on the team, active ones first, then by name."""
    due = two_factor_roles()
    return tuple(as_staff(row, due) for row in _staff_rows().order_by("-active", "account__name", "id"))


def two_factor_roles() -> frozenset[Role]:
    """The roles that must have a second factor."""
    policy = models.StaffPolicy.objects.filter(id=1).first()
    return frozenset(Role(role) for role in policy.two_factor_roles) if policy else frozenset()


def _staff_rows() -> QuerySet[Any]:
    factors = Authenticator.objects.filter(user_id=OuterRef("account_id")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return models.StaffMember.objects.select_related("account").annotate(two_factor=Exists(factors))


# -- consents -------------------------------------------------------------------------------------------------


def consent(*, purpose: Purpose, customer_id: int | None = None, visitor: str | None = None) -> bool | None:
    """The latest answer of this customer, or else of this visitor: True, False, or None when never asked."""
    if customer_id is not None:
        answered = _consent_of(customer_id, purpose)
        if answered is not None:
            return answered
    if visitor:
        row = models.Consent.objects.filter(purpose=purpose, visitor=visitor).order_by("-id").first()
        return row.granted if row is not None else None
    return None


def _consent_of(customer_id: int, purpose: Purpose) -> bool | None:
    """The latest answer of a person, from all records that are theirs (``rules.combined_consent``)."""
    ids = family(customer_id)
    rows = models.Consent.objects.filter(customer_id__in=ids, purpose=purpose).order_by("customer_id", "-id")
    latest = list(rows.distinct("customer_id").values_list("granted", "at"))
    since = None
    if len(ids) > 1:
        since = models.Merge.objects.filter(gone_id__in=ids, undone_at=None).aggregate(last=Max("at"))["last"]
    return rules.combined_consent(latest, since=since)


def consents(customer_id: int) -> tuple[contracts.ConsentRecord, ...]:
    """Every answer the customer ever gave, newest first, also under a record that was merged."""
    rows = models.Consent.objects.filter(customer_id__in=family(customer_id)).order_by("-id")
    return tuple(
        contracts.ConsentRecord(
            id=row.id,
            customer_id=row.customer_id,
            visitor=row.visitor,
            purpose=Purpose(row.purpose),
            granted=row.granted,
            text_version=row.text_version,
            source=row.source,
            at=row.at,
        )
        for row in rows
    )


# -- audit ----------------------------------------------------------------------------------------------------


def audit(subject_kind: str, subject_id: int | str) -> tuple[contracts.AuditEntry, ...]:
    """What was done to one thing, newest first (the last 200 entries)."""
    rows = models.AuditEntry.objects.filter(subject_kind=subject_kind, subject_id=str(subject_id))
    return tuple(as_audit(row) for row in rows.select_related("actor").order_by("-id")[:200])


def audit_log(
    *, actor_id: int | None = None, verb: str = "", cursor: str | None = None, limit: int = 50
) -> Page[contracts.AuditEntry]:
    """What everybody did, newest first; ``verb`` filters by its beginning ("staff.")."""
    rows = models.AuditEntry.objects.select_related("actor").order_by("-id")
    if actor_id is not None:
        rows = rows.filter(actor_id=actor_id)
    if verb:
        rows = rows.filter(verb__startswith=verb)
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, length=1)[0])
    found = list(rows[: limit + 1])
    more = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(as_audit(row) for row in found[:limit]), next=more)


def names(account_ids: Iterable[int]) -> dict[int, str]:
    """How to call the people behind these accounts."""
    rows = models.Account.objects.filter(id__in=list(account_ids))
    return {row.id: row.get_full_name() for row in rows}


# -- rows to contracts ----------------------------------------------------------------------------------------


def as_customer(row: models.Customer) -> contracts.Customer:
    return contracts.Customer(
        id=row.id,
        email=row.email,
        name=row.name,
        locale=row.locale,
        account_id=row.account_id,
        created_at=row.created_at,
        erased=row.erased_at is not None,
        provenance=row.provenance,
        merged_into=row.merged_into_id,
    )


def as_staff(row: Any, due: frozenset[Role]) -> contracts.Staff:
    """``row``: a StaffMember with its account and ``two_factor``; ``due``: the roles that must have one."""
    role = Role(row.role)
    active = row.active and row.account.is_active
    return contracts.Staff(
        account_id=row.account_id,
        email=row.account.email,
        name=row.account.name,
        locale=row.account.locale,
        role=role,
        permissions=rules.permissions_of(role) if active else frozenset(),
        two_factor=row.two_factor,
        two_factor_due=role in due and not row.two_factor,
        active=active,
        last_login=row.account.last_login,
    )


def as_address(row: models.Address) -> contracts.Address:
    return contracts.Address(
        id=row.id,
        customer_id=row.customer_id,
        name=row.name,
        line1=row.line1,
        line2=row.line2,
        postcode=row.postcode,
        city=row.city,
        region=row.region,
        country=row.country,
        phone=row.phone,
        default=row.is_default,
    )


def as_audit(row: models.AuditEntry) -> contracts.AuditEntry:
    return contracts.AuditEntry(
        id=row.id,
        actor_id=row.actor_id,
        actor_name=row.actor.get_full_name() if row.actor else "",
        verb=row.verb,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        detail=row.detail,
        at=row.at,
    )
