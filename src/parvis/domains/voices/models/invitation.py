"""Invitations to review what was bought, and questions put to those who own it."""

from django.db import models

from parvis.domains.voices.contracts import InvitationState, StopReason
from parvis.domains.voices.models.choices import choices
from parvis.domains.voices.models.voice import Voice


class InvitationSettings(models.Model):
    """What the brand decided: one row, number 1."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    active = models.BooleanField(default=True)
    delay_days = models.PositiveSmallIntegerField(default=10)
    reminder_days = models.PositiveSmallIntegerField(default=7)
    delays = models.JSONField(default=dict, blank=True)
    subject_en = models.CharField(max_length=150, blank=True, default="")
    subject_fr = models.CharField(max_length=150, blank=True, default="")
    opening_en = models.TextField(blank=True, default="")
    opening_fr = models.TextField(blank=True, default="")
    owners_active = models.BooleanField(default=True)
    owners_after_hours = models.PositiveSmallIntegerField(default=24)
    owners_each = models.PositiveSmallIntegerField(default=3)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="voices_invitation_settings_one"),)

    def __str__(self) -> str:
        return "settings of invitations"


class Campaign(models.Model):
    """An incentive promised for a while with invitations. What was promised is copied to each invitation."""

    name = models.CharField(max_length=120)
    incentive = models.CharField(max_length=200)
    categories = models.JSONField(default=list, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    active = models.BooleanField(default=True)
    created_by = models.ForeignKey("people.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="voices_campaign_dates",
            ),
            models.CheckConstraint(condition=~models.Q(incentive=""), name="voices_campaign_promises"),
        )

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """One order, at most one invitation."""

    order = models.OneToOneField("checkout.Order", on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey("people.Customer", on_delete=models.SET_NULL, null=True, related_name="+")
    locale = models.CharField(max_length=2)
    state = models.CharField(max_length=20, choices=choices(InvitationState), default=InvitationState.SCHEDULED)
    stop_reason = models.CharField(max_length=20, choices=choices(StopReason), blank=True, default="")
    campaign = models.ForeignKey(Campaign, on_delete=models.SET_NULL, null=True, related_name="+")
    incentive = models.CharField(max_length=200, blank=True, default="")
    placed_at = models.DateTimeField()
    delivered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    provenance = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state="stopped") | ~models.Q(stop_reason=""), name="voices_invitation_why"
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), condition=models.Q(state="scheduled"), name="voices_invitation_due"),
            models.Index(fields=("remind_at",), condition=models.Q(state="invited"), name="voices_invitation_remind"),
            models.Index(fields=("sent_at",), name="voices_invitation_sent"),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk} ({self.state})"


class InvitedProduct(models.Model):
    """A product of the order, and the review that came of it."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="products")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    line_ref = models.CharField(max_length=64)
    size = models.CharField(max_length=40, blank=True, default="")
    dropped = models.BooleanField(default=False)
    question = models.ForeignKey(Voice, on_delete=models.SET_NULL, null=True, related_name="+")
    aspect = models.CharField(max_length=60, blank=True, default="")
    voice = models.ForeignKey(Voice, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("invitation", "product"), name="voices_invited_once"),)

    def __str__(self) -> str:
        return f"{self.invitation_id}: {self.product_id}"


class OwnerRequest(models.Model):
    """A question put to one who owns the product; each person is asked a question once."""

    question = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey("people.Customer", on_delete=models.CASCADE, related_name="+")
    answer = models.ForeignKey(Voice, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("question", "customer"), name="voices_owner_asked_once"),)
        indexes = (models.Index(fields=("customer", "-asked_at"), name="voices_owner_recent"),)

    def __str__(self) -> str:
        return f"question {self.question_id} to {self.customer_id}"
