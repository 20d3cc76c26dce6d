"""Tables of the catalogue. What must never be untrue of stock and prices is a constraint here, not a habit."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from parvis.domains.catalog.contracts import MovementKind, ProductState


class Category(models.Model):
    key = models.SlugField(max_length=80, unique=True)
    name_en = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120)
    department = models.SlugField(max_length=80, default="", blank=True)
    department_en = models.CharField(max_length=120, default="", blank=True)
    department_fr = models.CharField(max_length=120, default="", blank=True)
    division = models.CharField(max_length=120, default="", blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "key")

    def __str__(self) -> str:
        return self.key


class Product(models.Model):
    """``price_from_minor`` and ``price_was_minor`` are those of the cheapest variant, kept by the price actions.
    The search documents are folded (no accents) and hold stems and whole words; the product actions keep them."""

    slug = models.SlugField(max_length=160, unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    name_en = models.CharField(max_length=200)
    name_fr = models.CharField(max_length=200)
    description_en = models.TextField(default="", blank=True)
    description_fr = models.TextField(default="", blank=True)
    brand = models.CharField(max_length=120, default="", blank=True)
    state = models.CharField(
        max_length=10, default=ProductState.ACTIVE, choices=[(state.value, state.value) for state in ProductState]
    )
    image = models.CharField(max_length=255, default="", blank=True)
    external_ref = models.CharField(max_length=120, unique=True, null=True)
    price_from_minor = models.PositiveIntegerField(default=0)
    price_was_minor = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    provenance = models.JSONField(default=dict, blank=True)
    search_en = SearchVectorField(null=True, editable=False)
    search_fr = SearchVectorField(null=True, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ProductState]), name="catalog_product_state"
            ),
        )
        indexes = (
            models.Index(fields=("state", "category"), name="catalog_product_shelf"),
            models.Index(fields=("state", "price_from_minor", "id"), name="catalog_product_price"),
            models.Index(fields=("state", "-created_at", "-id"), name="catalog_product_new"),
            GinIndex(fields=("search_en",), name="catalog_product_search_en"),
            GinIndex(fields=("search_fr",), name="catalog_product_search_fr"),
        )

    def __str__(self) -> str:
        return self.slug


class Variant(models.Model):
    """``price_was_minor`` is the lowest price of the 30 days before the present reduction, null when there is none."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=64, unique=True)
    # the barcode's number in its shortest standard form, see rules.gtin; "" when there is none
    gtin = models.CharField(max_length=14, default="", blank=True)
    size = models.CharField(max_length=40, default="", blank=True)
    colour_key = models.SlugField(max_length=40, default="", blank=True)
    colour_en = models.CharField(max_length=60, default="", blank=True)
    colour_fr = models.CharField(max_length=60, default="", blank=True)
    price_minor = models.PositiveIntegerField()
    price_was_minor = models.PositiveIntegerField(null=True)
    currency = models.CharField(max_length=3)
    position = models.PositiveSmallIntegerField(default=0)
    archived = models.BooleanField(default=False)
    provenance = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("product", "position", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(price_was_minor__isnull=True) | Q(price_was_minor__gt=F("price_minor")),
                name="catalog_price_was_is_higher",
            ),
            models.UniqueConstraint(fields=("product", "size", "colour_key"), name="catalog_variant_once"),
            models.UniqueConstraint(fields=("gtin",), condition=~Q(gtin=""), name="catalog_gtin_once"),
        )

    def __str__(self) -> str:
        return self.sku


class StockLevel(models.Model):
    """The one stock truth. Changed only by conditional updates in variant order (see actions.stock).

    While a pre-order is open (``preorder_on``: when the goods are expected) up to ``preorder_limit`` pieces more than
    there are can be sold: on hand then goes below zero by what is owed, and what comes in serves that first. A closed
    pre-order keeps the limit that its promises need."""

    variant = models.OneToOneField(Variant, on_delete=models.CASCADE, primary_key=True, related_name="stock")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    preorder_on = models.DateField(null=True)
    preorder_limit = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(on_hand__gte=-F("preorder_limit")), name="catalog_stock_on_hand"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="catalog_stock_reserved"),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("on_hand") + F("preorder_limit")), name="catalog_stock_not_oversold"
            ),
        )

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.on_hand} ({self.reserved})"


class StockMovement(models.Model):
    """The ledger: append-only; a variant's quantities sum to its on_hand. ``quantity`` is signed."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="movements")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in MovementKind])
    quantity = models.IntegerField()
    reason = models.CharField(max_length=200, default="", blank=True)
    ref = models.CharField(max_length=120, default="", blank=True)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    provenance = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in MovementKind]), name="catalog_movement_kind"
            ),
            models.CheckConstraint(
                condition=(~Q(kind="sold") | Q(quantity__lt=0))
                & (~Q(kind__in=["received", "returned"]) | Q(quantity__gt=0)),
                name="catalog_movement_sign",
            ),
        )
        indexes = (
            models.Index(fields=("variant", "at", "id"), name="catalog_movement_variant"),
            models.Index(fields=("ref",), condition=~Q(ref=""), name="catalog_movement_ref"),
        )

    def __str__(self) -> str:
        return f"{self.variant_id} {self.kind} {self.quantity:+d}"


class PriceChange(models.Model):
    """The price history: append-only; the last row by ``from_at`` is the price in force."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    amount_minor = models.PositiveIntegerField()
    from_at = models.DateTimeField()
    reason = models.CharField(max_length=200, default="", blank=True)
    actor_id = models.BigIntegerField(null=True)
    provenance = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("variant", "from_at"), name="catalog_price_once"),)

    def __str__(self) -> str:
        return f"{self.variant_id} {self.amount_minor} from {self.from_at}"
