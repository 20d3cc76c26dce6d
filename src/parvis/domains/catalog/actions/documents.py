"""Search documents of products: names first, then category, then descriptions, colours and references."""

from collections.abc import Collection

from django.db import connection

from parvis.domains.catalog import rules
from parvis.domains.catalog.models import Product, Variant

_VECTOR = (
    "setweight(to_tsvector('parvis_{key}', d.name_{key}), 'A') || setweight(to_tsvector('simple', d.name_{key}), 'A')"
    " || setweight(to_tsvector('parvis_{key}', d.class_{key}), 'B')"
    " || setweight(to_tsvector('simple', d.class_{key}), 'B')"
    " || setweight(to_tsvector('parvis_{key}', d.rest_{key}), 'C')"
    " || setweight(to_tsvector('simple', d.rest_{key}), 'C')"
)
_SQL = (
    "UPDATE catalog_product p SET search_en = "  # noqa: S608 - constants only
    + _VECTOR.format(key="en")
    + ", search_fr = "
    + _VECTOR.format(key="fr")
    + " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"
    " AS d (id, name_en, class_en, rest_en, name_fr, class_fr, rest_fr) WHERE p.id = d.id"
)


def refresh_documents(product_ids: Collection[int]) -> None:
    """Write the search documents of these products, in batches."""
    ids = sorted(product_ids)
    for start in range(0, len(ids), 1000):
        _refresh(ids[start : start + 1000])


def _refresh(ids: list[int]) -> None:
    extras: dict[int, dict[str, set[str]]] = {}
    variants = Variant.objects.filter(product_id__in=ids, archived=False)
    for product_id, colour_en, colour_fr, *codes in variants.values_list(
        "product_id", "colour_en", "colour_fr", "sku", "gtin"
    ):
        kept = extras.setdefault(product_id, {"en": set(), "fr": set()})
        kept["en"] |= {colour_en, *codes}
        kept["fr"] |= {colour_fr, *codes}
    columns: list[list[str]] = [[] for _ in range(6)]
    kept_ids = []
    for row in Product.objects.filter(id__in=ids).select_related("category").defer("search_en", "search_fr"):
        kept_ids.append(row.id)
        more = extras.get(row.id, {"en": set(), "fr": set()})
        texts = (
            (row.name_en, row.brand),
            (row.category.name_en, row.category.department_en),
            (row.description_en, row.external_ref or "", *sorted(more["en"])),
            (row.name_fr, row.brand),
            (row.category.name_fr, row.category.department_fr),
            (row.description_fr, row.external_ref or "", *sorted(more["fr"])),
        )
        for column, parts in zip(columns, texts, strict=True):
            column.append(" ".join(rules.words(" ".join(parts))))
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [kept_ids, *columns])
