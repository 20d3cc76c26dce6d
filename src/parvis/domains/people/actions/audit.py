"""The trail of who did what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from parvis.domains.people.models import AuditEntry


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
