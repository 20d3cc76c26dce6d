"""The provider's own books. Of a card: brand, last four digits, expiry and how it behaves; never its number."""

from django.db import models
from django.db.models import F, Q


class Intent(models.Model):
    """A payment. ``sequence`` counts its events; ``challenge`` is the unguessable address of its challenge page."""

    reference = models.CharField(max_length=40, unique=True)
    client_token = models.CharField(max_length=80)
    key = models.CharField(max_length=120, unique=True)
    order_number = models.CharField(max_length=40)
    return_url = models.CharField(max_length=500, default="", blank=True)
    locale = models.CharField(max_length=2, default="en")
    currency = models.CharField(max_length=3)
    amount_minor = models.PositiveIntegerField()
    authorised_minor = models.PositiveIntegerField(default=0)
    captured_minor = models.PositiveIntegerField(default=0)
    refunded_minor = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=20)
    decline_code = models.CharField(max_length=40, default="", blank=True)
    outcome = models.CharField(max_length=20, default="", blank=True)
    brand = models.CharField(max_length=20, default="", blank=True)
    last4 = models.CharField(max_length=4, default="", blank=True)
    exp_month = models.PositiveSmallIntegerField(default=0)
    exp_year = models.PositiveSmallIntegerField(default=0)
    keep_card = models.BooleanField(default=False)
    kept_token = models.CharField(max_length=60, default="", blank=True)
    save_asked = models.BooleanField(default=False, db_default=False)
    capture_ends_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField(null=True)
    challenge = models.CharField(max_length=60, unique=True, null=True)
    capture_attempts = models.PositiveSmallIntegerField(default=0)
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(authorised_minor__lte=F("amount_minor")), name="testpay_authorised"),
            models.CheckConstraint(condition=Q(captured_minor__lte=F("authorised_minor")), name="testpay_captured"),
            models.CheckConstraint(condition=Q(refunded_minor__lte=F("captured_minor")), name="testpay_refunded"),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class KeptCard(models.Model):
    """A card kept for later purchases, known to the shop by its token."""

    token = models.CharField(max_length=60, unique=True)
    outcome = models.CharField(max_length=20)
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.brand} •••• {self.last4}"


class SharedToken(models.Model):
    """A card in the vault with what it may be used for; ``used_by`` is the payment it was used for, once."""

    token = models.CharField(max_length=60, unique=True)
    key = models.CharField(max_length=120, unique=True)
    digest = models.CharField(max_length=64)
    outcome = models.CharField(max_length=20)
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    max_minor = models.PositiveIntegerField()
    merchant = models.CharField(max_length=120, default="", blank=True)
    session = models.CharField(max_length=120, default="", blank=True)
    expires_at = models.DateTimeField()
    used_by = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.brand} •••• {self.last4} up to {self.max_minor}"


class Dispute(models.Model):
    """A payment contested by its cardholder's bank. ``evidence`` is what the shop sent."""

    intent = models.OneToOneField(Intent, on_delete=models.CASCADE, related_name="dispute")
    reference = models.CharField(max_length=40, unique=True)
    reason = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    amount_minor = models.PositiveIntegerField()
    fee_minor = models.PositiveIntegerField(default=0)
    evidence = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    evidence_due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class Refund(models.Model):
    """Money given back, once a key."""

    intent = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="refunds")
    reference = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=120, unique=True)
    amount_minor = models.PositiveIntegerField()
    failure = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reference


class Delivery(models.Model):
    """A webhook to be sent. One event may have two deliveries, as happens with real providers."""

    event_id = models.CharField(max_length=40, db_index=True)
    intent = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=40)
    body = models.TextField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    answered = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=200, default="", blank=True)
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(
                fields=("due_at",), condition=Q(delivered_at__isnull=True, failed_at__isnull=True), name="testpay_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.event_id} {self.kind}"
