"""Public reviews as proof, in their order: a row a review, a row a leaning, a row a product. Rebuilt at will."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Proof(models.Model):
    """A public review in the order of its usefulness; what lists and filters need, beside the voice itself."""

    voice = models.OneToOneField("voices.Voice", on_delete=models.CASCADE, primary_key=True, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+", db_index=False)
    score = models.FloatField()
    reasons = ArrayField(models.CharField(max_length=40), default=list)
    stars = models.PositiveSmallIntegerField(null=True)
    submitted_at = models.DateTimeField()
    language = models.CharField(max_length=8, blank=True, default="")
    verified = models.BooleanField(default=False)
    has_text = models.BooleanField(default=False)
    has_photo = models.BooleanField(default=False)
    has_video = models.BooleanField(default=False)
    traits = ArrayField(models.CharField(max_length=60), default=list)
    simulated = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        indexes = (
            models.Index(fields=("product", "-score", "-voice"), name="evidence_proof_useful"),
            models.Index(fields=("product", "-submitted_at", "-voice"), name="evidence_proof_recent"),
            models.Index(fields=("-score", "-voice"), condition=models.Q(has_video=True), name="evidence_proof_filmed"),
        )

    def __str__(self) -> str:
        return f"proof {self.voice_id}"


class Leaning(models.Model):
    """How a review leans on an aspect, in its own words; ``quote`` is empty where they are not fit to be quoted."""

    proof = models.ForeignKey(Proof, on_delete=models.CASCADE, related_name="leanings")
    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+", db_index=False)
    aspect = models.CharField(max_length=50)
    polarity = models.FloatField()
    score = models.FloatField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.CharField(max_length=300)

    class Meta:
        indexes = (
            # the best quote of each side is the first row of its part of this index
            models.Index(
                "product",
                "aspect",
                models.ExpressionWrapper(models.Q(polarity__gt=0), output_field=models.BooleanField()),
                models.F("score").desc(),
                "proof",
                name="evidence_leaning_best",
            ),
        )

    def __str__(self) -> str:
        return f"{self.aspect} {self.polarity:+.1f}"


class Tally(models.Model):
    """How many public reviews of a product lean one way on an aspect, and the most useful one's words."""

    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+", db_index=False)
    aspect = models.CharField(max_length=50)
    pro = models.BooleanField()
    count = models.PositiveIntegerField()
    quote = models.CharField(max_length=300, blank=True, default="")
    voice_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("product", "aspect", "pro"), name="evidence_tally_once"),)

    def __str__(self) -> str:
        return f"{self.aspect} {'+' if self.pro else '-'}{self.count}"


class ProductProof(models.Model):
    """What a product's public reviews say, summed up; absent for products without any."""

    product = models.OneToOneField("catalog.Product", on_delete=models.CASCADE, primary_key=True, related_name="+")
    count = models.PositiveIntegerField()
    stars_sum = models.PositiveIntegerField()
    distribution = ArrayField(models.PositiveIntegerField(), size=5)
    verified = models.PositiveIntegerField()
    with_text = models.PositiveIntegerField()
    with_photo = models.PositiveIntegerField()
    with_video = models.PositiveIntegerField(default=0)
    aspects = models.JSONField(default=list)
    traits = ArrayField(models.CharField(max_length=60), default=list)
    simulated = ArrayField(models.CharField(max_length=40), default=list)
    revision = models.BigIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = (GinIndex(fields=("traits",), name="evidence_product_traits"),)

    def __str__(self) -> str:
        return f"product {self.product_id}"
