"""Checkout sessions: a cart with who buys it and where it goes, opened at some door."""

from django.db import models
from django.db.models import Q

from parvis.domains.checkout.contracts import Door
from parvis.domains.checkout.models.carts import Cart
from parvis.domains.checkout.models.orders import Order

OPEN, CANCELLED, EXPIRED = "open", "cancelled", "expired"
STATES = (OPEN, CANCELLED, EXPIRED)


class Session(models.Model):
    """``state`` is how it was ended without a sale; whether an open one can be completed, and whether it is, follows
    from its cart and its newest ``order`` when it is read (rules.sessions): nothing to be kept in step, and nothing
    wrong after a crash. ``told_minor`` is what it was last said to cost, ``ready_at`` when it was first said to be
    ready; ``version`` counts its changes. ``basket``: what an agent keeps for a buyer before anybody means to buy."""

    token = models.CharField(max_length=64, unique=True)
    door = models.CharField(max_length=12, choices=[(door.value, door.value) for door in Door])
    state = models.CharField(max_length=12, default=OPEN)
    basket = models.BooleanField(default=False)
    agent = models.ForeignKey("people.Agent", null=True, on_delete=models.SET_NULL, related_name="+")
    customer = models.ForeignKey("people.Customer", null=True, on_delete=models.SET_NULL, related_name="+")
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="sessions")
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
    told_minor = models.PositiveIntegerField(null=True)
    ready_at = models.DateTimeField(null=True)
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
