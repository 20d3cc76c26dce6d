"""What visitors and the brand report about voices."""

from django.db import models

from parvis.domains.voices.contracts import Reason, ReporterRole, ReportState
from parvis.domains.voices.models.choices import choices
from parvis.domains.voices.models.voice import Voice


class Report(models.Model):
    """Somebody asks for a person's look. ``notice``: says that the law is broken, with what the Digital Services Act
    asks of a notice. ``key`` makes
    it idempotent."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="reports")
    role = models.CharField(max_length=20, choices=choices(ReporterRole))
    ground = models.CharField(max_length=40, choices=choices(Reason))
    notice = models.BooleanField(default=False)
    why = models.TextField()
    url = models.CharField(max_length=500, blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    locale = models.CharField(max_length=8, default="en")
    good_faith = models.BooleanField(default=False)
    # known when it was sent: the report loses name and words when this person asks to be forgotten
    customer = models.ForeignKey("people.Customer", on_delete=models.SET_NULL, null=True, related_name="+")
    staff = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=choices(ReportState), default=ReportState.OPEN)
    answer = models.TextField(blank=True, default="")
    actor = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("voice",), condition=models.Q(state="open"), name="voices_report_open"),)

    def __str__(self) -> str:
        return f"report about #{self.voice_id}"
