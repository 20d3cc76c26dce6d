"""Proofs on pages: the orders that are drawn for them, widgets on other sites, and the rights of photos and videos."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class OrderPlan(models.Model):
    """The orders of a product's quotes at a placement, a bucket each (see science.proof_order). Never changed, only
    followed by another: the event log names the plan, which keeps what was shown and with which propensity.

    ``orders``: a list of voices for each bucket; the first ``held_out`` are the order by usefulness.
    ``propensities``: [voice, place, chance] for those who are not held out.
    """

    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+", db_index=False)
    placement = models.CharField(max_length=16)
    orders = models.JSONField()
    held_out = models.PositiveSmallIntegerField()
    propensities = models.JSONField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("product", "placement"), condition=models.Q(ended_at=None), name="evidence_plan_in_force"
            ),
        )
        indexes = (models.Index(fields=("ended_at",), name="evidence_plan_ended"),)

    def __str__(self) -> str:
        return f"plan {self.pk} of product {self.product_id}"


class Widget(models.Model):
    """Proof for another site. Its address is signed with ``secret``: a new one ends every code that was copied."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    secret = models.CharField(max_length=64)
    # the sites whose pages may show it ("https://shop.example"); none: any
    origins = ArrayField(models.CharField(max_length=200), default=list)
    product = models.ForeignKey("catalog.Product", null=True, on_delete=models.CASCADE, related_name="+")
    theme = models.CharField(max_length=8, default="auto")
    shown = models.PositiveSmallIntegerField(default=6)
    structured = models.BooleanField(default=False)
    territory = models.CharField(max_length=2, blank=True, default="")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class MediaRight(models.Model):
    """Somebody's leave to show a photo or video of a voice elsewhere than where it was given. Append-only but for its
    end. ``path`` empty: all photos and videos of the voice. ``territories`` empty: everywhere. ``refused``: the author
    asked not to show it, on the channels named (all when none is)."""

    voice = models.ForeignKey("voices.Voice", on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=120, blank=True, default="")
    basis = models.CharField(max_length=12)
    refused = models.BooleanField(default=False)
    holder = models.CharField(max_length=120, blank=True, default="")
    channels = ArrayField(models.CharField(max_length=12), default=list)
    territories = ArrayField(models.CharField(max_length=2), default=list)
    starts_on = models.DateField(null=True)
    until = models.DateField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"right of voice {self.voice_id}"
