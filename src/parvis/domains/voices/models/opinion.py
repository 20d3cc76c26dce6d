"""Second opinions on held voices."""

from django.db import models

from parvis.domains.voices.contracts import Outcome
from parvis.domains.voices.contracts.opinions import OpinionState
from parvis.domains.voices.models.choices import choices
from parvis.domains.voices.models.voice import Voice


class Opinion(models.Model):
    """What a language model said of a held voice: one a voice, and nothing of the voice's words but places in them
    (``passages``: field, start, end) and the model's own sentence (``why`` by locale)."""

    voice = models.OneToOneField(Voice, on_delete=models.CASCADE, primary_key=True, related_name="opinion")
    state = models.CharField(max_length=10, choices=choices(OpinionState))
    model = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=1)
    error = models.CharField(max_length=60, blank=True, default="")
    retry = models.BooleanField(default=True)
    suggests = models.CharField(max_length=20, choices=choices(Outcome), blank=True, default="")
    ground = models.CharField(max_length=40, blank=True, default="")  # a Reason
    findings = models.JSONField(default=dict)
    passages = models.JSONField(default=list)
    why = models.JSONField(default=dict)
    confidence = models.FloatField(default=0)
    suspect = models.BooleanField(default=False)
    # the decision that this opinion tipped, if any
    acted = models.BooleanField(default=False)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    cost_minor = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    latency_ms = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=("asked_at",), name="voices_opinion_asked"),
            models.Index(fields=("voice",), condition=~models.Q(state="given"), name="voices_opinion_open"),
        )

    def __str__(self) -> str:
        return f"opinion on #{self.voice_id}"
