"""Checkout sessions: a cart with who buys it and where it goes, opened at some door."""

from django.db import models
from django.db.models import Q

from parvis.domains.checkout.contracts import Door
from parvis.domains.checkout.models.carts import Cart
from parvis.domains.checkout.models.orders import Order

OPEN, COMPLETING, COMPLETED, CANCELLED, EXPIRED = "open", "completing", "completed", "cancelled", "expired"
STATES = (OPEN, COMPLETING, COMPLETED, CANCELLED, EXPIRED)


class Session(models.Model):
    """``state`` is what was done to it; whether an open one can be completed is worked out when it is read
    (rules.sessions). ``order`` is the newest order placed from it; ``version`` counts its changes."""

    token = models.CharField(max_length=64, unique=True)
    door = models.CharField(max_length=12, choices=[(door.value, door.value) for door in Door])
    state = models.CharField(max_length=12, default=OPEN)
    agent = models.ForeignKey("people.Agent", null=True, on_delete=models.SET_NULL, related_name="+")
    customer = models.ForeignKey("people.Customer", null=True, on_delete=models.SET_NULL, related_name="+")
    cart = models.ForeignKey(Cart, on_delete=models.PROTECT, related_name="sessions")
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="sessions")
    locale = models.CharField(max_length=2)
    details = models.JSONField(default=dict)
    attribution = models.JSONField(default=dict)
    consents = models.JSONField(default=dict)
    proofs = models.JSONField(default=list)
    visit = models.CharField(max_length=64, null=True)
    next_url = models.CharField(max_length=500, default="", blank=True)
    cancel_reason = models.JSONField(default=dict)
    handed_over_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(state__in=STATES), name="checkout_session_state"),)
        indexes = (
            models.Index(fields=("expires_at",), condition=Q(state=OPEN), name="checkout_session_due"),
            models.Index(fields=("agent", "-created_at"), name="checkout_session_agent"),
            models.Index(fields=("-created_at",), name="checkout_session_recent"),
        )

    def __str__(self) -> str:
        return f"{self.door} {self.token} ({self.state})"
