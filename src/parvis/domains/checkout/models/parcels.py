"""Parcels and the news of them. A parcel's state is what its news, in whatever order it came, amounts to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from parvis.domains.checkout.contracts import ParcelState
from parvis.domains.checkout.models.orders import Order


class Parcel(models.Model):
    """``lines`` maps order line ids (as text) to pieces; ``key`` makes a repeated call the same parcel."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="parcels")
    key = models.CharField(max_length=120, unique=True, null=True)
    state = models.CharField(max_length=24, default=ParcelState.PREPARING.value)
    carrier = models.CharField(max_length=40, default="", blank=True)
    tracking = models.CharField(max_length=120, default="", blank=True)
    lines = models.JSONField(default=dict)
    news_at = models.DateTimeField()
    created_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ParcelState]), name="checkout_parcel_state"
            ),
        )
        indexes = (models.Index(fields=("tracking",), condition=~Q(tracking=""), name="checkout_parcel_tracking"),)

    def __str__(self) -> str:
        return f"{self.order_id}: {self.tracking or self.pk} {self.state}"


class ParcelNews(models.Model):
    """Something that was told of a parcel: ``at`` is when it happened, ``told_at`` when we heard."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="news")
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=24)
    place = models.CharField(max_length=120, default="", blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=("parcel", "key"), name="checkout_parcelnews_once"),)

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.state}"
