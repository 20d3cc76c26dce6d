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
