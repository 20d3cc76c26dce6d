"""What was decided about a voice: a trail that only grows."""

from django.db import models

from parvis.domains.voices.contracts import DecidedBy, Outcome, Reason, VoiceState
from parvis.domains.voices.models.choices import choices
from parvis.domains.voices.models.policy import Policy
from parvis.domains.voices.models.voice import Voice


class Decision(models.Model):
    """The trail of moderation. A trigger refuses changes and deletions; an undo is a further line."""

    voice = models.ForeignKey(Voice, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=20, choices=choices(Outcome))
    by = models.CharField(max_length=20, choices=choices(DecidedBy))
    actor = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=40, choices=choices(Reason))
    note = models.TextField(blank=True, default="")
    model = models.CharField(max_length=80, blank=True, default="")
    scores = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=8, blank=True, default="", db_default="")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, related_name="+")
    state_before = models.CharField(max_length=20, choices=choices(VoiceState))
    state_after = models.CharField(max_length=20, choices=choices(VoiceState))
    published_before = models.DateTimeField(null=True)
    at = models.DateTimeField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        indexes = (
            models.Index(fields=("voice", "-id"), name="voices_decision_latest"),
            models.Index(
                fields=("id",),
                condition=models.Q(outcome__in=("refuse", "withdraw")),
                name="voices_decision_against",
            ),
        )

    def __str__(self) -> str:
        return f"{self.outcome} #{self.voice_id}"
