"""Carts: known by the token in the shopper's cookie; one open cart a token, one open cart a customer."""

from django.db import models
from django.db.models import Q

from parvis.domains.checkout.contracts import MAX_QUANTITY

OPEN, PLACED, MERGED = "open", "placed", "merged"


class Cart(models.Model):
    """``state`` open, placed (it became an order) or merged (its lines are in ``merged_into``); ``codes`` as typed."""

    token = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=8, default=OPEN)
    customer = models.ForeignKey("people.Customer", null=True, on_delete=models.SET_NULL, related_name="+")
    currency = models.CharField(max_length=3)
    visit = models.CharField(max_length=64, null=True)
    codes = models.JSONField(default=list)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=(OPEN, PLACED, MERGED)), name="checkout_cart_state"),
            models.UniqueConstraint(fields=("token",), condition=Q(state=OPEN), name="checkout_cart_one_open"),
            models.UniqueConstraint(
                fields=("customer",), condition=Q(state=OPEN, customer__isnull=False), name="checkout_cart_one_customer"
            ),
        )
        indexes = (models.Index(fields=("state", "updated_at"), name="checkout_cart_age"),)

    def __str__(self) -> str:
        return f"cart {self.pk} ({self.state})"


class CartLine(models.Model):
    """``price_seen_minor`` is the unit price the shopper was last shown and has accepted."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    price_seen_minor = models.PositiveIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        ordering = ("added_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("cart", "variant"), name="checkout_cartline_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY), name="checkout_cartline_quantity"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant_id}"
