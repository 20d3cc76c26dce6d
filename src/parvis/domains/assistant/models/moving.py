"""What a merge of two customers brought to the kept one."""

from django.db import models

from parvis.domains.assistant.models.conversation import Conversation


class MovedConversation(models.Model):
    """A conversation that came to the kept customer by a merge, so that it can go back."""

    merge_id = models.BigIntegerField()
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("merge_id", "conversation"), name="assistant_moved_once"),)

    def __str__(self) -> str:
        return f"conversation {self.conversation_id} by {self.merge_id}"
