"""A further human look at a decision: a check by sample, a second signature, an appeal."""

from django.db import models

from parvis.domains.voices.contracts import AppealState, Outcome, Reason
from parvis.domains.voices.models.choices import choices
from parvis.domains.voices.models.decision import Decision
from parvis.domains.voices.models.voice import Voice


class Check(models.Model):
    """A voice drawn by chance for a person to look at, whatever the machine said: what error rates are known from.

    ``chance`` is the probability with which it was drawn. ``fit``: whether a person found it fit to be public.
    """

    voice = models.OneToOneField(Voice, on_delete=models.CASCADE, related_name="check_by_sample")
    chance = models.FloatField()
    drawn_at = models.DateTimeField()
    fit = models.BooleanField(null=True)
    reason = models.CharField(max_length=40, blank=True, default="")
    actor = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("voice",), condition=models.Q(checked_at__isnull=True), name="voices_check_open"),
        )

    def __str__(self) -> str:
        return f"check of #{self.voice_id}"


class Proposal(models.Model):
    """What a first person wants, where the policy asks for two. ``confirmed``: None while it waits for the second."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="proposals")
    outcome = models.CharField(max_length=20, choices=choices(Outcome))
    reason = models.CharField(max_length=40, choices=choices(Reason))
    note = models.TextField(blank=True, default="")
    actor = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    confirmed = models.BooleanField(null=True)
    closed_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, null=True, related_name="proposal")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("voice",), condition=models.Q(closed_at__isnull=True), name="voices_proposal_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_by__isnull=True)
                | models.Q(confirmed=False)
                | ~models.Q(closed_by=models.F("actor")),
                name="voices_proposal_two_people",
            ),
        )

    def __str__(self) -> str:
        return f"{self.outcome} #{self.voice_id}, first of two"


class Appeal(models.Model):
    """The author contests a decision, once; a person answers."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="appeals")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="appeal")
    text = models.TextField()
    at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=choices(AppealState), default=AppealState.OPEN)
    answer = models.TextField(blank=True, default="")
    actor = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("id",), condition=models.Q(state="open"), name="voices_appeal_open"),)

    def __str__(self) -> str:
        return f"appeal about #{self.voice_id}"


class Statement(models.Model):
    """The reasons of a decision as they were told to the author: which words, on which ground, when and how."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="statement")
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="statements")
    locale = models.CharField(max_length=8)
    ground = models.CharField(max_length=40, choices=choices(Reason))
    words = models.TextField()
    automated = models.BooleanField()
    sent = models.CharField(max_length=20, blank=True, default="")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reasons about #{self.voice_id}"
