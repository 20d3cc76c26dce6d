"""The brand's manner, the texts it is learnt from, and the facts of products."""

from django.db import models


class ToneProfile(models.Model):
    """Append-only: the greatest version of a language is in force."""

    language = models.CharField(max_length=2)
    version = models.PositiveIntegerField()
    rules = models.JSONField(default=dict)
    measured = models.JSONField(default=dict)
    texts = models.PositiveIntegerField(default=0)
    sentences = models.PositiveIntegerField(default=0)
    enough = models.BooleanField(default=False)
    address = models.CharField(max_length=8, default="", blank=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("language", "version"), name="copywriting_profile_once"),)

    def __str__(self) -> str:
        return f"{self.language} {self.version}"


class BrandText(models.Model):
    """A text of the brand; the same text counts once."""

    language = models.CharField(max_length=2)
    title = models.CharField(max_length=150, default="", blank=True)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("language", "digest"), name="copywriting_text_once"),)

    def __str__(self) -> str:
        return self.title or f"text {self.pk}"


class FactSheet(models.Model):
    """What is known of a product: the catalogue's description as it stood before copy was published over it, or as the
    team wrote it here (``edited``). A published text never becomes a fact of the next one."""

    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=2)
    text = models.TextField(default="", blank=True)
    name = models.CharField(max_length=200, default="", blank=True)
    edited = models.BooleanField(default=False)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("product", "language"), name="copywriting_facts_once"),)

    def __str__(self) -> str:
        return f"facts of {self.product_id} ({self.language})"
