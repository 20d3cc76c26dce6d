"""Orders, their lines, the stock reserved for them, and the trail of all that happened to them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from parvis.domains.checkout.contracts import Door, OrderState, ReservationState, ShippingKind
from parvis.domains.checkout.models.carts import Cart


class Order(models.Model):
    """One order. ``state`` is moved only by conditional updates (actions.moves). All prices include the tax;
    ``tax_minor`` is the part of the total that is tax (``taxes``: by rate), ``gift_minor`` the part that gift cards
    pay; ``adjustments`` is what was taken off and why, as the buyer saw it. ``key_hash`` ties it to the submit that
    placed it; ``door`` and ``agent`` say where it was bought."""

    number = models.CharField(max_length=20, unique=True)
    token = models.CharField(max_length=64, unique=True)
    key_hash = models.CharField(max_length=64, unique=True, null=True)
    cart = models.OneToOneField(Cart, null=True, on_delete=models.SET_NULL, related_name="order")
    customer = models.ForeignKey("people.Customer", null=True, on_delete=models.SET_NULL, related_name="+")
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=120, blank=True)
    locale = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, default=OrderState.AWAITING_PAYMENT.value)
    subtotal_minor = models.PositiveIntegerField()
    shipping_minor = models.PositiveIntegerField()
    discount_minor = models.PositiveIntegerField(default=0)
    tax_minor = models.PositiveIntegerField()
    tax_basis_points = models.PositiveSmallIntegerField()
    total_minor = models.PositiveIntegerField()
    gift_minor = models.PositiveIntegerField(default=0, db_default=0)
    adjustments = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    taxes = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    refunded_minor = models.PositiveIntegerField(default=0)
    address = models.JSONField(default=dict)
    shipping_method = models.CharField(max_length=40)
    cancel_reason = models.CharField(max_length=20, default="", blank=True)
    tracking = models.CharField(max_length=120, default="", blank=True)
    visit = models.CharField(max_length=64, null=True)
    door = models.CharField(max_length=12, default=Door.SITE.value, db_default=Door.SITE.value)
    agent = models.ForeignKey("people.Agent", null=True, on_delete=models.SET_NULL, related_name="+")
    attribution = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    provenance = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in OrderState]), name="checkout_order_state"
            ),
            models.CheckConstraint(
                condition=Q(total_minor=F("subtotal_minor") + F("shipping_minor") - F("discount_minor")),
                name="checkout_order_sum",
            ),
            models.CheckConstraint(condition=Q(tax_minor__lte=F("total_minor")), name="checkout_order_tax"),
            models.CheckConstraint(condition=Q(gift_minor__lte=F("total_minor")), name="checkout_order_gift"),
            models.CheckConstraint(condition=Q(refunded_minor__lte=F("total_minor")), name="checkout_order_refunded"),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(shipped_at__isnull=False), name="checkout_order_sent_first"
            ),
        )
        indexes = (
            models.Index(fields=("-placed_at", "-id"), name="checkout_order_recent"),
            models.Index(fields=("customer", "-placed_at", "-id"), name="checkout_order_customer"),
            models.Index(fields=("state", "-placed_at", "-id"), name="checkout_order_by_state"),
            models.Index(Upper("email"), name="checkout_order_email"),
        )

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """A line as it was sold: names and prices are copies, so that a later change of the catalogue changes no order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    sku = models.CharField(max_length=64)
    size = models.CharField(max_length=40, default="", blank=True)
    colour = models.CharField(max_length=60, default="", blank=True)
    unit_minor = models.PositiveIntegerField()
    discount_minor = models.PositiveIntegerField(default=0)
    tax_basis_points = models.PositiveSmallIntegerField(default=0, db_default=0)
    tax_minor = models.PositiveIntegerField(default=0, db_default=0)
    quantity = models.PositiveSmallIntegerField()
    refunded_quantity = models.PositiveSmallIntegerField(default=0)
    # ordered ahead: the day on which it is expected, as it was told last
    preorder_on = models.DateField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gte=1), name="checkout_orderline_quantity"),
            models.CheckConstraint(
                condition=Q(refunded_quantity__lte=F("quantity")), name="checkout_orderline_refunded"
            ),
            models.UniqueConstraint(fields=("order", "variant"), name="checkout_orderline_once"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class OrderEvent(models.Model):
    """The trail. ``actor`` None: the shopper or the machine (``kind`` says which)."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="trail")
    kind = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class Reservation(models.Model):
    """Stock put aside for an order until it is paid, given up or expired: each happens to a reservation once."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="reservations")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=ReservationState.HELD.value)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("order", "variant"), name="checkout_reservation_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="checkout_reservation_quantity"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ReservationState]), name="checkout_reservation_state"
            ),
        )
        indexes = (
            models.Index(
                fields=("expires_at", "order"),
                condition=Q(state=ReservationState.HELD.value),
                name="checkout_reservation_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id}: {self.quantity} x {self.variant_id} {self.state}"


class ShippingMethod(models.Model):
    """A way to ship as the brand has set it; an empty table means those of rules.shipping."""

    key = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ShippingKind])
    name_en = models.CharField(max_length=80)
    name_fr = models.CharField(max_length=80)
    price_minor = models.PositiveIntegerField()
    free_from_minor = models.PositiveIntegerField(null=True)
    countries = models.JSONField(default=list)
    days_low = models.PositiveSmallIntegerField(default=2)
    days_high = models.PositiveSmallIntegerField(default=4)
    points = models.JSONField(default=list)
    rates = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "key")
        constraints = (
            models.CheckConstraint(condition=Q(days_low__lte=F("days_high")), name="checkout_shipping_days"),
        )

    def __str__(self) -> str:
        return self.key
