"""A conversation as it may be shown now: what was withdrawn since is gone, counts are today's."""

from collections.abc import Iterable, Sequence
from typing import Any

from parvis.core.errors import NotFound
from parvis.domains.assistant import models
from parvis.domains.assistant.contracts import Conversation, Resolution, Surface, Turn
from parvis.domains.assistant.queries.rendering import render


def conversation_by_token(token: str) -> Conversation:
    """The conversation of whoever holds its token; raises NotFound."""
    return _one(models.Conversation.objects.filter(token=token).first(), token)


def conversation(conversation_id: int) -> Conversation:
    """A conversation for the team, and for whoever takes over; raises NotFound."""
    return _one(models.Conversation.objects.filter(pk=conversation_id).first(), conversation_id)


def known_token(token: str, *, customer_id: int | None) -> bool:
    """Whether a browser may go on with the conversation of this token: it is there, and is nobody else's."""
    owner = models.Conversation.objects.filter(token=token).values_list("customer_id", flat=True)
    found = list(owner[:1])
    return bool(found) and found[0] in (None, customer_id)


def revision(token: str) -> tuple[int, tuple[int, ...]]:
    """What a window compares to know whether something changed: the revision, and which of the voices shown are no
    longer public. Two statements."""
    from parvis.domains.voices import queries as voices

    row = models.Conversation.objects.filter(token=token).values_list("id", "revision").first()
    if row is None:
        raise NotFound(kind="conversation", key="")
    shown = models.Passage.objects.filter(turn__conversation_id=row[0], voice__isnull=False)
    ids = sorted(set(shown.values_list("voice_id", flat=True)))
    return row[1], tuple(sorted(set(ids) - set(voices.public_among(ids))))


def turn(conversation_id: int, number: int) -> Turn:
    """One turn; raises NotFound."""
    row = models.Turn.objects.filter(conversation_id=conversation_id, number=number).first()
    if row is None:
        raise NotFound(kind="turn", key=number)
    return _turns(row.conversation, [row])[0]


def conversations_of(customer_id: int, *, limit: int = 20) -> tuple[Conversation, ...]:
    """A customer's own conversations, the latest first, without their turns' answers."""
    rows = models.Conversation.objects.filter(customer_id=customer_id, turns__gt=0).order_by("-last_at")[:limit]
    return tuple(_head(row, ()) for row in rows)


def _one(row: models.Conversation | None, key: object) -> Conversation:
    if row is None:
        raise NotFound(kind="conversation", key=key if isinstance(key, int) else "")
    turns = models.Turn.objects.filter(conversation=row).order_by("number")
    return _head(row, _turns(row, turns))


def _turns(row: models.Conversation, turns: Iterable[models.Turn]) -> tuple[Turn, ...]:
    kept = list(turns)
    passages: dict[int, list[models.Passage]] = {}
    for passage in models.Passage.objects.filter(turn__in=[each.pk for each in kept]).order_by("turn_id", "rank"):
        passages.setdefault(passage.turn_id, []).append(passage)
    return render(kept, passages, locale=row.locale, customer_id=row.customer_id)


def _head(row: models.Conversation, turns: Sequence[Turn]) -> Conversation:
    named: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "id", "token", "locale", "customer_id", "product_id", "started_at", "last_at", "handed_over_at",
            "answered_at", "contact_email", "revision",
        )
    }  # fmt: skip
    return Conversation(
        **named,
        surface=Surface(row.surface),
        resolution=Resolution(row.resolution) if row.resolution else None,
        turns=tuple(turns),
    )
