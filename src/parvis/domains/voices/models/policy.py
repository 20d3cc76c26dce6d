"""The brand's policy of moderation, version after version."""

from django.db import models


class Policy(models.Model):
    """One version; the greatest is in force. A trigger refuses changes and deletions."""

    version = models.PositiveIntegerField(unique=True)
    settings = models.JSONField()
    note = models.TextField(blank=True, default="")
    author = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"policy {self.version}"
