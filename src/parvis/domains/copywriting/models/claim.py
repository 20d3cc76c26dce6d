"""Documents that prove claims."""

from django.db import models


class ClaimProof(models.Model):
    """``words`` may be said of the product (of all, when null) until ``until``."""

    family = models.CharField(max_length=40)
    words = models.CharField(max_length=120)
    product = models.ForeignKey("catalog.Product", null=True, on_delete=models.CASCADE, related_name="+")
    reference = models.CharField(max_length=300)
    until = models.DateTimeField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, default="", blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.family}: {self.words}"
