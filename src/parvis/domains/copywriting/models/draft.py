"""Drafts, their versions, what these lean on, and what was published."""

from django.db import models
from django.db.models import Q


class Draft(models.Model):
    """``version`` is the present version's number and grows with each: whoever saves says which one was read."""

    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=2)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=0)
    blocked = models.PositiveIntegerField(default=0)
    approved_version = models.PositiveIntegerField(null=True)
    approved_by_id = models.BigIntegerField(null=True)
    approved_by = models.CharField(max_length=150, default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    losses = models.JSONField(default=list)
    lost_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    provenance = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["draft", "waiting", "approved", "published", "discarded"]),
                name="copywriting_draft_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "published"])
                | Q(approved_version__isnull=False, approved_at__isnull=False),
                name="copywriting_draft_approved",
            ),
        )
        indexes = (
            models.Index(fields=("state", "-changed_at", "-id"), name="copywriting_draft_shelf"),
            models.Index(fields=("product", "language"), name="copywriting_draft_product"),
        )

    def __str__(self) -> str:
        return f"draft {self.pk}"


class DraftVersion(models.Model):
    """Append-only. ``parts``: part -> [{text, refs, faults}]."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    parts = models.JSONField(default=dict)
    by = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, default="", blank=True)
    model = models.CharField(max_length=120, default="", blank=True)
    cost_minor = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    latency_ms = models.PositiveIntegerField(null=True)
    seed = models.BigIntegerField(default=0)
    profile = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("draft", "number"), name="copywriting_version_once"),)

    def __str__(self) -> str:
        return f"version {self.number} of draft {self.draft_id}"


class Leaning(models.Model):
    """A voice that a draft's present or published version leans on: to find drafts when the voice goes."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="+")
    voice_id = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("draft", "voice_id"), name="copywriting_leaning_once"),)
        indexes = (models.Index(fields=("voice_id",), name="copywriting_leaning_voice"),)

    def __str__(self) -> str:
        return f"draft {self.draft_id} leans on {self.voice_id}"


class Publication(models.Model):
    """What was written in the catalogue; ``before`` is what stood there."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, default="", blank=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, default="", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("draft", "version"), condition=Q(undone_at__isnull=True), name="copywriting_published_once"
            ),
        )

    def __str__(self) -> str:
        return f"draft {self.draft_id} version {self.version}"
