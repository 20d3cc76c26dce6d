"""What can be done to the catalogue."""

from parvis.domains.catalog.actions.bulk import load, load_categories
from parvis.domains.catalog.actions.history import record_movements, record_prices
from parvis.domains.catalog.actions.prices import set_price
from parvis.domains.catalog.actions.products import archive_variant, create_product, set_gtin, update_product
from parvis.domains.catalog.actions.stock import (
    OutOfStock,
    adjust_stock,
    close_preorders,
    commit,
    count_stock,
    hold,
    receive_stock,
    release,
    set_preorder,
    take_back,
)

__all__ = [
    "OutOfStock",
    "adjust_stock",
    "archive_variant",
    "close_preorders",
    "commit",
    "count_stock",
    "create_product",
    "hold",
    "load",
    "load_categories",
    "receive_stock",
    "record_movements",
    "record_prices",
    "release",
    "set_gtin",
    "set_preorder",
    "set_price",
    "take_back",
    "update_product",
]
