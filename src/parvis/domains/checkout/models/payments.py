"""Payments, refunds, kept cards and the webhooks already taken. Amounts only move inside what was captured."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from parvis.domains.checkout.contracts import PaymentState, RefundState
from parvis.domains.checkout.models.orders import Order

# The payment of an order that left nothing to pay: at no provider, of nothing. Refunds to gift cards hang on it.
NO_PROVIDER = "none"


class Payment(models.Model):
    """A payment at a provider; one live payment an order. ``refunded_minor`` counts refunds that are under way too,
    so that two refunds at once can never give back more than was taken. Of a card only brand and last four."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments")
    provider = models.CharField(max_length=40)
    reference = models.CharField(max_length=120)
    state = models.CharField(max_length=20, default=PaymentState.CREATED.value)
    currency = models.CharField(max_length=3)
    amount_minor = models.PositiveIntegerField()
    authorised_minor = models.PositiveIntegerField(default=0)
    captured_minor = models.PositiveIntegerField(default=0)
    refunded_minor = models.PositiveIntegerField(default=0)
    decline_code = models.CharField(max_length=60, default="", blank=True)
    card_brand = models.CharField(max_length=20, default="", blank=True)
    card_last4 = models.CharField(max_length=4, default="", blank=True)
    save_card = models.BooleanField(default=False)
    news_at = models.DateTimeField(null=True)
    # when the shopper last tried a card: what is told of an attempt is told once
    attempted_at = models.DateTimeField(null=True)
    # when the provider was last asked how it stands, by the worker (actions.recovery)
    checked_at = models.DateTimeField(null=True)
    capture_attempts = models.PositiveSmallIntegerField(default=0)
    capture_due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("provider", "reference"), name="checkout_payment_reference"),
            models.UniqueConstraint(
                fields=("order",), condition=~Q(state=PaymentState.CANCELLED.value), name="checkout_payment_one_live"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PaymentState]), name="checkout_payment_state"
            ),
            models.CheckConstraint(
                condition=Q(authorised_minor__lte=F("amount_minor")), name="checkout_payment_authorised"
            ),
            models.CheckConstraint(
                condition=Q(captured_minor__lte=F("authorised_minor")), name="checkout_payment_captured"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__lte=F("captured_minor")), name="checkout_payment_refunded"
            ),
        )
        indexes = (
            models.Index(
                fields=("capture_due_at",), condition=Q(capture_due_at__isnull=False), name="checkout_capture_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.reference} {self.state}"


class Refund(models.Model):
    """Money given back; ``gift_minor`` is the part of it that goes to gift cards. ``lines`` maps order line ids (as
    text) to pieces; ``key`` makes a repeated call the same. ``taxes`` is the tax inside it by rate, as in an order,
    written when the money has gone; empty where the order was never paid, so that no tax was owed."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="refunds")
    key = models.CharField(max_length=120, unique=True)
    amount_minor = models.PositiveIntegerField()
    gift_minor = models.PositiveIntegerField(default=0, db_default=0)
    lines = models.JSONField(default=dict)
    taxes = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    restock = models.BooleanField(default=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    state = models.CharField(max_length=10, default=RefundState.PENDING.value)
    reference = models.CharField(max_length=120, default="", blank=True)
    failure = models.CharField(max_length=60, default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    due_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    # when the buyer's bank sent the money back, after the refund had succeeded
    bounced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="checkout_refund_amount"),
            models.CheckConstraint(condition=Q(gift_minor__lte=F("amount_minor")), name="checkout_refund_gift"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RefundState]), name="checkout_refund_state"
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), condition=Q(state=RefundState.PENDING.value), name="checkout_refund_due"),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.state}"


class WebhookSeen(models.Model):
    """A provider's message that was taken: written with its effect, so that the next copy has none."""

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=120)
    received_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("provider", "event_id"), name="checkout_webhook_once"),)
        indexes = (models.Index(fields=("received_at",), name="checkout_webhook_age"),)

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class SavedCard(models.Model):
    """A card kept at the provider with the customer's consent; ``token`` is worth nothing without the provider."""

    customer = models.ForeignKey("people.Customer", on_delete=models.CASCADE, related_name="+")
    provider = models.CharField(max_length=40)
    token = models.CharField(max_length=120)
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    consent_text = models.CharField(max_length=40)
    saved_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("provider", "token"), name="checkout_card_once"),)
        indexes = (
            models.Index(fields=("customer",), condition=Q(removed_at__isnull=True), name="checkout_card_customer"),
        )

    def __str__(self) -> str:
        return f"{self.brand} •••• {self.last4}"
