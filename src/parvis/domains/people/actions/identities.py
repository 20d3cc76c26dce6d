"""One person, one customer: records are put together by people, never by themselves, and can be taken apart again.

The record that goes keeps its row and its address, so that whoever comes back with that address is found to be the same
person. What other domains keep of it follows by :class:`CustomersMerged` and :class:`CustomersSplit`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Conflict, NotFound, ParvisError
from parvis.domains.people import contracts, queries
from parvis.domains.people.actions.audit import note
from parvis.domains.people.actions.customers import add_identity
from parvis.domains.people.contracts import CustomersMerged, CustomersSplit, EvidenceKind
from parvis.domains.people.models import Account, Address, Customer, Identity, Merge, Pair, StaffMember

NOT_SAME = "not_same"


class TwoAccounts(ParvisError):
    """Both sign in: one of the accounts has to be closed for them to be one."""

    code = "two_accounts"
    status = 409
    template = "Both customers have an account: say that the second one may be closed."


class CannotMerge(ParvisError):
    """``reason`` says why these two cannot be made one."""

    code = "cannot_merge"
    status = 409
    template = "These two cannot be made one: one of them is erased, merged already, or the same."


class CannotSplit(ParvisError):
    """The merge has been taken apart already, or one of the two was erased since."""

    code = "cannot_split"
    status = 409
    template = "This can no longer be taken apart: it has been already, or one of the two was erased since."


@transaction.atomic
def merge_customers(
    *,
    kept_id: int,
    gone_id: int,
    actor_id: int | None,
    at: datetime,
    evidence: Iterable[str] = (),
    note_text: str = "",
    close_account: bool = False,
) -> contracts.Merge:
    """Make two customers one: ``gone_id`` is from now on ``kept_id``. A person decides this (``actor_id``).

    Addresses, handles and the account move; an account of the kept one stays, and then the other's is closed if
    ``close_account`` says so. Raises NotFound, :class:`CannotMerge`, :class:`TwoAccounts`.
    """
    kept, gone = _both(kept_id, gone_id)
    if kept_id == gone_id or any(row.erased_at or row.merged_into_id for row in (kept, gone)):
        raise CannotMerge
    moved: dict[str, Any] = {
        "identities": list(Identity.objects.filter(customer=gone).values_list("id", flat=True)),
        "addresses": list(Address.objects.filter(customer=gone).values_list("id", "is_default")),
        "members": list(Customer.objects.filter(merged_into=gone).values_list("id", flat=True)),
    }
    moved |= _account(kept, gone, close_account=close_account)
    Identity.objects.filter(customer=gone).update(customer=kept)
    has_default = Address.objects.filter(customer=kept, is_default=True).exists()
    Address.objects.filter(customer=gone).update(customer=kept, **({"is_default": False} if has_default else {}))
    Customer.objects.filter(merged_into=gone).update(merged_into=kept)
    Customer.objects.filter(id=gone.pk).update(merged_into=kept)
    if not kept.name and gone.name:
        Customer.objects.filter(id=kept.pk).update(name=gone.name)
        moved["name"] = True
    row = Merge.objects.create(
        kept=kept, gone=gone, evidence=list(evidence), note=note_text[:500], moved=moved, actor_id=actor_id, at=at
    )
    for mine, other in ((kept, gone), (gone, kept)):
        _note("customer.merged", mine, other, row, actor_id, at)
    outbox.publish(CustomersMerged(kept_id=kept.pk, gone_id=gone.pk, merge_id=row.pk), at=at)
    return queries.merge(row.pk)


@transaction.atomic
def split_customers(*, merge_id: int, actor_id: int | None, at: datetime) -> contracts.Merge:
    """Take a merge apart: each gets back what it brought. What came since stays with the one that was kept.

    Raises NotFound, :class:`CannotSplit`.
    """
    row = Merge.objects.select_for_update(of=("self",)).filter(id=merge_id).first()
    if row is None:
        raise NotFound(kind="merge", key=merge_id)
    kept, gone = _both(row.kept_id, row.gone_id)
    if row.undone_at is not None or gone.erased_at or kept.erased_at:
        raise CannotSplit
    root_id = kept.merged_into_id or kept.pk  # the kept one may have been merged on
    Identity.objects.filter(id__in=row.moved["identities"], customer_id=root_id).update(customer=gone)
    for address_id, was_default in row.moved["addresses"]:
        theirs = Address.objects.filter(id=address_id, customer_id=root_id)
        theirs.update(customer=gone, is_default=was_default)
    Customer.objects.filter(id=gone.pk).update(merged_into=None)
    Customer.objects.filter(id__in=row.moved["members"], merged_into_id=root_id).update(merged_into=gone)
    _give_account_back(row.moved, kept, gone, root_id)
    if row.moved.get("name"):
        Customer.objects.filter(id=kept.pk, name=gone.name).update(name="")
    row.undone_at = at
    row.save(update_fields=["undone_at"])
    for mine, other in ((kept, gone), (gone, kept)):
        _note("customer.split", mine, other, row, actor_id, at)
    outbox.publish(CustomersSplit(kept_id=root_id, gone_id=gone.pk, merge_id=row.pk), at=at)
    return queries.merge(row.pk)


@transaction.atomic
def not_same(*, first_id: int, second_id: int, actor_id: int | None, at: datetime) -> None:
    """Two customers are two people, whatever they have in common: nobody is asked again. Raises NotFound."""
    first, second = _both(first_id, second_id)
    if first.pk == second.pk:
        return
    low, high = sorted((first.pk, second.pk))
    Pair.objects.get_or_create(low_id=low, high_id=high, kind=NOT_SAME, defaults={"actor_id": actor_id, "at": at})
    for mine, other in ((first, second), (second, first)):
        note(
            actor_id=actor_id,
            verb="customer.told_apart",
            subject_kind="customer",
            subject_id=mine.pk,
            detail={"customer": other.pk},
            at=at,
        )


def note_likeness(*, first_id: int, second_id: int, kind: EvidenceKind, detail: str = "", at: datetime) -> None:
    """Remember what two customers have in common, for a person to look at. Repeating it changes nothing."""
    if first_id != second_id:
        low, high = sorted((first_id, second_id))
        Pair.objects.bulk_create(
            [Pair(low_id=low, high_id=high, kind=kind.value, detail=detail[:200], at=at)], ignore_conflicts=True
        )


def link_identity(*, customer_id: int, channel: str, handle: str, actor_id: int | None, at: datetime) -> None:
    """A member of the team says that the customer goes by ``handle`` on ``channel``. Raises Conflict when it is
    another's: those two may be one person, which is then suggested."""
    channel, handle = channel[:40], handle[:200]
    owner = queries.customers_by_handle(channel, [handle]).get(handle)
    if owner is not None and owner != customer_id:
        note_likeness(
            first_id=owner, second_id=customer_id, kind=EvidenceKind.HANDLE, detail=f"{channel} {handle}", at=at
        )
        raise Conflict(reason="this handle belongs to another customer")
    with transaction.atomic():
        add_identity(customer_id=customer_id, channel=channel, handle=handle, at=at)
        _note_identity("customer.identity_linked", customer_id, channel, handle, actor_id, at)


