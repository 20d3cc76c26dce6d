"""Wishes to be told when something is there again: an address and a variant, and nothing else of the person."""

from django.db import models
from django.db.models import Q

from parvis.domains.checkout.contracts.alerts import AlertState

LIVE = (AlertState.ASKED.value, AlertState.WAITING.value)


class StockAlert(models.Model):
    """One live wish an address and variant. The address of one that ended is emptied at once."""

    token = models.CharField(max_length=64, unique=True)
    variant = models.ForeignKey("catalog.Variant", on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey("people.Customer", null=True, on_delete=models.SET_NULL, related_name="+")
    email = models.CharField(max_length=254, default="", blank=True)
    # of the address, so that one click ends all its wishes also after it was emptied here
    digest = models.CharField(max_length=64, db_index=True)
    locale = models.CharField(max_length=2)
    state = models.CharField(max_length=8, default=AlertState.ASKED.value)
    asked_at = models.DateTimeField()
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in AlertState]), name="checkout_alert_state"
            ),
            models.UniqueConstraint(
                fields=("variant", "email"), condition=Q(state__in=LIVE), name="checkout_alert_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("variant", "confirmed_at", "id"),
                condition=Q(state=AlertState.WAITING.value),
                name="checkout_alert_waiting",
            ),
            models.Index(fields=("variant", "told_at"), name="checkout_alert_told"),
        )

    def __str__(self) -> str:
        return f"{self.variant_id} {self.state}"
