"""Programs that shop for people, the brand's word on them, and the keys of programs."""

from django.db import models

from parvis.domains.people.models.people import Account


class Agent(models.Model):
    """A program that shops for people. ``key`` is its name in addresses and figures; ``profile_url`` is where it tells
    its capabilities and keys (protocols that sign), unique so that one agent has one switch; ``stopped_at`` is set
    while the brand has switched it off. ``burst`` requests at once, ``per_minute`` in the long run. ``sealed_secret``
    signs its requests, where it has one."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    profile_url = models.URLField(max_length=500, null=True, unique=True)
    created_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=200, default="", blank=True)
    burst = models.PositiveIntegerField(default=120, db_default=120)
    per_minute = models.PositiveIntegerField(default=600, db_default=600)
    provenance = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    sealed_secret = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(burst__gte=1, per_minute__gte=1), name="people_agent_allowance"),
        )

    def __str__(self) -> str:
        return self.key


class AgentPolicy(models.Model):
    """What the brand decides about all agents together: one row, number 1; without it every door is open.
    ``newcomers``: an agent that nobody registered may come in by its signed profile."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    newcomers = models.BooleanField(default=True)
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=200, default="", blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="people_agent_policy_single"),)

    def __str__(self) -> str:
        return "agents' policy"


class ApiToken(models.Model):
    """A program's key: only the hash of the secret is kept. ``agent``: the program shops for people."""

    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)
    agent = models.ForeignKey(Agent, null=True, on_delete=models.CASCADE, related_name="tokens")
    created_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
