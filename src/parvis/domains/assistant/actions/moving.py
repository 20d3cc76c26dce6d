"""Conversations follow a person whose records are merged, and go back when they are split."""

from django.db import transaction

from parvis.domains.assistant import models


@transaction.atomic
def move_customer(*, kept_id: int, gone_id: int, merge_id: int) -> int:
    """Give ``kept_id`` the conversations of ``gone_id``; returns how many. Repeating it changes nothing."""
    ids = list(models.Conversation.objects.filter(customer_id=gone_id).order_by("id").values_list("id", flat=True))
    models.MovedConversation.objects.bulk_create(
        [models.MovedConversation(merge_id=merge_id, conversation_id=each) for each in ids], ignore_conflicts=True
    )
    return models.Conversation.objects.filter(id__in=ids, customer_id=gone_id).update(customer_id=kept_id)


@transaction.atomic
def move_back(*, kept_id: int, gone_id: int, merge_id: int) -> int:
    """Give ``gone_id`` back what the merge took, as far as it is still ``kept_id``'s; returns how many."""
    moved = models.MovedConversation.objects.filter(merge_id=merge_id)
    back = models.Conversation.objects.filter(id__in=moved.values("conversation_id"), customer_id=kept_id)
    count = back.update(customer_id=gone_id)
    moved.delete()
    return count
