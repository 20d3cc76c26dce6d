"""Conversations for the team: the latest, those that wait for a person, those of a resolution or a text."""

from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from parvis.core.pagination import Page, decode_cursor, encode_cursor
from parvis.domains.assistant import models
from parvis.domains.assistant.contracts import Asker, Outcome, Resolution, Row, Surface

_WAITS = Q(handed_over_at__isnull=False) & (Q(answered_at__isnull=True) | Q(answered_at__lt=F("handed_over_at")))


def conversations(
    *, resolution: Resolution | str | None = None, text: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Row]:
    """A page of conversations in which something was asked, the latest first. ``resolution`` may be "waiting"; ``text``
    is looked for in questions. One statement."""
    first = models.Turn.objects.filter(conversation=OuterRef("pk"), asker=Asker.SHOPPER).exclude(
        outcome=Outcome.GREETED
    )
    rows = models.Conversation.objects.filter(turns__gt=0)
    if resolution == "waiting":
        rows = rows.filter(_WAITS)
    elif resolution:
        rows = rows.filter(resolution=str(resolution))
    if text:
        said = models.Turn.objects.filter(text__icontains=text[:200])
        rows = rows.filter(pk__in=said.values("conversation_id"))
    if cursor:
        last = int(decode_cursor(cursor, length=1)[0])
        rows = rows.filter(id__lt=last)
    found: list[Any] = list(
        rows.annotate(first=Subquery(first.order_by("number").values("text")[:1])).order_by("-id")[: limit + 1]
    )
    following = encode_cursor(found[limit - 1].pk) if len(found) > limit else None
    return Page(items=tuple(_row(each) for each in found[:limit]), next=following)


def waiting() -> int:
    """How many shoppers wait for a person."""
    return models.Conversation.objects.filter(_WAITS).count()


def _row(row: Any) -> Row:
    return Row(
        id=row.pk,
        locale=row.locale,
        surface=Surface(row.surface),
        customer_id=row.customer_id,
        product_id=row.product_id,
        first_question=row.first or "",
        turns=row.turns,
        last_at=row.last_at,
        resolution=Resolution(row.resolution) if row.resolution else None,
        waits=row.handed_over_at is not None and (row.answered_at is None or row.answered_at < row.handed_over_at),
    )
