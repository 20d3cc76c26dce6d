"""Tables that belong to no domain: the event outbox, answers kept for retries, rate limits."""

from django.db import models
from django.db.models.functions import Now


class OutboxEvent(models.Model):
    """An event as written with its change. Kept for a while after delivery, as a trail."""

    name = models.CharField(max_length=100)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("name", "occurred_at"), name="core_event_name_at"),)

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class Delivery(models.Model):
    """An event that a listener has still to take; the row goes away with the transaction that takes it."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    listener = models.CharField(max_length=100)
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("listener", "id"), condition=models.Q(failed_at__isnull=True), name="core_delivery_queue"
            ),
        )

    def __str__(self) -> str:
        return f"{self.listener} <- {self.event_id}"


class KeptAnswer(models.Model):
    """The answer given to a write, kept under its idempotency key so that a retry gets the same one."""

    scope = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("scope", "key"), name="core_answer_once"),)
        indexes = (models.Index(fields=("created_at",), name="core_answer_created"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class RateBucket(models.Model):
    """How much of an allowance a caller has left; see :mod:`parvis.core.limits`. Not logged: a crash empties it."""

    key = models.CharField(max_length=200, primary_key=True)
    level = models.FloatField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
