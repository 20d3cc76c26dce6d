"""What surrounds payments: disputes, the comparison with the provider's books, and attempts to pay."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from parvis.domains.checkout.contracts import AttemptOutcome, DifferenceState, DisputeState
from parvis.domains.checkout.models.orders import Order
from parvis.domains.checkout.models.payments import Payment


class Dispute(models.Model):
    """A payment that the cardholder's bank contests. ``evidence`` is what we sent, by our own words."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="disputes")
    reference = models.CharField(max_length=120)
    reason = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    amount_minor = models.PositiveIntegerField()
    fee_minor = models.PositiveIntegerField(default=0)
    evidence = models.JSONField(default=dict)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()
    evidence_due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("evidence_due_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("payment", "reference"), name="checkout_dispute_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DisputeState]), name="checkout_dispute_state"
            ),
        )
        indexes = (
            models.Index(
                fields=("evidence_due_at",), condition=Q(closed_at__isnull=True), name="checkout_dispute_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class Reconciliation(models.Model):
    """A comparison of the provider's books with ours for [since, until). ``days`` holds the sums of each day."""

    provider = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField()
    movements = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    mended = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3)
    problem = models.CharField(max_length=200, default="", blank=True)
    days = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("-at",), name="checkout_reconciled"),)

    def __str__(self) -> str:
        return f"{self.provider} {self.since:%Y-%m-%d} {self.found}"


class Difference(models.Model):
    """Something that the provider's books and ours tell differently, once for as long as it stands. ``ours_minor``
    and ``theirs_minor`` are the two sums; ``note`` is what a person wrote who settled it."""

    provider = models.CharField(max_length=40)
    kind = models.CharField(max_length=30)
    reference = models.CharField(max_length=120)
    order = models.ForeignKey(Order, null=True, on_delete=models.CASCADE, related_name="differences")
    order_number = models.CharField(max_length=40, default="", blank=True)
    currency = models.CharField(max_length=3)
    ours_minor = models.PositiveIntegerField(default=0)
    theirs_minor = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, default=DifferenceState.OPEN.value)
    note = models.CharField(max_length=500, default="", blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-first_seen_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("provider", "kind", "reference"), name="checkout_difference_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DifferenceState]), name="checkout_difference_state"
            ),
        )
        indexes = (models.Index(fields=("state", "-first_seen_at"), name="checkout_difference_state"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class PayAttempt(models.Model):
    """An attempt to pay, kept for a month to see bursts of stolen cards. Addresses, visits and cards are keyed
    digests, worth nothing outside; ``bin`` is the first six digits, which name the bank."""

    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="+")
    address = models.CharField(max_length=32, default="", blank=True)
    visit = models.CharField(max_length=32, default="", blank=True)
    card = models.CharField(max_length=32, default="", blank=True)
    bin = models.CharField(max_length=6, default="", blank=True)
    outcome = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome__in=[outcome.value for outcome in AttemptOutcome]), name="checkout_attempt_outcome"
            ),
        )
        indexes = (
            models.Index(fields=("at",), name="checkout_attempt_at"),
            models.Index(
                fields=("at",),
                condition=Q(outcome__in=(AttemptOutcome.DECLINED.value, AttemptOutcome.UNREADABLE.value)),
                name="checkout_attempt_failed",
            ),
            models.Index(
                fields=("at",), condition=Q(outcome=AttemptOutcome.TRYING.value), name="checkout_attempt_trying"
            ),
            models.Index(
                fields=("bin", "at"), condition=Q(outcome=AttemptOutcome.PAID.value), name="checkout_attempt_paid"
            ),
        )

    def __str__(self) -> str:
        return f"{self.outcome} {self.at:%H:%M:%S}"
