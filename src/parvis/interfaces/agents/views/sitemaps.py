"""Site maps: every page with the moment its contents last changed, in each language, with its pictures."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries as evidence

PRODUCTS = 10_000  # a file may hold 50,000 addresses; each product has one in each language
PAGES = ("storefront:home", "storefront:products", "storefront:reviews_policy", "storefront:privacy")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The site maps there are."""
    files = -(-catalog.count_active() // PRODUCTS)
    maps = [reverse("agents:sitemap_pages")]
    maps += [reverse("agents:sitemap_products", kwargs={"number": number}) for number in range(1, files + 1)]
    return _xml(request, "agents/sitemap_index.xml", {"maps": [f"{settings.PUBLIC_URL}{path}" for path in maps]})


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """Pages that are no product, and the lists of each category."""
    entries = [_entry(name, {}) for name in PAGES]
    lists = [f"?category={category.key}" for category in catalog.categories("en") if category.product_count]
    entries += [_entry("storefront:products", {}, query=query) for query in lists]
    return _xml(request, "agents/sitemap.xml", {"entries": _each_language(entries)})


@require_safe
def products(request: HttpRequest, number: int) -> HttpResponse:
    """A part of the products."""
    after, items = 0, catalog.products_after(locale="en", limit=PRODUCTS)
    for _turn in range(number - 1):
        after = items[-1].id if items else after
        items = catalog.products_after(after, locale="en", limit=PRODUCTS)
    if not items or number < 1:
        raise Http404
    told = evidence.changed_at(item.id for item in items)
    entries = [
        _entry(
            "storefront:product",
            {"slug": item.slug},
            changed=max(item.updated_at, told.get(item.id, item.updated_at)),
            image=f"{settings.PUBLIC_URL}{item.image_url}" if item.image_url else "",
        )
        for item in items
    ]
    return _xml(request, "agents/sitemap.xml", {"entries": _each_language(entries)})


def _entry(
    name: str, given: Mapping[str, str], *, query: str = "", changed: datetime | None = None, image: str = ""
) -> dict[str, Any]:
    urls = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            urls[code] = f"{settings.PUBLIC_URL}{reverse(name, kwargs=dict(given))}{query}"
    return {"urls": urls, "changed": changed, "image": image}


def _each_language(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**entry, "url": url, "alternates": list(entry["urls"].items()) if len(entry["urls"]) > 1 else []}
        for entry in entries
        for url in entry["urls"].values()
    ]


def _xml(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    return render(request, template, dict(context), content_type="application/xml; charset=utf-8")
