"""Reminders of carts that were left: with a consent that is written down, and an address kept for some weeks only."""

from django.db import models
from django.db.models import Q

from parvis.domains.checkout.contracts.reminders import ReminderConsent, ReminderState
from parvis.domains.checkout.models.carts import Cart
from parvis.domains.checkout.models.orders import Order


class CartReminder(models.Model):
    """One a cart. ``due_at`` is when the next mail may go; ``digest`` of the address outlives it here, so that one
    click ends all of its reminders. Without a digest it was unticked, by a customer whose consent to news would count.
    """

    token = models.CharField(max_length=64, unique=True)
    cart = models.OneToOneField(Cart, null=True, on_delete=models.SET_NULL, related_name="+")
    customer = models.ForeignKey("people.Customer", null=True, on_delete=models.SET_NULL, related_name="+")
    email = models.CharField(max_length=254, default="", blank=True)
    digest = models.CharField(max_length=64, db_index=True)
    locale = models.CharField(max_length=2)
    consent = models.CharField(max_length=10, choices=[(each.value, each.value) for each in ReminderConsent])
    consent_text = models.CharField(max_length=40)
    state = models.CharField(max_length=8, default=ReminderState.WAITING.value)
    pieces = models.PositiveSmallIntegerField(default=0)
    sent = models.PositiveSmallIntegerField(default=0)
    agreed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    back_at = models.DateTimeField(null=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ReminderState]), name="checkout_reminder_state"
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",), condition=Q(state=ReminderState.WAITING.value), name="checkout_reminder_due"
            ),
            models.Index(fields=("-agreed_at",), name="checkout_reminder_recent"),
        )

    def __str__(self) -> str:
        return f"cart {self.cart_id} {self.state}"
