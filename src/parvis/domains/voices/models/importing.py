"""Files that were imported, and what is remembered for the next ones."""

from django.db import models

from parvis.domains.voices.contracts import ImportState
from parvis.domains.voices.models.choices import choices
from parvis.domains.voices.models.voice import Voice


class ImportRun(models.Model):
    """An import: counters and the position reached are saved with each batch, so that a killed one goes on. ``plan``
    and ``trial`` are kept as ``rules.plans`` writes them."""

    file_name = models.CharField(max_length=255)
    stored_path = models.CharField(max_length=500, blank=True, default="")
    source = models.CharField(max_length=40, blank=True, default="")
    format = models.CharField(max_length=20, blank=True, default="")
    encoding = models.CharField(max_length=20, blank=True, default="")
    ignored_columns = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=20, choices=choices(ImportState), default=ImportState.QUEUED)
    rows = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    replies = models.PositiveIntegerField(default=0)
    photos = models.PositiveIntegerField(default=0)
    plan = models.JSONField(default=dict, blank=True)
    trial = models.JSONField(default=dict, blank=True)
    rejected_bytes = models.BigIntegerField(default=0)
    share = models.FloatField(default=0)
    error_code = models.CharField(max_length=60, blank=True, default="")
    error = models.TextField(blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey("people.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name


class ImportMapping(models.Model):
    """What the columns of a file were said to be, for the next file with the same headers."""

    signature = models.TextField(unique=True)
    plan = models.JSONField()
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"mapping {self.pk}"


class ProductAlias(models.Model):
    """How another platform names one of our products, where its catalogue and ours have nothing in common."""

    source = models.CharField(max_length=40, blank=True, default="")
    ref = models.CharField(max_length=160)
    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "ref"), name="voices_productalias_once"),)

    def __str__(self) -> str:
        return f"{self.source}:{self.ref}"


class PhotoLink(models.Model):
    """A photo of an imported voice that has still to be fetched: until then the voice waits unread, so that no photo
    comes to a voice that is already public."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="photo_links")
    position = models.PositiveSmallIntegerField()
    url = models.CharField(max_length=2000)
    state = models.CharField(max_length=10, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True, default="")
    next_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("voice", "position"), name="voices_photolink_position"),
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "done", "failed")), name="voices_photolink_state"
            ),
        )
        indexes = (
            models.Index(fields=("next_at",), condition=models.Q(state="waiting"), name="voices_photolink_due"),
            models.Index(fields=("voice",), condition=models.Q(state="waiting"), name="voices_photolink_voice"),
        )

    def __str__(self) -> str:
        return f"{self.state} #{self.voice_id}"
