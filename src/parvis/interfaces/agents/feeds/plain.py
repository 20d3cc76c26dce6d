"""Rows of a product feed for assistants, as JSON Lines and as CSV: a row a variant, names of the ChatGPT file feed."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from parvis.domains.catalog.contracts import Variant
from parvis.domains.evidence.web.structured import amount
from parvis.interfaces.agents.feeds.entries import Entry, entries

TITLE, DESCRIPTION, BRAND, IDENTITY = 150, 5000, 70, 100
COLUMNS = (
    "item_id", "item_group_id", "is_eligible_search", "is_eligible_checkout", "title", "description", "url", "brand",
    "image_url", "product_category", "condition", "price", "sale_price", "availability", "gtin", "size", "color",
    "availability_date", "seller_name", "seller_url", "star_rating", "review_count", "verified_review_count",
    "highlights", "q_and_a", "popularity_source",
)  # fmt: skip


def rows(entry: Entry) -> Iterator[dict[str, Any]]:
    """The rows of a product."""
    item, told = entry.product, entry.summary
    common: dict[str, Any] = {
        "item_group_id": item.external_ref or item.slug,
        "is_eligible_search": True,
        "is_eligible_checkout": False,
        "description": cut(item.description or item.name, DESCRIPTION),
        "brand": cut(item.brand or settings.BRAND, BRAND),
        "image_url": entry.image,
        "product_category": " > ".join(dict.fromkeys(filter(None, (item.department_name, item.category_name)))),
        "condition": "new",
        "seller_name": settings.BRAND,
        "seller_url": f"{settings.PUBLIC_URL}/",
        "highlights": list(entry.highlights),
        "q_and_a": [
            {"q": thread.question.text, "a": thread.answers[0].text, "by": str(thread.answers[0].author_role)}
            for thread in entry.threads
        ],
    }
    if told is not None:
        common |= {"review_count": told.count, "verified_review_count": told.verified}
        if told.average is not None:
            common["star_rating"] = round(told.average, 2)
        common["popularity_source"] = "reviews of this shop"
    for variant in entry.variants:
        yield common | _of_variant(entry, variant)


def _of_variant(entry: Entry, variant: Variant) -> dict[str, Any]:
    reduced = variant.price_was is not None and variant.price_was.amount_minor > variant.price.amount_minor
    full = variant.price_was if reduced and variant.price_was is not None else variant.price
    name = f"{entry.product.name}, {variant.label}" if variant.label else entry.product.name
    return {
        "item_id": cut(variant.sku, IDENTITY),
        "title": cut(name, TITLE),
        "url": f"{entry.page}?variant={variant.id}",
        "price": priced(full),
        **({"sale_price": priced(variant.price)} if reduced else {}),
        "availability": "in_stock" if variant.available > 0 else "preorder" if variant.ahead else "out_of_stock",
        **({"availability_date": variant.preorder_on.isoformat()} if variant.ahead and variant.preorder_on else {}),
        **({"gtin": variant.public_gtin} if variant.public_gtin else {}),
        **({"size": variant.size} if variant.size else {}),
        **({"color": variant.colour} if variant.colour else {}),
    }


def priced(money: Any) -> str:
    """ "15.00 EUR"."""
    return f"{amount(money)} {money.currency}"


def cut(text: str, limit: int) -> str:
    """``text`` on one line, at most ``limit`` characters, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + "…"


def json_lines(language: str) -> Iterator[str]:
    """One JSON object a line."""
    for entry in entries(language):
        for row in rows(entry):
            yield json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def csv_lines(language: str) -> Iterator[str]:
    """CSV with a header; lists are JSON inside their cell, and no cell begins a formula."""
    yield _line(COLUMNS)
    for entry in entries(language):
        for row in rows(entry):
            yield _line([_cell(row.get(name, "")) for name in COLUMNS])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, Mapping)):
        return json.dumps(value, ensure_ascii=False) if value else ""
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and not isinstance(value, (int, float)) else text


def _line(cells: "tuple[str, ...] | list[str]") -> str:
    kept = io.StringIO()
    csv.writer(kept).writerow(cells)
    return kept.getvalue()
