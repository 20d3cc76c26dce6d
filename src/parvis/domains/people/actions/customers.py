"""Customers: known once by their e-mail address, whether or not they have an account."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from parvis.core import outbox, prepared
from parvis.core.errors import Conflict, NotFound, ParvisError
from parvis.core.prepared import Given
from parvis.core.transactions import joined
from parvis.domains.people import contracts, queries, rules
from parvis.domains.people.actions import audit
from parvis.domains.people.actions.audit import note
from parvis.domains.people.contracts import CustomerErased, NewCustomer
from parvis.domains.people.models import Account, Address, Customer, Grant, Identity, Merge, Pair

BATCH = 2000


class BadEmail(ParvisError):
    """``email`` is what was given."""

    code = "bad_email"
    status = 422
    template = "%(email)s is not an e-mail address."


_BY_EMAIL = prepared.Rows(
    lambda: Customer.objects.filter(email=Given("email")).values_list(Coalesce("merged_into_id", "id"))
)
_FORMER = prepared.Rows(
    lambda: (
        Identity.objects.filter(channel=queries.FORMER_EMAIL, handle__among=Given("handles"))
        .order_by()
        .values_list("handle", "customer_id")
    )
)
_LOCKED = prepared.Select(lambda: Customer.objects.select_for_update(of=("self",)).filter(id=Given("id")))


@joined()
def ensure_customer(
    *,
    email: str,
    name: str = "",
    locale: str = "en",
    account_id: int | None = None,
    at: datetime,
    provenance: Mapping[str, str] | None = None,
) -> contracts.Customer:
    """The customer with this address, made when there is none. Two at once make one. The address of a record that was
    merged, or one that somebody had before, finds that person.

    An empty name is filled in; a name already given stays. Give ``account_id`` only once the account has shown that
    the address is its own. Raises :class:`BadEmail`, :class:`Conflict` when the customer has another account.
    """
    address = _clean(email)
    fresh = Customer(
        email=address,
        email_key=rules.email_key(address),
        name=name.strip()[:120],
        locale=_locale(locale),
        created_at=at,
        provenance=dict(provenance or {}),
    )
    former = _by_former_address([address]).get(address)
    if former is None and prepared.insert_new(fresh):
        row = fresh
    else:
        [row] = _LOCKED.rows(id=former or _BY_EMAIL.rows(email=address)[0][0])
    changed = []
    if name.strip() and not row.name:
        row.name, changed = name.strip()[:120], ["name"]
    if account_id is not None and row.account_id != account_id:
        if row.account_id is not None:
            raise Conflict(reason="this customer signs in with another account")
        row.account_id = account_id
        changed.append("account_id")
    if changed:
        row.save(update_fields=[field.removesuffix("_id") for field in changed])
    return queries.as_customer(row)


def ensure_customers(rows: Iterable[NewCustomer | Mapping[str, Any]], *, at: datetime) -> dict[str, int]:
    """Many customers at once: lower-case address to id. Known ones stay as they are; repeats are harmless.

    Memory is bounded by the result. Raises :class:`BadEmail` at the first address that is none.
    """
    found: dict[str, int] = {}
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        fresh = {}
        for raw in batch:
            row = raw if isinstance(raw, NewCustomer) else NewCustomer(**raw)
            fresh[_clean(row.email)] = row
        with transaction.atomic():
            former = _by_former_address(fresh)
            found.update(former)
            Customer.objects.bulk_create(
                [
                    Customer(
                        email=email,
                        email_key=rules.email_key(email),
                        name=row.name.strip()[:120],
                        locale=_locale(row.locale),
                        created_at=row.created_at or at,
                        provenance=dict(row.provenance),
                    )
                    for email, row in sorted(fresh.items())
                    if email not in former
                ],
                ignore_conflicts=True,
            )
            made = Customer.objects.filter(email__in=[email for email in fresh if email not in former])
            found.update(made.values_list("email", Coalesce("merged_into_id", "id")))
    return found


def _by_former_address(emails: Iterable[str]) -> dict[str, int]:
    """Customer ids by addresses that they had before and that nobody has now."""
    wanted = list(emails)
    former: dict[str, int] = dict(_FORMER.rows(handles=wanted))
    if former:
        for email in Customer.objects.filter(email__in=former).values_list("email", flat=True):
            del former[email]
    return former


@transaction.atomic
def update_profile(
    *,
    customer_id: int,
    name: str | None = None,
    locale: str | None = None,
    email: str | None = None,
    at: datetime | None = None,
) -> contracts.Customer:
    """Change what is given and leave the rest; the account follows in name and language. A former address is kept as a
    name that the customer goes by (``at``: since when), so that what comes with it finds the same person.

    Raises :class:`NotFound`, :class:`BadEmail`, :class:`Conflict` when the address is another customer's.
    """
    row = _customer(customer_id)
    if name is not None:
        row.name = name.strip()[:120]
    if locale is not None:
        row.locale = _locale(locale)
    if email is not None:
        _change_email(row, _clean(email), at=at)
    row.save(update_fields=["name", "locale", "email", "email_key"])
    if row.account_id is not None:
        Account.objects.filter(id=row.account_id).update(name=row.name, locale=row.locale)
    return queries.as_customer(row)


def _change_email(row: Customer, email: str, *, at: datetime | None) -> None:
    if Customer.objects.filter(email=email).exclude(id=row.id).exists():
        raise Conflict(reason="another customer has this e-mail address")
    if email == row.email:
        return
    Identity.objects.filter(customer=row, channel=queries.FORMER_EMAIL, handle=email).delete()
    if at is not None:
        link_handles(channel=queries.FORMER_EMAIL, handles={row.email: row.id}, at=at)
    row.email, row.email_key = email, rules.email_key(email)


@transaction.atomic
def choose_language(*, account_id: int, locale: str) -> None:
    """The language in which this account, and the customer behind it, is spoken to."""
    Account.objects.filter(id=account_id).update(locale=_locale(locale))
    Customer.objects.filter(account_id=account_id).update(locale=_locale(locale))


@transaction.atomic
def save_address(  # noqa: PLR0913 - an address has that many parts
    *,
    customer_id: int,
    name: str,
    line1: str,
    postcode: str,
    city: str,
    country: str,
    line2: str = "",
    region: str = "",
    phone: str = "",
    default: bool = True,
    address_id: int | None = None,
) -> contracts.Address:
    """Add an address, or change ``address_id``. The same address given again is found, not repeated.

    Raises :class:`NotFound` when the customer, or the address among theirs, is unknown.
    """
    owner = _customer(customer_id)
    fields = {
        "name": name,
        "line1": line1,
        "line2": line2,
        "postcode": postcode,
        "city": city,
        "region": region,
        "country": country.upper(),
        "phone": phone,
        "phone_key": rules.phone_key(phone, country),
    }
    mine = Address.objects.filter(customer=owner)
    row = mine.filter(id=address_id).first() if address_id is not None else mine.filter(**fields).first()
    if row is None and address_id is not None:
        raise NotFound(kind="address", key=address_id)
    row = row or Address(customer=owner)
    for field, value in fields.items():
        setattr(row, field, value)
    if default or not mine.exists():
        mine.filter(is_default=True).exclude(id=row.id).update(is_default=False)
        row.is_default = True
    row.save()
    return queries.as_address(row)


def delete_address(*, customer_id: int, address_id: int) -> None:
    """Forget one address of a customer; an unknown one is already forgotten."""
    Address.objects.filter(customer_id=customer_id, id=address_id).delete()


@transaction.atomic
def add_identity(*, customer_id: int, channel: str, handle: str, at: datetime) -> None:
    """Remember that the customer goes by ``handle`` on ``channel``. Raises :class:`Conflict` when it is another's."""
    Identity.objects.bulk_create(
        [Identity(customer_id=customer_id, channel=channel, handle=handle, at=at)], ignore_conflicts=True
    )
    if not Identity.objects.filter(customer_id=customer_id, channel=channel, handle=handle).exists():
        raise Conflict(reason="this handle belongs to another customer")


