"""What waits for a person, what was decided, and how long publication takes."""

from datetime import datetime

from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from parvis.core.numbers import whole
from parvis.core.pagination import BadCursor, Page, decode_cursor, encode_cursor
from parvis.domains.voices import models
from parvis.domains.voices.contracts import (
    AppealState,
    Desk,
    Origin,
    PublicationDelay,
    QueueCounts,
    QueueFilters,
    QueueItem,
    ReportState,
    Voice,
    VoiceState,
)
from parvis.domains.voices.queries import reports as open_matters
from parvis.domains.voices.queries import shape, trail
from parvis.domains.voices.queries.bursts import bursts_of
from parvis.domains.voices.queries.desks import open_on


def find(
    filters: QueueFilters, *, cursor: str | None = None, limit: int = 50, original: bool = False, total: bool = False
) -> Page[Voice]:
    """Voices by filters: in order of id, or of what a look is worth (``by_value``, held voices only). Raises
    BadCursor. Two statements, three with ``total``."""
    rows = _filtered(filters)
    if filters.by_value:
        rows = rows.filter(look_by__isnull=False)
    count = rows.count() if total else None
    rows = _after(rows, filters, cursor)
    order = ("look_by", "id") if filters.by_value else ("id" if filters.oldest_first else "-id",)
    found = shape.load(rows.order_by(*order)[: limit + 1], original=original)
    more = None
    if len(found) > limit:
        last = found[limit - 1].id
        due = models.Voice.objects.values_list("look_by", flat=True).get(id=last) if filters.by_value else None
        more = encode_cursor(due.isoformat(), last) if due else encode_cursor(last)
    return Page(items=tuple(found[:limit]), next=more, total=count)


def _after(rows: "QuerySet[models.Voice]", filters: QueueFilters, cursor: str | None) -> "QuerySet[models.Voice]":
    """What comes after a cursor."""
    if not cursor:
        return rows
    if filters.by_value:
        due, last = decode_cursor(cursor, length=2)
        try:
            moment, position = datetime.fromisoformat(str(due)), int(str(last))
        except ValueError as error:
            raise BadCursor from error
        return rows.filter(Q(look_by__gt=moment) | Q(look_by=moment, id__gt=position))
    (last,) = decode_cursor(cursor, length=1)
    position = whole(str(last)) or 0
    return rows.filter(id__gt=position) if filters.oldest_first else rows.filter(id__lt=position)


def queue(
    filters: QueueFilters | None = None, *, cursor: str | None = None, limit: int = 50, total: bool = True
) -> Page[QueueItem]:
    """What the team looks at, by default what is held: voices with their original words, latest decision and what is
    open about them. Five statements whatever the number, and one for each desk that they lie on."""
    page = find(filters or QueueFilters(), cursor=cursor, limit=limit, original=True, total=total)
    ids = [voice.id for voice in page.items]
    latest = trail.latest_of(ids)
    waits = open_on(ids) if ids else {key: set[int]() for key in Desk}
    proposals = open_matters.proposals_open(waits[Desk.SECOND]) if waits[Desk.SECOND] else {}
    appeals = open_matters.appeals_about(waits[Desk.APPEALS], open_only=True) if waits[Desk.APPEALS] else {}
    reports = open_matters.reports_about(waits[Desk.REPORTS], open_only=True) if waits[Desk.REPORTS] else {}
    crowds = bursts_of(waits[Desk.BURSTS])
    items = tuple(
        QueueItem(
            voice=voice,
            decision=latest.get(voice.id),
            proposal=proposals.get(voice.id),
            appeal=next(iter(appeals.get(voice.id, ())), None),
            reports=reports.get(voice.id, ()),
            drawn=voice.id in waits[Desk.CHECKS],
            burst=crowds.get(voice.id),
        )
        for voice in page.items
    )
    return Page(items=items, next=page.next, total=page.total)


def _open_at(desk: Desk) -> Q:
    """What waits on a desk."""
    if desk is Desk.SECOND:
        return Q(id__in=models.Proposal.objects.filter(closed_at__isnull=True).values("voice_id"))
    if desk is Desk.APPEALS:
        return Q(id__in=models.Appeal.objects.filter(state=AppealState.OPEN).values("voice_id"))
    if desk is Desk.REPORTS:
        return Q(id__in=models.Report.objects.filter(state=ReportState.OPEN).values("voice_id"))
    if desk is Desk.CHECKS:
        unchecked = models.Check.objects.filter(checked_at__isnull=True).values("voice_id")
        return Q(id__in=unchecked, state__in=(VoiceState.PUBLISHED, VoiceState.REFUSED))
    if desk is Desk.BURSTS:
        return Q(id__in=models.BurstMember.objects.values("voice_id"), state=VoiceState.HELD)
    return Q(state=VoiceState.HELD, examined_at__isnull=False)


def _filtered(filters: QueueFilters) -> "QuerySet[models.Voice]":
    exact = {
        "state": filters.state if filters.desk is None else None,
        "kind": filters.kind,
        "reason": filters.reason,
        "product_id": filters.product_id,
        "stars": filters.stars,
        "language": filters.language,
        "origin": filters.origin,
    }
    rows = models.Voice.objects.filter(**{name: value for name, value in exact.items() if value is not None})
    if filters.desk is not None:
        rows = rows.filter(_open_at(filters.desk))
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
