"""Where to send, and what was sent."""

from django.db import models
from django.db.models.functions import Now


class Endpoint(models.Model):
    """An address that wants to know. ``kinds`` empty means every kind; ``sealed_secret`` signs."""

    url = models.URLField(max_length=500)
    kinds = models.JSONField(default=list)
    sealed_secret = models.TextField()
    description = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(
        "people.Account", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    active = models.BooleanField(default=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    disabled_reason = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return self.url


class Message(models.Model):
    """One event for one endpoint; unique, so that a repeated event is sent once."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="messages")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=100)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    answered_status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("endpoint", "key"), name="webhooks_message_once"),)
        indexes = (
            models.Index(fields=("due_at",), condition=models.Q(state="waiting"), name="webhooks_message_due"),
            models.Index(fields=("endpoint", "-id"), name="webhooks_message_recent"),
        )

    def __str__(self) -> str:
        return f"{self.kind} -> {self.endpoint_id}"
