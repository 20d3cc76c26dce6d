"""Orders, kept cards and the open cart follow a person whose records are merged, and go back when they are split."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from parvis.domains.checkout import models
from parvis.domains.checkout.actions.carts import merge_carts
from parvis.domains.checkout.models.carts import OPEN
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.people.contracts import EvidenceKind

# Every table of ours that points to a customer: a test holds this.
TABLES: dict[str, Any] = {
    "order": models.Order,
    "card": models.SavedCard,
    "cart": models.Cart,
    "session": models.Session,
    "alert": models.StockAlert,
    "reminder": models.CartReminder,
    "status": models.MemberStatus,
}


@transaction.atomic
def move_customer(*, kept_id: int, gone_id: int, merge_id: int, at: datetime) -> int:
    """Give ``kept_id`` the orders, cards, carts, checkouts and wishes of ``gone_id``; returns how many orders.
    Repeating it changes nothing. Two open carts become one, as at sign-in; a status that both hold stays with each."""
    _join_carts(kept_id, gone_id, at)
    orders = 0
    for kind, table in TABLES.items():
        rows = table.objects.filter(customer_id=gone_id)
        if kind == "status":
            rows = rows.exclude(status__in=_statuses(kept_id))
        ids = list(rows.order_by("id").values_list("id", flat=True))
        models.Moved.objects.bulk_create(
            [models.Moved(merge_id=merge_id, kind=kind, row_id=row_id) for row_id in ids], ignore_conflicts=True
        )
        moved = table.objects.filter(id__in=ids, customer_id=gone_id).update(customer_id=kept_id)
        orders += moved if kind == "order" else 0
    return orders


def _join_carts(kept_id: int, gone_id: int, at: datetime) -> None:
    theirs = models.Cart.objects.select_for_update().filter(customer_id=gone_id, state=OPEN).first()
    mine = models.Cart.objects.filter(customer_id=kept_id, state=OPEN).exists()
    if theirs is not None and mine:
        models.Cart.objects.filter(id=theirs.pk).update(customer_id=None)
        merge_carts(token=theirs.token, customer_id=kept_id, at=at)


def _statuses(customer_id: int) -> list[str]:
    return list(models.MemberStatus.objects.filter(customer_id=customer_id).values_list("status", flat=True))


@transaction.atomic
def move_back(*, kept_id: int, gone_id: int, merge_id: int, at: datetime) -> int:
    """Give ``gone_id`` back what the merge took, as far as it is still ``kept_id``'s; returns how many orders."""
    orders = 0
    for kind, table in TABLES.items():
        ids = models.Moved.objects.filter(merge_id=merge_id, kind=kind).values("row_id")
        rows = table.objects.filter(id__in=ids, customer_id=kept_id)
        if kind == "cart" and models.Cart.objects.filter(customer_id=gone_id, state=OPEN).exists():
            rows = rows.exclude(state=OPEN)  # they have begun another one since
        if kind == "status":
            rows = rows.exclude(status__in=_statuses(gone_id))  # given anew since
        moved = rows.update(customer_id=gone_id)
        orders += moved if kind == "order" else 0
    models.Moved.objects.filter(merge_id=merge_id).delete()
    return orders


def note_likenesses(*, order_ids: Sequence[int], at: datetime) -> None:
    """Orders of one customer with the e-mail address of another: remembered for a person to look at."""
    placed = models.Order.objects.filter(id__in=list(order_ids), customer__isnull=False).exclude(email="")
    other = placed.exclude(email=F("customer__email")).values_list("customer_id", "email", "number")
    for customer_id, email, number in other:
        known = people_queries.customer_by_email(email)
        if known is not None and known.id not in people_queries.family(customer_id):
            people.note_likeness(
                first_id=customer_id, second_id=known.id, kind=EvidenceKind.ORDER, detail=number, at=at
            )
