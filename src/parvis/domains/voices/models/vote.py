"""Opinions about a voice."""

from django.db import models

from parvis.domains.voices.models.voice import Voice


class Vote(models.Model):
    """One voter's opinion of a voice: +1 helpful, -1 not."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="votes")
    voter = models.CharField(max_length=80)
    value = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("voice", "voter"), name="voices_vote_once"),
            models.CheckConstraint(condition=models.Q(value__in=(-1, 1)), name="voices_vote_value"),
        )

    def __str__(self) -> str:
        return f"{self.value:+d} on #{self.voice_id}"
