"""The journal of what agents asked."""

from django.db import models
from django.db.models import Q


class Call(models.Model):
    """One request of an agent (``agent`` None: it did not say who it is). Nothing personal and no secret:
    ``session_key`` is a hash of the session's token, ``where`` the place in the request that was wrong, never what
    stood there. Refusals of one kind within a minute are one row, ``times`` of them (``fold`` is their common key),
    so that a flood of requests is no flood of rows."""

    agent = models.ForeignKey("people.Agent", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    protocol = models.CharField(max_length=12)
    operation = models.CharField(max_length=60)
    session_key = models.CharField(max_length=32, default="", blank=True)
    status = models.PositiveSmallIntegerField()
    error = models.CharField(max_length=60, default="", blank=True)
    where = models.CharField(max_length=80, default="", blank=True)
    milliseconds = models.PositiveIntegerField()
    times = models.PositiveIntegerField(default=1)
    fold = models.CharField(max_length=160, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("fold",), condition=Q(fold__isnull=False), name="agentlink_call_folded"),
        )
        indexes = (
            models.Index(fields=("at",), name="agentlink_call_at"),
            models.Index(fields=("agent", "-id"), name="agentlink_call_agent"),
            models.Index(fields=("session_key",), condition=~Q(session_key=""), name="agentlink_call_session"),
        )

    def __str__(self) -> str:
        return f"{self.protocol} {self.operation} {self.status}"


class OrderEndpoint(models.Model):
    """Where an agent is told of the orders it placed, by the protocol it speaks (``version`` of it, where it has some).
    ``sealed_secret`` signs where the protocol has a shared secret ("" where the shop signs with keys of its own). While
    ``rests_until`` lies ahead after a failure nothing is sent there, so that a slow or dead endpoint keeps nobody else
    waiting."""

    agent = models.ForeignKey("people.Agent", on_delete=models.CASCADE, related_name="+")
    protocol = models.CharField(max_length=12)
    version = models.CharField(max_length=12, default="", blank=True)
    url = models.URLField(max_length=500)
    sealed_secret = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    active = models.BooleanField(default=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("agent", "protocol"), name="agentlink_endpoint_once"),)

    def __str__(self) -> str:
        return f"{self.agent_id} {self.protocol} {self.url}"


class OrderNews(models.Model):
    """One thing that happened to an order, for one endpoint. What is sent is made when it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    endpoint = models.ForeignKey(OrderEndpoint, on_delete=models.CASCADE, related_name="news")
    order = models.ForeignKey("checkout.Order", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20)
    occurred_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)  # somebody is sending it; later, that one has died
    answered_status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, default="", blank=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("due_at", "id"), condition=Q(state="waiting"), name="agentlink_news_due"),
            models.Index(fields=("endpoint", "-id"), name="agentlink_news_recent"),
            models.Index(fields=("order", "endpoint", "id"), name="agentlink_news_order"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.order_id}"