def link_handles(*, channel: str, handles: Mapping[str, int], at: datetime) -> None:
    """Remember many names on a channel at once (handle -> customer); names that are somebody's already stay theirs."""
    Identity.objects.bulk_create(
        [
            Identity(customer_id=customer_id, channel=channel[:40], handle=handle[:200], at=at)
            for handle, customer_id in sorted(handles.items())
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def erase_customer(*, customer_id: int, at: datetime, actor_id: int | None = None) -> None:
    """Forget a person: name, address, identities and account go, also of records that were merged; nameless rows stay
    for the books.

    The answers to consent questions stay, as proof that nobody can be found by any more. Others learn of it by
    :class:`CustomerErased`. Doing it twice is harmless. Raises :class:`NotFound`.
    """
    for each in queries.family(_customer(customer_id).id):
        _erase(_customer(each), actor_id=actor_id, at=at)


def _erase(row: Customer, *, actor_id: int | None, at: datetime) -> None:
    if row.erased_at is not None:
        return
    customer_id, account_id, digest = row.pk, row.account_id, rules.digest(row.email)
    row.email, row.name, row.account, row.erased_at = rules.erased_email(row.id), "", None, at
    row.email_key = ""
    row.save(update_fields=["email", "name", "account", "erased_at", "email_key"])
    row.addresses.all().delete()
    row.identities.all().delete()
    Pair.objects.filter(Q(low=row) | Q(high=row)).delete()
    Merge.objects.filter(Q(kept=row) | Q(gone=row)).update(evidence=[], note="")
    if account_id is not None:
        _close_account(account_id)
    audit.forget(customer_id)
    note(actor_id=actor_id, verb="customer.erased", subject_kind="customer", subject_id=customer_id, at=at)
    outbox.publish(CustomerErased(customer_id=customer_id, address_digest=digest), at=at)


def _close_account(account_id: int) -> None:
    """A shopper's account becomes nobody's; a member of staff keeps theirs, which is the brand's."""
    account = Account.objects.select_for_update().get(id=account_id)
    Grant.objects.filter(account=account).delete()
    if hasattr(account, "staff"):
        return
    EmailAddress.objects.filter(user=account).delete()
    Authenticator.objects.filter(user=account).delete()
    account.email, account.name, account.is_active = f"erased-account-{account_id}@erased.invalid", "", False
    account.set_unusable_password()
    account.save(update_fields=["email", "name", "is_active", "password"])


def _customer(customer_id: int) -> Customer:
    row = Customer.objects.select_for_update(of=("self",)).filter(id=customer_id).first()
    if row is None:
        raise NotFound(kind="customer", key=customer_id)
    return row


def _clean(email: str) -> str:
    cleaned = rules.clean_email(email)
    if cleaned is None:
        raise BadEmail(email=email[:254])
    return cleaned


def _locale(locale: str) -> str:
    return "fr" if locale.lower().startswith("fr") else "en"
