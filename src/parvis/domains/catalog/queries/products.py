"""Products, variants and categories by their keys."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from parvis.core import prepared
from parvis.core.errors import NotFound
from parvis.core.money import Money
from parvis.core.prepared import Given
from parvis.domains.catalog import models
from parvis.domains.catalog.contracts import (
    FEW_LEFT,
    Category,
    Product,
    ProductDetail,
    ProductRecord,
    ProductState,
    Variant,
)

_SELLABLE = models.Variant.objects.filter(
    product_id=OuterRef("pk"), archived=False, stock__on_hand__gt=F("stock__reserved")
)


_AHEAD = models.Variant.objects.filter(
    product_id=OuterRef("pk"),
    archived=False,
    stock__preorder_on__isnull=False,
    stock__reserved__lt=F("stock__on_hand") + F("stock__preorder_limit"),
)


def local(row: Any, name: str, locale: str) -> str:
    """``name`` in ``locale``, or in the other language when it is blank there."""
    first, second = ("fr", "en") if locale == "fr" else ("en", "fr")
    return str(getattr(row, f"{name}_{first}") or getattr(row, f"{name}_{second}"))


def listed(rows: "QuerySet[models.Product]") -> "QuerySet[models.Product]":
    """Products ready for ``to_product``: with their category and whether anything of them can be sold."""
    return (
        rows.select_related("category")
        .annotate(sellable=Exists(_SELLABLE), ahead=Exists(_AHEAD))
        .defer("search_en", "search_fr")
    )


def to_product(row: Any, locale: str) -> Product:
    category = row.category
    was = row.price_was_minor
    return Product(
        id=row.id,
        slug=row.slug,
        external_ref=row.external_ref,
        name=local(row, "name", locale),
        description=local(row, "description", locale),
        brand=row.brand,
        category_key=category.key,
        category_name=local(category, "name", locale),
        department=category.department,
        department_name=local(category, "department", locale),
        image_url=f"{settings.MEDIA_URL}{row.image}" if row.image else "",
        state=ProductState(row.state),
        price_from=Money(row.price_from_minor, settings.CURRENCY),
        price_was=None if was is None else Money(was, settings.CURRENCY),
        in_stock=row.sellable,
        preorder=row.ahead and not row.sellable,
        created_at=row.created_at,
        updated_at=row.updated_at,
        provenance=row.provenance,
    )


def to_variant(row: models.Variant, locale: str) -> Variant:
    stock = row.stock
    free = stock.on_hand - stock.reserved
    was = row.price_was_minor
    return Variant(
        id=row.id,
        product_id=row.product_id,
        sku=row.sku,
        size=row.size,
        colour_key=row.colour_key,
        colour=local(row, "colour", locale),
        price=Money(row.price_minor, row.currency),
        price_was=None if was is None else Money(was, row.currency),
        available=0 if row.archived else max(0, free),
        on_hand=stock.on_hand,
        reserved=stock.reserved,
        position=row.position,
        archived=row.archived,
        gtin=row.gtin,
        preorder_on=stock.preorder_on,
        preorder_left=0 if row.archived or stock.preorder_on is None else stock.preorder_limit + min(0, free),
        preorder_limit=stock.preorder_limit,
    )


# -- products -------------------------------------------------------------------------------------------------


_PRODUCTS = prepared.Select(lambda: listed(models.Product.objects.filter(id__among=Given("ids"))))
_BY_SKU = prepared.Select(lambda: models.Variant.objects.filter(sku__among=Given("skus")).select_related("stock"))
_VARIANTS = prepared.Select(lambda: models.Variant.objects.filter(id__among=Given("ids")).select_related("stock"))


def products(ids: Iterable[int], *, locale: str) -> dict[int, Product]:
    """Products by id, archived ones too (an old order names them); unknown ids are absent. One statement."""
    return {row.id: to_product(row, locale) for row in _PRODUCTS.rows(ids=list(ids))}


def products_after(product_id: int = 0, *, locale: str, limit: int = 1000) -> tuple[Product, ...]:
    """The next active products by id: to go through all of them with flat memory. One statement."""
    rows = listed(models.Product.objects.filter(id__gt=product_id, state=ProductState.ACTIVE)).order_by("id")[:limit]
    return tuple(to_product(row, locale) for row in rows)


def count_active() -> int:
    """How many products are sold."""
    return models.Product.objects.filter(state=ProductState.ACTIVE).count()


def products_by_ref(refs: Iterable[str]) -> dict[str, int]:
    """Product ids by external reference, slug, or the SKU or GTIN of a variant (in this order of trust). For importers
    that name products their way. Two statements."""
    wanted = set(refs)
    rows = models.Product.objects.filter(Q(external_ref__in=wanted) | Q(slug__in=wanted))
    variants = models.Variant.objects.filter(Q(sku__in=wanted) | Q(gtin__in=wanted - {""}))
    named = list(variants.values_list("sku", "gtin", "product_id"))
    found: dict[str, int] = {number: product_id for _, number, product_id in named if number}
    found |= {sku: product_id for sku, _, product_id in named}
    refs_first: dict[str, int] = {}
    for product_id, ref, slug in rows.values_list("id", "external_ref", "slug"):
        found[slug] = product_id
        if ref is not None:
            refs_first[ref] = product_id
    return {key: value for key, value in {**found, **refs_first}.items() if key in wanted}


def product(product_id: int, *, locale: str, archived: bool = False) -> ProductDetail:
    """A product with its variants; ``archived`` also gives what is no longer sold. Raises NotFound."""
    return _detail(Q(id=product_id), product_id, locale=locale, archived=archived)


def product_by_slug(slug: str, *, locale: str) -> ProductDetail:
    """An active product with its variants, by the last part of its address. Raises NotFound. Two statements."""
    return _detail(Q(slug=slug), slug, locale=locale, archived=False)


_FINGERPRINT = """
SELECT p.id, concat_ws('|', p.updated_at, string_agg(concat_ws(':', v.id, v.price_minor, v.archived,
  least(greatest(s.on_hand - s.reserved, 0), %s), s.preorder_on, s.preorder_on IS NOT NULL
  AND s.reserved < s.on_hand + s.preorder_limit), ',' ORDER BY v.id))
