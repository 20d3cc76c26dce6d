"""Programs that ask customers, what was granted, and the hashes of what proves it."""

from django.db import models

from parvis.domains.people.models.agents import Agent
from parvis.domains.people.models.people import Account


class Assistant(models.Model):
    """A program known by its ``client_id``. ``described``: the id is an https address whose document says all the rest,
    trusted until ``fresh_until``."""

    client_id = models.CharField(max_length=500, unique=True)
    name = models.CharField(max_length=120)
    home = models.CharField(max_length=500, blank=True, default="")
    redirects = models.JSONField(default=list)
    described = models.BooleanField(default=False)
    agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    fresh_until = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("created_at",), condition=models.Q(agent=None), name="people_assistant_unused"),
        )

    def __str__(self) -> str:
        return self.client_id


class Grant(models.Model):
    """What an account has allowed an assistant: one at a time."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    assistant = models.ForeignKey(Assistant, on_delete=models.CASCADE, related_name="grants")
    scopes = models.JSONField(default=list)
    granted_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("account", "assistant"), condition=models.Q(revoked_at=None), name="people_grant_one"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} to {self.assistant_id}"


class GrantSecret(models.Model):
    """The hash of a code, an access token or a refresh token. ``used_at``: a code or a refresh token that has done its
    work; seen again, it was stolen."""

    digest = models.CharField(max_length=64, unique=True)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="secrets")
    kind = models.CharField(max_length=10)
    scopes = models.JSONField(default=list)
    resource = models.CharField(max_length=500)
    redirect_uri = models.CharField(max_length=1000, blank=True, default="")
    challenge = models.CharField(max_length=128, blank=True, default="")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=("code", "access", "refresh")), name="people_grant_secret_kind"
            ),
        )
        indexes = (models.Index(fields=("expires_at",), name="people_grant_secret_old"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.grant_id}"