@transaction.atomic
def unlink_identity(*, customer_id: int, channel: str, handle: str, actor_id: int | None, at: datetime) -> None:
    """The customer does not go by this name; an unknown one is gone already."""
    gone, _ = Identity.objects.filter(customer_id=customer_id, channel=channel, handle=handle).delete()
    if gone:
        _note_identity("customer.identity_unlinked", customer_id, channel, handle, actor_id, at)


def _both(first_id: int, second_id: int) -> tuple[Customer, Customer]:
    """Both rows, locked in the order of their ids. Raises NotFound."""
    wanted = Customer.objects.select_for_update(of=("self",)).filter(id__in=(first_id, second_id)).order_by("id")
    rows = {row.pk: row for row in wanted}
    for customer_id in (first_id, second_id):
        if customer_id not in rows:
            raise NotFound(kind="customer", key=customer_id)
    return rows[first_id], rows[second_id]


def _account(kept: Customer, gone: Customer, *, close_account: bool) -> dict[str, int]:
    """Move the account of the one that goes, or close it; returns what was done."""
    if gone.account_id is None:
        return {}
    if kept.account_id is None:
        account_id = gone.account_id
        Customer.objects.filter(id=gone.pk).update(account=None)
        Customer.objects.filter(id=kept.pk).update(account_id=account_id)
        return {"account": account_id}
    if not close_account:
        raise TwoAccounts
    if StaffMember.objects.filter(account_id=gone.account_id).exists():
        raise CannotMerge
    Account.objects.filter(id=gone.account_id).update(is_active=False)
    return {"closed_account": gone.account_id}


def _give_account_back(moved: dict[str, Any], kept: Customer, gone: Customer, root_id: int) -> None:
    account_id = moved.get("account")
    holder = Customer.objects.filter(id__in=(kept.pk, root_id), account_id=account_id).first() if account_id else None
    if holder is not None:
        Customer.objects.filter(id=holder.pk).update(account=None)
        Customer.objects.filter(id=gone.pk).update(account_id=account_id)
    if moved.get("closed_account"):
        Account.objects.filter(id=moved["closed_account"]).update(is_active=True)


def _note(verb: str, mine: Customer, other: Customer, row: Merge, actor_id: int | None, at: datetime) -> None:
    note(
        actor_id=actor_id,
        verb=verb,
        subject_kind="customer",
        subject_id=mine.pk,
        detail={"customer": other.pk, "merge": row.pk, "evidence": row.evidence},
        at=at,
    )


def _note_identity(verb: str, customer_id: int, channel: str, handle: str, actor_id: int | None, at: datetime) -> None:
    note(
        actor_id=actor_id,
        verb=verb,
        subject_kind="customer",
        subject_id=customer_id,
        detail={"channel": channel, "handle": handle},
        at=at,
    )
