"""Versions of the legal texts: only ever added to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from parvis.domains.checkout.contracts.legal import LegalKind


class LegalText(models.Model):
    """``digest`` of both languages: the same words again are no new version."""

    kind = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    text_en = models.TextField()
    text_fr = models.TextField()
    digest = models.CharField(max_length=64)
    own = models.BooleanField(default=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("kind", "-version")
        constraints = (
            models.UniqueConstraint(fields=("kind", "version"), name="checkout_legal_version"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in LegalKind]), name="checkout_legal_kind"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
