"""Invoices and credit notes, their sequences, and what the brand has set about selling."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from parvis.domains.checkout.contracts import PaperKind
from parvis.domains.checkout.models.orders import Order
from parvis.domains.checkout.models.payments import Refund


class PaperSequence(models.Model):
    """The last number of a kind in a year. Its row is locked while a number is taken, and the number is taken in the
    transaction that writes the paper: a crash leaves neither, so that there are no gaps."""

    kind = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "year"), name="checkout_papersequence_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class Paper(models.Model):
    """``content`` is what it says, ``pdf`` how it looks: both are written once (the database refuses changes)."""

    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in PaperKind])
    year = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=24, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="papers")
    refund = models.OneToOneField(Refund, null=True, on_delete=models.PROTECT, related_name="paper")
    locale = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    total_minor = models.PositiveIntegerField()
    content = models.JSONField()
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("kind", "year", "position"), name="checkout_paper_position"),
            models.UniqueConstraint(
                fields=("order",), condition=Q(kind=PaperKind.INVOICE.value), name="checkout_paper_one_invoice"
            ),
        )

    def __str__(self) -> str:
        return self.number


class Setting(models.Model):
    """What the brand has set, by subject: seller, returns, carriers."""

    key = models.CharField(max_length=40, unique=True)
    value = models.JSONField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class BrandStamp(models.Model):
    """One row that triggers renew with each change of what the brand has set: see queries.unchanged."""

    stamp = models.CharField(max_length=36)

    def __str__(self) -> str:
        return self.stamp
