"""Nearly the same words from several people: what they are found by, and the groups that were found."""

from django.db import models

from parvis.domains.voices.models.policy import Policy
from parvis.domains.voices.models.voice import Voice


class Sketch(models.Model):
    """One of the few numbers by which edited copies of a recent voice are found (``science.text.sketches``).

    ``at``: when the voice was sent. Kept for some days only. The database does not check ``voice``: eight checks for
    each voice would cost more than the numbers themselves; an erasure deletes them by name.
    """

    pk = models.CompositePrimaryKey("voice_id", "key")
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    key = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("key", "at"), include=("voice",), name="voices_sketch_key"),)

    def __str__(self) -> str:
        return f"{self.key} of #{self.voice_id}"


class Burst(models.Model):
    """Voices of several people with nearly the same words, sent within a short time: for a person to look at as one."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"burst {self.pk}"


class BurstMember(models.Model):
    """A voice of a burst. ``alike``: to the most alike of the others when it joined, 0..1."""

    voice = models.OneToOneField(Voice, on_delete=models.CASCADE, primary_key=True, related_name="burst_member")
    burst = models.ForeignKey(Burst, on_delete=models.CASCADE, related_name="members")
    alike = models.FloatField()
    joined_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.voice_id} in burst {self.burst_id}"
