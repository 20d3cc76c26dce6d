"""What moved from one customer to another when the two turned out to be one person."""

from django.db import models

from parvis.domains.voices.models.voice import Voice


class MovedVoice(models.Model):
    """A voice that came to the kept customer by a merge, so that it can go back."""

    merge_id = models.BigIntegerField()
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("merge_id", "voice"), name="voices_movedvoice_once"),)

    def __str__(self) -> str:
        return f"voice {self.voice_id} by {self.merge_id}"


class MovedVote(models.Model):
    """A vote that did; ``dropped`` when the person had voted twice, or for the own voice."""

    merge_id = models.BigIntegerField()
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="+")
    value = models.SmallIntegerField()
    at = models.DateTimeField()
    dropped = models.BooleanField(default=False)
    voter = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("merge_id", "voice", "voter"), name="voices_movedvote_once"),)

    def __str__(self) -> str:
        return f"vote on {self.voice_id} by {self.merge_id}"


class MovedInvitation(models.Model):
    """An invitation, or a question put to an owner, that did."""

    merge_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    row_id = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("merge_id", "kind", "row_id"), name="voices_movedinvitation_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id} by {self.merge_id}"
