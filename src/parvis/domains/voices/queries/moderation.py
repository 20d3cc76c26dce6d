"""What waits for a person, what was decided, and how long publication takes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from parvis.core.errors import NotFound
from parvis.core.pagination import Page, decode_cursor, encode_cursor
from parvis.domains.voices import models
from parvis.domains.voices.contracts import (
    DecidedBy,
    Decision,
    Origin,
    Outcome,
    PublicationDelay,
    QueueCounts,
    QueueFilters,
    QueueItem,
    Reason,
    Voice,
    VoiceState,
)
from parvis.domains.voices.queries import shape


def find(
    filters: QueueFilters, *, cursor: str | None = None, limit: int = 50, original: bool = False, total: bool = False
) -> Page[Voice]:
    """Voices by filters, in order of id. Raises BadCursor. Two statements, three with ``total``."""
    rows = _filtered(filters)
    count = rows.count() if total else None
    if cursor:
        (position,) = decode_cursor(cursor, length=1)
        after = int(position) if str(position).isdigit() else 0
        rows = rows.filter(id__gt=after) if filters.oldest_first else rows.filter(id__lt=after)
    ordered = rows.order_by("id" if filters.oldest_first else "-id")
    found = shape.load(ordered[: limit + 1], original=original)
    more = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next=more, total=count)


def queue(
    filters: QueueFilters | None = None, *, cursor: str | None = None, limit: int = 50, total: bool = True
) -> Page[QueueItem]:
    """What the team looks at, by default what is held: voices with their original words and latest decision.
    Four statements whatever the number."""
    page = find(filters or QueueFilters(), cursor=cursor, limit=limit, original=True, total=total)
    latest = _latest([voice.id for voice in page.items])
    items = tuple(QueueItem(voice=voice, decision=latest.get(voice.id)) for voice in page.items)
    return Page(items=items, next=page.next, total=page.total)


def _filtered(filters: QueueFilters) -> "QuerySet[models.Voice]":
    exact = {
        "state": filters.state,
        "kind": filters.kind,
        "reason": filters.reason,
        "product_id": filters.product_id,
        "stars": filters.stars,
        "language": filters.language,
        "origin": filters.origin,
    }
    rows = models.Voice.objects.filter(**{name: value for name, value in exact.items() if value is not None})
    if filters.with_photo is not None:
        has_photo = Exists(models.Media.objects.filter(voice_id=OuterRef("pk")))
        rows = rows.filter(has_photo) if filters.with_photo else rows.filter(~has_photo)
    words = filters.text.replace("\0", "").strip()
    if words:
        rows = rows.filter(Q(text__icontains=words) | Q(title__icontains=words) | Q(author_name__icontains=words))
    return rows


def queue_counts() -> QueueCounts:
    """How much waits for a person and for the machine. Two statements."""
    held = models.Voice.objects.filter(state=VoiceState.HELD, examined_at__isnull=False)
    by_reason: dict[str, int] = {}
    by_kind: dict[str, int] = {}
    oldest: datetime | None = None
    rows = held.values_list("reason", "kind").annotate(Count("id"), Min("received_at")).order_by()
    for reason, kind, count, first in rows:
        by_reason[reason] = by_reason.get(reason, 0) + count
        by_kind[kind] = by_kind.get(kind, 0) + count
        oldest = first if oldest is None else min(oldest, first)
    return QueueCounts(
        held=sum(by_kind.values()),
        by_reason=dict(sorted(by_reason.items(), key=lambda item: -item[1])),
        by_kind=by_kind,
        unread=unexamined(),
        oldest_received_at=oldest,
    )


def unexamined() -> int:
    """How many voices the machine has still to look at."""
    return models.Voice.objects.filter(examined_at__isnull=True).count()


# -- decisions ------------------------------------------------------------------------------------------------

_DECISION = (
    "id",
    "voice_id",
    "outcome",
    "by",
    "actor_id",
    "reason",
    "note",
    "model",
    "scores",
    "state_before",
    "state_after",
    "at",
    "undoes_id",
    "undone_by",
)


def decisions(voice_id: int) -> tuple[Decision, ...]:
    """The trail of a voice, the latest decision first."""
    rows = models.Decision.objects.filter(voice_id=voice_id).order_by("-id").values_list(*_DECISION)
    return tuple(_to_decision(row) for row in rows)


def decision(decision_id: int) -> Decision:
    """One decision. Raises NotFound."""
    row = models.Decision.objects.filter(id=decision_id).values_list(*_DECISION).first()
    if row is None:
        raise NotFound(kind="decision", key=decision_id)
    return _to_decision(row)


def _latest(voice_ids: Sequence[int]) -> dict[int, Decision]:
    if not voice_ids:
        return {}
    rows = models.Decision.objects.filter(voice_id__in=voice_ids).order_by("voice_id", "-id").distinct("voice_id")
    return {row[1]: _to_decision(row) for row in rows.values_list(*_DECISION)}


def _to_decision(row: Sequence[Any]) -> Decision:
    shown = dict(zip(_DECISION, row, strict=True))
    return Decision(
        id=shown["id"],
        voice_id=shown["voice_id"],
        outcome=Outcome(shown["outcome"]),
        by=DecidedBy(shown["by"]),
        actor_id=shown["actor_id"],
        reason=Reason(shown["reason"]),
        note=shown["note"],
        model=shown["model"],
        scores=shown["scores"],
        state_before=VoiceState(shown["state_before"]),
        state_after=VoiceState(shown["state_after"]),
        at=shown["at"],
        undoes=shown["undoes_id"],
        undone=shown["undone_by"] is not None,
    )


def publication_waits(*, since: datetime, until: datetime) -> tuple[tuple[datetime, float], ...]:
    """(when published, seconds from reception) of voices published in [since, until) that people sent here: not
    imports nor the demo's data, which waited nowhere. In order of time."""
    came_in = models.Voice.objects.filter(published_at__gte=since, published_at__lt=until)
    own = came_in.filter(origin__in=(Origin.STOREFRONT, Origin.API)).order_by("published_at")
    moments = own.values_list("published_at", "received_at")
    return tuple((published, (published - received).total_seconds()) for published, received in moments if published)


_DELAY = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY waited),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY waited),
       avg((decided_by = 'machine')::int)
FROM (SELECT extract(epoch FROM published_at - received_at) AS waited, decided_by
      FROM voices_voice WHERE received_at >= %s AND published_at IS NOT NULL) AS published
"""


def publication_delay(since: datetime) -> PublicationDelay:
    """How long voices received since then waited until they were public."""
    with connection.cursor() as cursor:
        cursor.execute(_DELAY, [since])
        count, median, p90, machine = cursor.fetchone()
    return PublicationDelay(
        count=count,
        median_seconds=None if median is None else float(median),
        p90_seconds=None if p90 is None else float(p90),
        by_machine_share=None if machine is None else float(machine),
    )
