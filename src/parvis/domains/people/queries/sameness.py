"""Customers who may be one person, and those who were found to be."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet

from parvis.core.errors import NotFound
from parvis.domains.people import contracts, models, rules
from parvis.domains.people.contracts import Evidence, EvidenceKind, Strength
from parvis.domains.people.queries.people import as_customer, customers

# More people than this behind one mailbox or telephone are a shop, an office or an invented number: no evidence.
MOST_BEHIND_ONE = 4
NOT_SAME = "not_same"
_ORDER = (Strength.STRONG, Strength.MEDIUM, Strength.WEAK)
Found = dict[tuple[int, int], list[Evidence]]


def likenesses(*, limit: int = 100) -> tuple[contracts.Likeness, ...]:
    """Pairs of customers who may be one person, the surest first; pairs that a person has told apart are left out."""
    found: Found = defaultdict(list)
    _from_mailboxes(found, Q(), limit=limit * 2)
    _from_phones(found, Q(), limit=limit * 2)
    _from_pairs(found, Q(), limit=limit * 2)
    return _told(found)[:limit]


def likenesses_of(customer_id: int) -> tuple[contracts.Likeness, ...]:
    """Who may be the same person as this customer."""
    row = models.Customer.objects.filter(id=customer_id, merged_into=None, erased_at=None).first()
    if row is None:
        return ()
    found: Found = defaultdict(list)
    phones = models.Address.objects.filter(customer_id=customer_id).exclude(phone_key="")
    if row.email_key:
        _from_mailboxes(found, Q(email_key=row.email_key), limit=20)
    _from_phones(found, Q(phone_key__in=list(phones.values_list("phone_key", flat=True))), limit=20)
    _from_pairs(found, Q(low_id=customer_id) | Q(high_id=customer_id), limit=50)
    return _told({pair: evidence for pair, evidence in found.items() if customer_id in pair})


def _from_mailboxes(found: Found, which: Q, *, limit: int) -> None:
    rows = models.Customer.objects.filter(which, merged_into=None, erased_at=None).exclude(email_key="")
    for key, ids in _shared(rows, "email_key", "id", limit):
        _pair(found, ids, Evidence(kind=EvidenceKind.EMAIL, detail=key))


def _from_phones(found: Found, which: Q, *, limit: int) -> None:
    rows = models.Address.objects.filter(which, customer__merged_into=None, customer__erased_at=None)
    for key, ids in _shared(rows.exclude(phone_key=""), "phone_key", "customer_id", limit):
        _pair(found, ids, Evidence(kind=EvidenceKind.PHONE, detail=key))


def _shared(rows: "QuerySet[Any]", key: str, owner: str, limit: int) -> Iterable[tuple[str, list[int]]]:
    """Values that two to four customers have in common, with those customers."""
    groups = rows.order_by().values(key).annotate(people=Count(owner, distinct=True))
    shared = groups.filter(people__gte=2, people__lte=MOST_BEHIND_ONE)
    return tuple(shared.annotate(ids=ArrayAgg(owner, distinct=True)).values_list(key, "ids")[:limit])


def _from_pairs(found: Found, which: Q, *, limit: int) -> None:
    rows = models.Pair.objects.filter(which).exclude(kind=NOT_SAME).order_by("-id")
    for low, high, kind, detail in rows.values_list("low_id", "high_id", "kind", "detail")[:limit]:
        found[low, high].append(Evidence(kind=EvidenceKind(kind), detail=detail))


def _pair(found: Found, ids: Iterable[int], evidence: Evidence) -> None:
    for low, high in combinations(sorted(ids), 2):
        found[low, high].append(evidence)


def _told(found: Found) -> tuple[contracts.Likeness, ...]:
    apart = set(
        models.Pair.objects.filter(kind=NOT_SAME, low_id__in={low for low, _ in found}).values_list("low_id", "high_id")
        if found
        else ()
    )
    known = customers({customer_id for pair in found for customer_id in pair})
    told = []
    for (low, high), evidence in found.items():
        first, second = known.get(low), known.get(high)
        if (low, high) in apart or first is None or second is None or _closed(first) or _closed(second):
            continue
        names = rules.names_agree(first.name, second.name)
        told.append(
            contracts.Likeness(
                first=first,
                second=second,
                evidence=tuple(evidence),
                strength=rules.strength(evidence, names=names),
                names_agree=names,
            )
        )
    return tuple(sorted(told, key=lambda pair: (_ORDER.index(pair.strength), -pair.second.id)))


def _closed(customer: contracts.Customer) -> bool:
    return customer.erased or customer.merged_into is not None


def merges_of(customer_id: int) -> tuple[contracts.Merge, ...]:
    """The records that were put into this customer's or into those merged with it, the latest first; also those taken
    apart again."""
    rows = models.Merge.objects.select_related("gone", "actor").filter(
        Q(kept_id=customer_id) | Q(kept__merged_into_id=customer_id)
    )
    return tuple(as_merge(row) for row in rows.order_by("-id"))


def merge(merge_id: int) -> contracts.Merge:
    """One merge. Raises NotFound."""
    row = models.Merge.objects.select_related("gone", "actor").filter(id=merge_id).first()
    if row is None:
        raise NotFound(kind="merge", key=merge_id)
    return as_merge(row)


def as_merge(row: models.Merge) -> contracts.Merge:
    return contracts.Merge(
        id=row.pk,
        kept_id=row.kept_id,
        gone=as_customer(row.gone),
        evidence=tuple(row.evidence),
        note=row.note,
        actor_id=row.actor_id,
        actor_name=row.actor.get_full_name() if row.actor else "",
        at=row.at,
        undone_at=row.undone_at,
    )
