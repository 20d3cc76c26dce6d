"""Promotions and who has used them, gift cards with their ledger, statuses of members, and the brand's tax table."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, GiftCardState, GiftEntryKind
from parvis.domains.checkout.models.orders import Order


class Promotion(models.Model):
    """What the brand takes off: see contracts.Terms for the meaning of each column. ``revision`` counts the changes,
    so that of two people who edit at once the second is told."""

    key = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in AdjustmentKind])
    benefit = models.CharField(max_length=16, choices=[(each.value, each.value) for each in Benefit])
    name_en = models.CharField(max_length=80)
    name_fr = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    value = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=30, default="", blank=True, db_index=True)
    products = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    full_price_only = models.BooleanField(default=False)
    take = models.PositiveSmallIntegerField(default=0)
    pay = models.PositiveSmallIntegerField(default=0)
    minimum_minor = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    max_uses = models.PositiveIntegerField(null=True)
    max_per_customer = models.PositiveSmallIntegerField(null=True)
    exclusive = models.BooleanField(default=False)
    status = models.CharField(max_length=40, default="", blank=True)
    creator = models.CharField(max_length=120, default="", blank=True)
    revision = models.PositiveIntegerField(default=1)
    stopped_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in AdjustmentKind]), name="checkout_promotion_kind"
            ),
            models.CheckConstraint(
                condition=Q(benefit__in=[each.value for each in Benefit]), name="checkout_promotion_benefit"
            ),
            models.CheckConstraint(
                condition=~Q(benefit=Benefit.PERCENTAGE.value) | Q(value__gte=1, value__lte=10_000),
                name="checkout_promotion_percentage",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
                name="checkout_promotion_dates",
            ),
            models.UniqueConstraint(
                fields=("code",),
                condition=Q(stopped_at__isnull=True) & ~Q(code=""),
                name="checkout_promotion_code",
            ),
        )

    def __str__(self) -> str:
        return self.key


class PromotionUse(models.Model):
    """A promotion that counted in an order; ``released_at``: the order ended unpaid, so that it is free again."""

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="uses")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="promotion_uses")
    amount_minor = models.PositiveIntegerField()
    at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("promotion", "order"), name="checkout_promotionuse_once"),)
        indexes = (
            models.Index(
                fields=("promotion", "order"),
                condition=Q(released_at__isnull=True),
                name="checkout_promotionuse_live",
            ),
        )

    def __str__(self) -> str:
        return f"{self.promotion_id} in {self.order_id}"


class GiftCard(models.Model):
    """A card that pays. Of its code only a slow hash and the last four characters are kept; ``balance_minor`` is the
    sum of its entries and is changed only together with one. ``key`` makes a repeated issue the same card."""

    code_hash = models.CharField(max_length=64, unique=True)
    last4 = models.CharField(max_length=4, db_index=True)
    state = models.CharField(max_length=8, default=GiftCardState.ACTIVE.value)
    currency = models.CharField(max_length=3)
    initial_minor = models.PositiveIntegerField()
    balance_minor = models.PositiveIntegerField()
    recipient = models.EmailField(blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    key = models.CharField(max_length=120, unique=True, null=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in GiftCardState]), name="checkout_giftcard_state"
            ),
        )
        indexes = (models.Index(fields=("-issued_at", "-id"), name="checkout_giftcard_recent"),)

    def __str__(self) -> str:
        return f"•••• {self.last4}"


class GiftEntry(models.Model):
    """A line of a card's ledger; ``balance_minor`` is what was left just after it."""

    card = models.ForeignKey(GiftCard, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10)
    amount_minor = models.IntegerField()
    balance_minor = models.PositiveIntegerField()
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="gift_entries")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=200, blank=True, default="")
    key = models.CharField(max_length=160, unique=True, null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in GiftEntryKind]), name="checkout_giftentry_kind"
            ),
            models.CheckConstraint(
                condition=(Q(kind=GiftEntryKind.SPENT.value) & Q(amount_minor__lt=0))
                | (~Q(kind=GiftEntryKind.SPENT.value) & Q(amount_minor__gt=0)),
                name="checkout_giftentry_sign",
            ),
        )

    def __str__(self) -> str:
        return f"{self.card_id} {self.kind} {self.amount_minor}"


class MemberStatus(models.Model):
    """A status that a customer holds, until ``until`` (None: as long as it is not taken away). The club gives it."""

    customer = models.ForeignKey("people.Customer", on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("customer", "status"), name="checkout_memberstatus_once"),)

    def __str__(self) -> str:
        return f"{self.customer_id} {self.status}"


class TaxSetup(models.Model):
    """What the brand charges where (contracts.TaxTable): one row at most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    home = models.CharField(max_length=2)
    oss = models.BooleanField(default=True)
    rates = models.JSONField(default=dict)
    reduced = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="checkout_taxsetup_one"),)

    def __str__(self) -> str:
        return f"taxes of {self.home}"
