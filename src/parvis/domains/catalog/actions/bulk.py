"""The wide doors: whole catalogues, past movements and past prices at once, each load repeatable."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from parvis.core import outbox
from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog import rules
from parvis.domains.catalog.actions.documents import refresh_documents
from parvis.domains.catalog.actions.history import INSERT_PRICES, copy_movements
from parvis.domains.catalog.actions.prices import refresh_products
from parvis.domains.catalog.contracts import (
    Loaded,
    MovementKind,
    NewCategory,
    NewMovement,
    NewProduct,
    NewVariant,
    ProductChanged,
)
from parvis.domains.catalog.models import (
    Category,
    Product,
    Variant,
)

_TEXTS = ("name_en", "name_fr", "description_en", "description_fr", "brand", "image", "provenance")
_BATCH = 1000
_VARIANT = ("sku", "gtin", "size", "colour_key", "colour_en", "colour_fr", "price_minor")
_INSERT_VARIANTS = (
    "INSERT INTO catalog_variant (currency, archived, product_id, position, sku, gtin, size, colour_key,"
    " colour_en, colour_fr, price_minor, provenance)"
    " SELECT %s, false, product_id, position, sku, gtin, size, colour_key, colour_en, colour_fr, price_minor,"
    " provenance::jsonb FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[],"
    " %s::text[], %s::text[], %s::int[], %s::text[]) AS row (product_id, position, sku, gtin, size, colour_key,"
    " colour_en, colour_fr, price_minor, provenance) RETURNING id, sku"
)
_Fresh = tuple[int, int, NewVariant, datetime]
"""Product, position, variant, and when it was opened."""


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
    variants are left alone: they have verbs and histories of their own. A GTIN that is given is written down. Raises
    Invalid, rules.NotAGtin, rules.GtinTaken, NotFound (category).
    """
    given = [_with_gtins(row) for row in rows]
    _check_all(given)
    _check_gtins(given)
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


def _with_gtins(row: NewProduct) -> NewProduct:
    if not any(variant.gtin for variant in row.variants):
        return row
    return replace(row, variants=tuple(replace(each, gtin=rules.gtin(each.gtin)) for each in row.variants))


def _check_gtins(rows: Sequence[NewProduct]) -> None:
    """A number belongs to one variant."""
    holders: dict[str, str] = {}
    for variant in (variant for row in rows for variant in row.variants if variant.gtin):
        if holders.setdefault(variant.gtin, variant.sku) != variant.sku:
            raise rules.GtinTaken(gtin=variant.gtin, sku=holders[variant.gtin])
    taken = Variant.objects.filter(gtin__in=list(holders)).values_list("gtin", "sku") if holders else ()
    for number, sku in taken:
        if holders[number] != sku:
            raise rules.GtinTaken(gtin=number, sku=sku)


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
    there = list(Variant.objects.filter(sku__in=skus).values_list("sku", "id", "gtin", "product_id"))
    present = {sku: variant_id for sku, variant_id, _, _ in there}
    fresh: list[_Fresh] = []
    for row in rows:
        product = known[_key(row)]
        for position, variant in enumerate(row.variants):
            if variant.sku not in present:
                fresh.append((product.id, position, variant, row.created_at or at))
    created = _insert_variants(fresh)
    numbered = _write_gtins({variant.sku: variant.gtin for row in rows for variant in row.variants}, there)
    return present | created, {product_id for product_id, *_ in fresh} | numbered


def _write_gtins(given: Mapping[str, str], there: Iterable[tuple[str, int, str, int]]) -> set[int]:
    """Numbers of known variants that were given anew; the products they belong to."""
    changed = {
        variant_id: (given[sku], product) for sku, variant_id, was, product in there if given[sku] not in ("", was)
    }
    rows = [Variant(id=variant_id, gtin=number) for variant_id, (number, _) in changed.items()]
    Variant.objects.bulk_update(rows, ["gtin"], batch_size=_BATCH)
    return {product for _, product in changed.values()}


def _insert_variants(fresh: "Sequence[_Fresh]") -> dict[str, int]:
    """Write variants with their stock level, opening price and opening stock; returns ids by SKU."""
    if not fresh:
        return {}
    news = [new for _, _, new, _ in fresh]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_VARIANTS,
            [
                settings.CURRENCY,
                [product_id for product_id, *_ in fresh],
                [position for _, position, *_ in fresh],
                *([getattr(new, name) for new in news] for name in _VARIANT),
                [json.dumps(dict(new.provenance)) for new in news],
            ],
        )
        ids = {sku: variant_id for variant_id, sku in cursor.fetchall()}
        keys = [ids[new.sku] for new in news]
        cursor.execute(
            "INSERT INTO catalog_stocklevel (variant_id, on_hand, reserved)"
            " SELECT variant_id, on_hand, 0 FROM unnest(%s::bigint[], %s::int[]) AS row (variant_id, on_hand)",
            [keys, [new.on_hand for new in news]],
        )
        cursor.execute(
            INSERT_PRICES,
            [
                keys,
                [new.price_minor for new in news],
                [opened for *_, opened in fresh],
                ["opening price"] * len(fresh),
                [json.dumps(_only(new.provenance, "price")) for new in news],
            ],
        )
    copy_movements(
        NewMovement(
            variant_id=ids[new.sku],
            kind=MovementKind.RECEIVED,
            quantity=new.on_hand,
            reason="opening stock",
            at=opened,
            provenance=_only(new.provenance, "stock"),
        )
        for _, _, new, opened in fresh
        if new.on_hand
    )
    return ids


def _only(provenance: Mapping[str, str], name: str) -> dict[str, str]:
    """What provenance says of one attribute, as the provenance of a whole row of history."""
    return {"row": provenance[name]} if name in provenance else {}
