"""What can be read of the catalogue. Every function gives frozen contracts, texts in the reader's language."""

from parvis.domains.catalog.queries.prices import lowest_price, price_history
from parvis.domains.catalog.queries.products import (
    categories,
    count_active,
    fingerprint,
    product,
    product_by_slug,
    products,
    products_after,
    products_by_ref,
    record,
    variant,
    variants,
    variants_by_sku,
    variants_of,
)
from parvis.domains.catalog.queries.search import corrections, search
from parvis.domains.catalog.queries.stock import available, movements, sellable

__all__ = [
    "available",
    "categories",
    "corrections",
    "count_active",
    "fingerprint",
    "lowest_price",
    "movements",
    "price_history",
    "product",
    "product_by_slug",
    "products",
    "products_after",
    "products_by_ref",
    "record",
    "search",
    "sellable",
    "variant",
    "variants",
    "variants_by_sku",
    "variants_of",
]
