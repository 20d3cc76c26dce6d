"""Conversations go when their owner is erased, and in time by themselves."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from parvis.domains.assistant import models
from parvis.domains.evidence import actions as evidence
from parvis.domains.voices import queries as voices

KEPT_FOR = timedelta(days=180)


def forget_customer(*, customer_id: int) -> int:
    """Delete every conversation of an erased customer, and what was heard of it; returns how many. Repeating it finds
    none."""
    rows = models.Conversation.objects.filter(customer_id=customer_id)
    count = rows.count()
    turns = models.Turn.objects.filter(conversation__in=rows).values_list("pk", flat=True)
    evidence.unhear(f"assistant:{turn}" for turn in turns)
    rows.delete()
    return count


def forget_old(*, at: datetime) -> int:
    """Delete conversations in which nothing was said for ``KEPT_FOR``; returns how many rows went."""
    return models.Conversation.objects.filter(last_at__lt=at - KEPT_FOR).delete()[0]


@transaction.atomic
def forget_voices(voice_ids: Collection[int]) -> int:
    """Take back what was made of voices that are no longer public: the words spoken in their videos, and sentences of
    the language model that nothing else supports. Returns how many conversations changed; repeating it changes none.

    A voice that has been published again since is left as it is."""
    gone = set(voice_ids) - voices.public_among(voice_ids)
    shown = models.Passage.objects.filter(voice_id__in=gone)
    turns = models.Turn.objects.filter(pk__in=shown.values("turn_id"))
    changed = shown.exclude(words="").update(words="")
    touched = set(turns.values_list("conversation_id", flat=True)) if changed else set()
    for turn in turns.exclude(written=[]).select_for_update():
        ranks = set(models.Passage.objects.filter(turn=turn, voice_id__in=gone).values_list("rank", flat=True))
        kept = [each for each in turn.written if not set(each["cites"]) <= ranks]
        if kept != turn.written:
            models.Turn.objects.filter(pk=turn.pk).update(written=kept)
            touched.add(turn.conversation_id)
    models.Conversation.objects.filter(pk__in=touched).update(revision=F("revision") + 1)
    return len(touched)
