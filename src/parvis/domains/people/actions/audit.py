"""The trail of who did what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from parvis.domains.people.models import AuditEntry

# What an entry about a customer keeps when the person is erased: what was done, to which numbers.
_STAYS = ("channel", "customer", "merge")
_ERASING = "SELECT set_config('parvis.erasing', %s, true)"
_FORGET = """
UPDATE people_auditentry
SET detail = (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(detail) WHERE key = ANY(%(stays)s))
WHERE subject_kind = 'customer' AND (subject_id = %(id)s OR detail ? 'customer' AND detail ->> 'customer' = %(id)s)
"""


def note(
    *,
    actor_id: int | None,
    verb: str,
    subject_kind: str,
    subject_id: int | str,
    detail: Mapping[str, Any] | None = None,
    at: datetime,
) -> int:
    """Write down that ``actor_id`` (None: the machine) did ``verb`` ("order.refunded") to a subject.

    ``detail`` holds plain JSON values and never a secret. Call it in the transaction of what it tells of.
    Gives the id of the entry.
    """
    entry = AuditEntry.objects.create(
        actor_id=actor_id,
        verb=verb,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        detail=dict(detail or {}),
        at=at,
    )
    return int(entry.pk)


def forget(customer_id: int) -> None:
    """A customer is erased: that something was done to them, when and by whom stays on the trail, also on that of those
    they were taken for; names, addresses and words go. Call it in the transaction of the erasure."""
    with connection.cursor() as cursor:
        cursor.execute(_ERASING, ["on"])
        cursor.execute(_FORGET, {"id": str(customer_id), "stays": list(_STAYS)})
        cursor.execute(_ERASING, ["off"])