FROM catalog_product p
LEFT JOIN catalog_variant v ON v.product_id = p.id
LEFT JOIN catalog_stocklevel s ON s.variant_id = v.id
WHERE p.slug = %s AND p.state = 'active' GROUP BY p.id
"""


def fingerprint(slug: str) -> tuple[int, str]:
    """The id of an active product, and a text that changes with all that its page shows of the catalogue: texts,
    prices, whether it is there and whether only a few are left. One statement. Raises NotFound."""
    found = prepared.answer(_FINGERPRINT, [FEW_LEFT + 1, slug]).rows
    if not found:
        raise NotFound(kind="product", key=slug)
    return found[0]


def _detail(which: Q, key: object, *, locale: str, archived: bool) -> ProductDetail:
    if not archived:
        which &= Q(state=ProductState.ACTIVE)
    row = listed(models.Product.objects.filter(which)).first()
    if row is None:
        raise NotFound(kind="product", key=key)
    found = variants_of([row.id], locale=locale, archived=archived)
    return ProductDetail(product=to_product(row, locale), variants=found.get(row.id, ()))


def record(product_id: int) -> ProductRecord:
    """A product as the team edits it, in both languages. Raises NotFound."""
    row = models.Product.objects.select_related("category").filter(id=product_id).first()
    if row is None:
        raise NotFound(kind="product", key=product_id)
    return ProductRecord(
        id=row.id,
        slug=row.slug,
        external_ref=row.external_ref,
        category_key=row.category.key,
        name_en=row.name_en,
        name_fr=row.name_fr,
        description_en=row.description_en,
        description_fr=row.description_fr,
        brand=row.brand,
        image=row.image,
        state=ProductState(row.state),
        created_at=row.created_at,
        updated_at=row.updated_at,
        provenance=row.provenance,
    )


# -- variants -------------------------------------------------------------------------------------------------


def variants(ids: Iterable[int], *, locale: str = "en") -> dict[int, Variant]:
    """Variants by id with live price and stock; unknown ids are absent. One statement."""
    return {row.id: to_variant(row, locale) for row in _VARIANTS.rows(ids=list(ids))}


def variant(variant_id: int, *, locale: str = "en") -> Variant:
    """One variant. Raises NotFound."""
    found = variants([variant_id], locale=locale).get(variant_id)
    if found is None:
        raise NotFound(kind="variant", key=variant_id)
    return found


def variants_by_sku(skus: Iterable[str], *, locale: str = "en") -> dict[str, Variant]:
    """Variants by SKU; unknown ones (and texts that the database cannot hold) are absent."""
    wanted = [sku for sku in skus if "\x00" not in sku]
    return {row.sku: to_variant(row, locale) for row in _BY_SKU.rows(skus=wanted)}


def variants_of(
    product_ids: Iterable[int], *, locale: str = "en", archived: bool = False
) -> dict[int, tuple[Variant, ...]]:
    """The variants of each product in their order; products without variants are absent. One statement."""
    rows = models.Variant.objects.filter(product_id__in=list(product_ids)).select_related("stock")
    if not archived:
        rows = rows.filter(archived=False)
    found: dict[int, list[Variant]] = {}
    for row in rows.order_by("product_id", "position", "id"):
        found.setdefault(row.product_id, []).append(to_variant(row, locale))
    return {product_id: tuple(members) for product_id, members in found.items()}


# -- categories -----------------------------------------------------------------------------------------------


def categories(locale: str) -> tuple[Category, ...]:
    """All categories in their order, with the number of active products of each."""
    active = Count("products", filter=Q(products__state=ProductState.ACTIVE))
    return tuple(
        Category(
            key=row.key,
            name=local(row, "name", locale),
            department=row.department,
            department_name=local(row, "department", locale),
            division=row.division,
            product_count=row.product_count,
        )
        for row in models.Category.objects.annotate(product_count=active).order_by("position", "key")
    )
