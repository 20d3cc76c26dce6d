"""Files that were imported."""

from django.db import models

from parvis.domains.voices.contracts import ImportState
from parvis.domains.voices.models.choices import choices


class ImportRun(models.Model):
    """An import: counters and the position reached are saved with each batch, so that a killed one goes on."""

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
    rejected_bytes = models.BigIntegerField(default=0)
    share = models.FloatField(default=0)
    error_code = models.CharField(max_length=60, blank=True, default="")
    error = models.TextField(blank=True, default="")
    created_by = models.ForeignKey("people.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name
