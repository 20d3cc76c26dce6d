"""Returns, their lines, and withdrawals declared with the form of the law."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from parvis.domains.checkout.contracts import ReturnKind, ReturnState
from parvis.domains.checkout.models.orders import Order, OrderLine
from parvis.domains.checkout.models.payments import Refund


class Return(models.Model):
    """``key`` ties it to the submit that asked for it; ``answer`` is what the buyer was told with a refusal or a
    lower refund; ``refund`` the newest try to give the money back."""

    number = models.CharField(max_length=20, unique=True)
    token = models.CharField(max_length=64, unique=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="returns")
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in ReturnKind])
    state = models.CharField(max_length=12, default=ReturnState.REQUESTED.value)
    note = models.CharField(max_length=1000, default="", blank=True)
    answer = models.CharField(max_length=1000, default="", blank=True)
    refund = models.ForeignKey(Refund, null=True, on_delete=models.SET_NULL, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ReturnState]), name="checkout_return_state"
            ),
            models.UniqueConstraint(fields=("order", "key"), name="checkout_return_once"),
        )
        indexes = (models.Index(fields=("state", "requested_at"), name="checkout_return_by_state"),)

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class ReturnLine(models.Model):
    """Pieces of an order line. ``product_id`` is a copy, so that reasons can be counted by product."""

    parent = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="returned")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=20)
    received = models.PositiveSmallIntegerField(null=True)
    condition = models.CharField(max_length=12, default="", blank=True)
    restock = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gte=1), name="checkout_returnline_quantity"),
            models.CheckConstraint(
                condition=Q(received__isnull=True) | Q(received__lte=F("quantity")), name="checkout_returnline_received"
            ),
            models.UniqueConstraint(fields=("parent", "line"), name="checkout_returnline_once"),
        )
        indexes = (models.Index(fields=("product", "reason"), name="checkout_returnline_reason"),)

    def __str__(self) -> str:
        return f"{self.quantity} x {self.line_id}"


class Declaration(models.Model):
    """A withdrawal declared with the form: kept as it was sent, whether an order fits it or not."""

    order_number = models.CharField(max_length=20)
    email = models.EmailField()
    name = models.CharField(max_length=120)
    words = models.CharField(max_length=1000, default="", blank=True)
    locale = models.CharField(max_length=2)
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="+")
    made = models.ForeignKey(Return, null=True, on_delete=models.SET_NULL, related_name="+")
    handled_at = models.DateTimeField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=("-at",), name="checkout_declaration_recent"),)

    def __str__(self) -> str:
        return f"{self.order_number} {self.at}"
