"""The grade of a conversation follows its turns. Callers hold the lock of the conversation's row."""

from datetime import datetime
from typing import Any

from parvis.core import outbox
from parvis.core.errors import NotFound
from parvis.domains.assistant import models
from parvis.domains.assistant.contracts import Asker, Graded, Outcome, Resolution
from parvis.domains.assistant.rules import grading


def locked(**by: Any) -> models.Conversation:
    """The row, held until the end of the transaction; raises NotFound. Readers are not held up."""
    row = models.Conversation.objects.select_for_update(no_key=True).filter(**by).first()
    if row is None:
        raise NotFound(kind="conversation", key="")
    return row


def follow(row: models.Conversation, *, at: datetime) -> None:
    """Grade anew, count what can be seen as changed, and tell of a new grade."""
    turns = models.Turn.objects.filter(conversation=row, asker=Asker.SHOPPER).order_by("number")
    graded = [(Outcome(outcome), Resolution(each)) for outcome, each in turns.values_list("outcome", "resolution")]
    found = grading.of_conversation(graded, handed_over=row.handed_over_at is not None)
    value = found.value if found else ""
    if value != row.resolution:
        row.resolution = value
        outbox.publish(Graded(conversation_id=row.pk, resolution=value), at=at)
    row.revision += 1
    row.save()
