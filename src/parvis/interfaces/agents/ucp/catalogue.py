"""/catalog/search, /catalog/lookup, /catalog/product: products with their proof."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from parvis.core.pagination import BadCursor, decode_cursor, encode_cursor
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product, ProductDetail, ProductList, ProductState, Sort, Variant
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.web import signing
from parvis.interfaces.agents.ucp import choosing
from parvis.interfaces.agents.ucp.envelope import Failed, info
from parvis.interfaces.agents.ucp.gate import Call
from parvis.interfaces.agents.ucp.problems import BadRequest, TooLarge
from parvis.interfaces.agents.ucp.products import Shelf
from parvis.interfaces.agents.ucp.reading import Body
from parvis.interfaces.agents.views.statements import evidence_of

PAGE, MOST_PAGE = 10, 50
MOST_IDS = 50
MOST_VARIANTS = 50
Range = tuple[int | None, int | None]


def search(call: Call) -> tuple[int, dict[str, Any]]:
    """Products by words, category and price; a page of at most 50, ten by default."""
    body = call.body
    text, filters, messages = body.text("query"), body.part("filters"), []
    if not body.has("query") and (filters is None or not filters.value):
        raise BadRequest(path="$", reason="a search needs a query or filters")
    categories, price, told = _filters(body, call.locale)
    messages += told
    paging = body.part("pagination") or Body({})
    limit = min(paging.whole("limit", low=1) or PAGE, MOST_PAGE)
    # The cursor belongs into "pagination"; some platforms send it beside the query.
    offset = _offset(paging.text("cursor") or body.text("cursor"))
    if categories is not None and not categories:
        found = ProductList(items=(), total=0, category_counts={}, in_stock_count=0, price_range=None)
    else:
        found = _found("" if text == "*" else text, categories or (), price, call.locale, offset, limit)
    if found.corrected:
        messages.append(info("search_corrected", gettext("Searched for: %(words)s") % {"words": found.corrected}))
    shelf, end = Shelf(found.items, call.locale), offset + len(found.items)
    pagination: dict[str, Any] = {"has_next_page": end < found.total, "total_count": found.total}
    if end < found.total:
        pagination["cursor"] = encode_cursor(end)
    answer: dict[str, Any] = {
        "products": [shelf.product(item) for item in found.items if shelf.variants.get(item.id)],
        "pagination": pagination,
    }
    return 200, answer | ({"messages": messages} if messages else {})


def _found(text: str, categories: Sequence[str], price: Range | None, locale: str, offset: int, limit: int) -> Any:
    """By names and texts of the shop; where they say nothing, by what reviews say."""
    bounds: dict[str, Any] = {
        "categories": categories, "price": price, "locale": locale, "offset": offset, "limit": limit
    }  # fmt: skip
    order = Sort.RELEVANCE if text else Sort.NAME
    found = catalog.search(text=text, sort=order, exact=True, **bounds)
    if found.total or not text:
        return found
    spoken = evidence.speaking(text, locale=locale)
    if spoken.products:
        return catalog.search(ids=spoken.products, sort=Sort.GIVEN, **bounds)
    return catalog.search(text=text, sort=order, **bounds)


def _filters(body: Body, locale: str) -> tuple[list[str] | None, Range | None, list[dict[str, Any]]]:
    """Keys of categories (None: any), the range of prices, and what has to be said of the filters."""
    filters = body.part("filters")
    if filters is None:
        return None, None, []
    categories: list[str] | None = None
    if filters.has("categories"):
        wanted = {name.casefold() for name in filters.texts("categories", most=50)}
        categories = [
            each.key
            for each in catalog.categories(locale)
            if wanted & {each.key.casefold(), each.name.casefold(), _path(each.department_name, each.name).casefold()}
        ]
    price = filters.part("price")
    if price is None:
        return categories, None, []
    low, high = price.whole("min", low=0), price.whole("max", low=0)
    context = body.part("context")
    currency = context.text("currency") if context is not None else ""
    if currency and currency.upper() != settings.CURRENCY:
        told = gettext("Prices are in %(currency)s: the price filter was not applied.")
        return categories, None, [info("price_filter_ignored", told % {"currency": settings.CURRENCY})]
    return categories, (low, high), []


def _path(department: str, name: str) -> str:
    return " > ".join(dict.fromkeys(filter(None, (department, name))))


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(decode_cursor(cursor, length=1)[0])
    except BadCursor as error:
        raise BadRequest(path="$.pagination.cursor", reason="it is not a cursor of ours") from error


def lookup(call: Call) -> tuple[int, dict[str, Any]]:
    """Products by identifiers (SKU, product id, handle, GTIN), each once, with the variant that is meant."""
    body = call.body
    if isinstance(given := body.value.get("ids"), list) and len(given) > MOST_IDS:
        raise TooLarge(most=MOST_IDS)
    ids = list(dict.fromkeys(body.texts("ids", most=MOST_IDS)))
    if not ids:
        raise BadRequest(path="$.ids", reason="at least one identifier is needed")
    _categories, price, messages = _filters(body, call.locale)
    by_sku = {sku: row for sku, row in catalog.variants_by_sku(ids, locale=call.locale).items() if not row.archived}
    owners = catalog.products_by_ref([each for each in ids if each not in by_sku])
    wanted = {*owners.values(), *(variant.product_id for variant in by_sku.values())}
    items = _sold(wanted, call.locale)
    shelf = Shelf(list(items.values()), call.locale)
    shown = {key: _meant(shelf, item, ids, by_sku, owners) for key, item in items.items()}
    found = []
    for key, item in items.items():
        kept = [(variant, inputs) for variant, inputs in shown[key] if _within(variant, price)]
        if kept:
            told = shelf.product(item, variants=[variant for variant, _ in kept])
            for variant, (_, inputs) in zip(told["variants"], kept, strict=True):
                variant["inputs"] = inputs
            found.append(told)
    known = {each["id"] for pairs in shown.values() for _, inputs in pairs for each in inputs}
    messages += [info("not_found", each) for each in ids if each not in known]
    return 200, {"products": found} | ({"messages": messages} if messages else {})


def _sold(product_ids: set[int], locale: str) -> dict[int, Product]:
    found = catalog.products(product_ids, locale=locale)
    return {key: item for key, item in sorted(found.items()) if item.state is ProductState.ACTIVE}


def _meant(
    shelf: Shelf, item: Product, ids: Sequence[str], by_sku: dict[str, Variant], owners: dict[str, int]
) -> list[tuple[Variant, list[dict[str, str]]]]:
    """The variants that the identifiers mean, each with those that led to it."""
    variants = shelf.variants.get(item.id, ())
    featured = next((variant for variant in variants if variant.available > 0), variants[0] if variants else None)
    led: dict[int, list[dict[str, str]]] = {}
    for each in ids:
        if each in by_sku and by_sku[each].product_id == item.id:
            led.setdefault(by_sku[each].id, []).append({"id": each, "match": "exact"})
        elif owners.get(each) == item.id and featured is not None:
            exact = next((variant for variant in variants if variant.gtin and variant.gtin == each), None)
            chosen = exact or featured
            led.setdefault(chosen.id, []).append({"id": each, "match": "exact" if exact else "featured"})
    return [(variant, led[variant.id]) for variant in variants if variant.id in led]


def _within(variant: Variant, price: Range | None) -> bool:
    low, high = price or (None, None)
    return (low is None or variant.price.amount_minor >= low) and (high is None or variant.price.amount_minor <= high)


def product(call: Call) -> tuple[int, dict[str, Any]]:
    """One product by product id or SKU, in full: the choices that are left, and its signed evidence."""
    body = call.body
    asked = body.required("id")
    named = catalog.variants_by_sku([asked], locale=call.locale).get(asked)
    named = None if named is None or named.archived else named
    key = named.product_id if named else catalog.products_by_ref([asked]).get(asked)
    item = _sold({key} if key else set(), call.locale).get(key or 0)
    shelf = Shelf([item] if item else [], call.locale)
    variants = shelf.variants.get(item.id, ()) if item else ()
    if item is None or not variants:
        raise Failed("not_found", gettext("No product is known under this identifier."))
    _categories, price, messages = _filters(body, call.locale)
    if named is not None:
        selection = choosing.choices_of(named)
        shown = [named]
    else:
        wanted = {each.required("name"): each.required("label") for each in body.parts("selected", most=20)}
        selection = choosing.settle(variants, wanted, body.texts("preferences", most=20))
        shown = choosing.matching(variants, selection)
    shown = [variant for variant in shown if _within(variant, price)][:MOST_VARIANTS]
    if not shown:
        raise Failed("not_found", gettext("No variant of this product fits the filters."))
    if not selection:
        selection = choosing.choices_of(shown[0])
    evidence_told = evidence_of(ProductDetail(product=item, variants=variants), call.locale)
    proof = {**shelf.proof(item), "statement": evidence_told, "jws": signing.sign(evidence_told)}
    told = shelf.product(item, variants=shown, proof=proof)
    if "options" in told:
        told["options"] = choosing.signals(variants, selection)
        told["selected"] = [{"name": name, "label": label} for name, label in selection.items()]
    return 200, {"product": told} | ({"messages": messages} if messages else {})
