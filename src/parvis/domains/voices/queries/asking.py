"""What people ask, wherever they asked it, and what was answered."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from parvis.domains.voices import models
from parvis.domains.voices.contracts import Voice, VoiceKind, VoiceState
from parvis.domains.voices.queries import shape
from parvis.domains.voices.queries.voices import answer_rank

_ASKS = [{"intent": "question"}]


def asked_since(since: datetime, *, limit: int = 20_000) -> tuple[Voice, ...]:
    """Public questions, and comments that ask something, said since then; the latest first. One statement."""
    asks = Q(kind=VoiceKind.QUESTION) | Q(kind=VoiceKind.COMMENT, reading__intents__contains=_ASKS)
    rows = models.Voice.objects.filter(asks, state=VoiceState.PUBLISHED, submitted_at__gte=since)
    return tuple(shape.load(rows.order_by("-submitted_at", "-id")[:limit], photos=False))


def answer_voices(question_ids: Iterable[int]) -> dict[int, tuple[Voice, ...]]:
    """Public answers by question: the brand's, owners', then others by votes. One statement."""
    rows = models.Voice.objects.filter(
        parent_id__in=list(question_ids), kind=VoiceKind.ANSWER, state=VoiceState.PUBLISHED
    )
    found: dict[int, list[Voice]] = {}
    for answer in sorted(shape.load(rows.order_by("id"), photos=False), key=answer_rank):
        found.setdefault(answer.parent_id or 0, []).append(answer)
    return {question: tuple(answers) for question, answers in found.items()}
