"""The wide doors: whole catalogues, past movements and past prices at once, each load repeatable."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from parvis.core import outbox
from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog import rules
from parvis.domains.catalog.actions.documents import refresh_documents
from parvis.domains.catalog.actions.prices import refresh_products, settle_from_history
from parvis.domains.catalog.contracts import (
    Loaded,
    MovementKind,
    NewCategory,
    NewMovement,
    NewPrice,
    NewProduct,
    NewVariant,
    ProductChanged,
)
from parvis.domains.catalog.models import (
    Category,
    PriceChange,
    Product,
    StockLevel,
    StockMovement,
    Variant,
)

_TEXTS = ("name_en", "name_fr", "description_en", "description_fr", "brand", "image", "provenance")
_BATCH = 1000
_COPY_MOVEMENTS = "COPY catalog_stockmovement (variant_id, kind, quantity, reason, ref, at, provenance) FROM STDIN"
_INSERT_PRICES = (
    "INSERT INTO catalog_pricechange (variant_id, amount_minor, from_at, reason, provenance)"
    " SELECT variant_id, amount_minor, from_at, reason, provenance::jsonb"
    " FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::text[], %s::text[])"
    " AS row (variant_id, amount_minor, from_at, reason, provenance) ON CONFLICT DO NOTHING"
)


@transaction.atomic
def load_categories(rows: Iterable[NewCategory]) -> dict[str, int]:
    """Create or update categories by key. Returns their ids by key."""
    fields = ("name_en", "name_fr", "department", "department_en", "department_fr", "division", "position")
    Category.objects.bulk_create(
        [Category(key=row.key, **{name: getattr(row, name) for name in fields}) for row in rows],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=list(fields),
    )
    return dict(Category.objects.values_list("key", "id"))


@transaction.atomic
def load(rows: Iterable[NewProduct], *, at: datetime) -> Loaded:
    """Create products with their variants, opening prices and opening stock; update the texts of those known.

    A product is known by its external reference, else by its slug; a variant by its SKU. Prices and stock of known
    variants are left alone: they have verbs and histories of their own. Raises Invalid, NotFound (category).
    """
    given = list(rows)
    _check_all(given)
    known = _known_products(given)
    categories = dict(Category.objects.values_list("key", "id"))
    for row in given:
        if row.category_key not in categories:
            raise NotFound(kind="category", key=row.category_key)
    fresh = [row for row in given if _key(row) not in known]
    old = [row for row in given if _key(row) in known]
    changed = _update_products(old, categories, known, at=at)
    _create_products(fresh, categories, known, at=at)
    variant_ids, more = _load_variants(given, known, at=at)
    touched = {known[_key(row)].id for row in fresh} | changed | more
    if touched:
        refresh_products(touched)
        refresh_documents(touched)
        outbox.publish(*(ProductChanged(product_id=key) for key in sorted(touched)), at=at)
    return Loaded(
        product_ids={_key(row): known[_key(row)].id for row in given},
        variant_ids=variant_ids,
        created=len(fresh),
        updated=len(touched) - len(fresh),
    )


def _key(row: NewProduct) -> str:
    return row.external_ref or row.slug or rules.slug(row.name_en or row.name_fr)


def _check_all(rows: Sequence[NewProduct]) -> None:
    keys: set[str] = set()
    skus: set[str] = set()
    for row in rows:
        _check(row)
        if _key(row) in keys:
            raise Invalid(field="external_ref", problem=f"{_key(row)} occurs twice")
        keys.add(_key(row))
        for variant in row.variants:
            if variant.sku in skus:
                raise Invalid(field="sku", problem=f"{variant.sku} occurs twice")
            skus.add(variant.sku)


def _check(row: NewProduct) -> None:
    if not (row.name_en.strip() or row.name_fr.strip()):
        raise Invalid(field="name", problem=f"product {_key(row)} has no name")
    if not row.variants:
        raise Invalid(field="variants", problem=f"product {_key(row)} has no variant")
    for variant in row.variants:
        if not variant.sku.strip():
            raise Invalid(field="sku", problem=f"a variant of {_key(row)} has no SKU")
        if variant.price_minor < 1:
            raise Invalid(field="price_minor", problem=f"{variant.sku}: a price is at least one minor unit")
        if variant.on_hand < 0:
            raise Invalid(field="on_hand", problem=f"{variant.sku}: stock is not negative")


def _known_products(rows: Sequence[NewProduct]) -> dict[str, Product]:
    refs = [row.external_ref for row in rows if row.external_ref]
    slugs = [row.slug or rules.slug(row.name_en or row.name_fr) for row in rows if not row.external_ref]
    known = {str(row.external_ref): row for row in Product.objects.filter(external_ref__in=refs)}
    return known | {row.slug: row for row in Product.objects.filter(slug__in=slugs)}


def _create_products(
    rows: Sequence[NewProduct], categories: Mapping[str, int], known: dict[str, Product], *, at: datetime
) -> None:
    wanted = [row.slug or rules.slug(row.name_en or row.name_fr) for row in rows]
    taken = set(Product.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    fresh = []
    for row, slug in zip(rows, wanted, strict=True):
        product = Product(
            slug=_free_slug(slug, taken),
            external_ref=row.external_ref,
            category_id=categories[row.category_key],
            created_at=row.created_at or at,
            updated_at=at,
            **{name: _value(row, name) for name in _TEXTS},
        )
        taken.add(product.slug)
        known[_key(row)] = product
        fresh.append(product)
    Product.objects.bulk_create(fresh, batch_size=_BATCH)


def _free_slug(wanted: str, taken: set[str]) -> str:
    """``wanted``, with a number when another product has it."""
    slug, number = wanted, 1
    while slug in taken or (number > 1 and Product.objects.filter(slug=slug).exists()):
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _value(row: NewProduct, name: str) -> Any:
    value = getattr(row, name)
    return dict(value) if name == "provenance" else value


def _update_products(
    rows: Sequence[NewProduct], categories: Mapping[str, int], known: Mapping[str, Product], *, at: datetime
) -> set[int]:
    changed = []
    for row in rows:
        product = known[_key(row)]
        wanted = {name: _value(row, name) for name in _TEXTS} | {"category_id": categories[row.category_key]}
        if any(getattr(product, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(product, name, value)
            product.updated_at = at
            changed.append(product)
    Product.objects.bulk_update(changed, [*_TEXTS, "category", "updated_at"], batch_size=_BATCH)
    return {product.id for product in changed}


def _load_variants(
    rows: Sequence[NewProduct], known: Mapping[str, Product], *, at: datetime
) -> tuple[dict[str, int], set[int]]:
    """Ids by SKU, and the products whose set of variants has changed."""
    skus = [variant.sku for row in rows for variant in row.variants]
    present = dict(Variant.objects.filter(sku__in=skus).values_list("sku", "id"))
    fresh: list[tuple[Variant, NewVariant, datetime]] = []
    for row in rows:
        product = known[_key(row)]
        for position, variant in enumerate(row.variants):
            if variant.sku not in present:
                opened = row.created_at or at
                fresh.append((_variant(product.id, position, variant), variant, opened))
    Variant.objects.bulk_create([variant for variant, _, _ in fresh], batch_size=_BATCH)
    StockLevel.objects.bulk_create(
        [StockLevel(variant_id=variant.id, on_hand=new.on_hand) for variant, new, _ in fresh], batch_size=_BATCH
    )
    PriceChange.objects.bulk_create(
        [
            PriceChange(
                variant_id=variant.id,
                amount_minor=new.price_minor,
                from_at=opened,
                reason="opening price",
                provenance=_only(new.provenance, "price"),
            )
            for variant, new, opened in fresh
        ],
        batch_size=_BATCH,
    )
    StockMovement.objects.bulk_create(
        [
            StockMovement(
                variant_id=variant.id,
                kind=MovementKind.RECEIVED,
                quantity=new.on_hand,
                reason="opening stock",
                at=opened,
                provenance=_only(new.provenance, "stock"),
            )
            for variant, new, opened in fresh
            if new.on_hand
        ],
        batch_size=_BATCH,
    )
    ids = present | {variant.sku: variant.id for variant, _, _ in fresh}
    return ids, {variant.product_id for variant, _, _ in fresh}


def _variant(product_id: int, position: int, new: NewVariant) -> Variant:
    return Variant(
        product_id=product_id,
        sku=new.sku,
        size=new.size,
        colour_key=new.colour_key,
        colour_en=new.colour_en,
        colour_fr=new.colour_fr,
        price_minor=new.price_minor,
        currency=settings.CURRENCY,
        position=position,
        provenance=dict(new.provenance),
    )


def _only(provenance: Mapping[str, str], name: str) -> dict[str, str]:
    """What provenance says of one attribute, as the provenance of a whole row of history."""
    return {"row": provenance[name]} if name in provenance else {}


@transaction.atomic
def record_movements(rows: Iterable[NewMovement]) -> int:
    """Write past movements to the ledger and move on hand by their sums, in variant order.

    Returns how many were written. Raises Invalid when a variant would end below what is reserved of it, NotFound.
    """
    given = list(rows)
    sums: dict[int, int] = {}
    for row in given:
        sums[row.variant_id] = sums.get(row.variant_id, 0) + row.quantity
    ids = sorted(sums)
    levels = {
        level.variant_id: level
        for level in StockLevel.objects.select_for_update().filter(variant_id__in=ids).order_by("variant_id")
    }
    for variant_id in ids:
        if variant_id not in levels:
            raise NotFound(kind="variant", key=variant_id)
        if levels[variant_id].on_hand + sums[variant_id] < levels[variant_id].reserved:
            raise Invalid(field="quantity", problem=f"variant {variant_id} would be oversold")
    with connection.cursor() as cursor, cursor.copy(_COPY_MOVEMENTS) as copy:
        for row in given:
            copy.write_row(
                (
                    row.variant_id,
                    row.kind.value,
                    row.quantity,
                    row.reason,
                    row.ref,
                    row.at,
                    json.dumps(dict(row.provenance)),
                )
            )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_stocklevel AS level SET on_hand = on_hand + line.quantity"
            " FROM unnest(%s::bigint[], %s::int[]) AS line (variant_id, quantity)"
            " WHERE level.variant_id = line.variant_id",
            [ids, [sums[key] for key in ids]],
        )
    return len(given)


@transaction.atomic
def record_prices(rows: Iterable[NewPrice]) -> int:
    """Write past price changes and settle each variant's present and prior price from its whole history.

    A change already known by (variant, from_at) is left as it is. Returns how many rows were given.
    """
    given = list(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_PRICES,
            [
                [row.variant_id for row in given],
                [row.amount_minor for row in given],
                [row.from_at for row in given],
                [row.reason for row in given],
                [json.dumps(dict(row.provenance)) for row in given],
            ],
        )
    settle_from_history({row.variant_id for row in given})
    return len(given)
