"""Site maps: every page with the moment its contents last changed, in each language, with its pictures."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product, ProductState
from parvis.domains.evidence import queries as evidence
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice, VoiceKind

QUESTIONS = 20_000
PRODUCTS = 10_000  # a file may hold 50,000 addresses; each product has one in each language
PAGES = (
    "storefront:home",
    "storefront:products",
    "storefront:faq",
    "storefront:shop_reviews",
    "storefront:reviews_policy",
    "storefront:privacy",
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The site maps there are."""
    files = -(-catalog.count_active() // PRODUCTS)
    maps = [reverse("agents:sitemap_pages")]
    numbers = range(1, files + 1)
    maps += [reverse("agents:sitemap_products", kwargs={"number": number}) for number in numbers]
    maps += [reverse("agents:sitemap_videos", kwargs={"number": number}) for number in numbers]
    maps += [reverse("agents:sitemap_questions", kwargs={"number": number}) for number in range(1, _asked_files() + 1)]
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
    items = _part(number)
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


@require_safe
def videos(request: HttpRequest, number: int) -> HttpResponse:
    """The videos that customers made of a part of the products, each on the page that shows it."""
    items = _part(number)
    filmed = voices.filmed(item.id for item in items)
    entries = [
        _entry(
            "storefront:product",
            {"slug": item.slug},
            changed=max(_film_moment(voice) for voice in filmed[item.id]),
            videos=[_film(voice, item.name) for voice in filmed[item.id]],
        )
        for item in items
        if item.id in filmed
    ]
    return _xml(request, "agents/sitemap.xml", {"entries": _each_language(entries)})


def _film(voice: Voice, product: str) -> dict[str, Any]:
    film = voice.video
    if film is None:
        raise ValueError("the voice has no video")
    return {
        "thumbnail": f"{settings.PUBLIC_URL}{film.poster_url or film.thumb_url}",
        "title": voice.title or product,
        "description": " ".join(voice.text.split())[:2000] or voice.title or product,
        "content": f"{settings.PUBLIC_URL}{film.url}",
        "seconds": max(1, round(film.seconds)),
        "at": _film_moment(voice),
    }


def _film_moment(voice: Voice) -> datetime:
    return voice.published_at or voice.submitted_at


@require_safe
def questions(request: HttpRequest, number: int) -> HttpResponse:
    """The pages of a part of the questions, with the moment of the latest answer."""
    if not 1 <= number <= max(1, _asked_files()):
        raise Http404  # before turning pages: a stranger may ask for the 10^20th
    rows, after = voices.pages_of_questions(limit=QUESTIONS), 0
    for _turn in range(number - 1):
        after = rows[-1][0] if rows else after
        rows = voices.pages_of_questions(after, limit=QUESTIONS)
    if not rows and number > 1:
        raise Http404
    products_ = catalog.products({product_id for _, product_id, _ in rows}, locale="en")
    entries = [
        _entry(
            "storefront:question_page",
            {"slug": products_[product_id].slug, "question_id": question_id},
            changed=changed,
        )
        for question_id, product_id, changed in rows
        if product_id in products_ and products_[product_id].state is ProductState.ACTIVE
    ]
    return _xml(request, "agents/sitemap.xml", {"entries": _each_language(entries)})


def _asked_files() -> int:
    return -(-voices.count_published(kinds=(VoiceKind.QUESTION,)) // QUESTIONS)


def _part(number: int) -> Sequence[Product]:
    if not 1 <= number <= -(-catalog.count_active() // PRODUCTS):
        raise Http404  # before turning pages: a stranger may ask for the 10^20th
    after, items = 0, catalog.products_after(locale="en", limit=PRODUCTS)
    for _turn in range(number - 1):
        after = items[-1].id if items else after
        items = catalog.products_after(after, locale="en", limit=PRODUCTS)
    if not items:
        raise Http404
    return items


def _entry(
    name: str,
    given: Mapping[str, Any],
    *,
    query: str = "",
    changed: datetime | None = None,
    image: str = "",
    videos: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    urls = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            urls[code] = f"{settings.PUBLIC_URL}{reverse(name, kwargs=dict(given))}{query}"
    return {"urls": urls, "changed": changed, "image": image, "videos": videos}


def _each_language(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**entry, "url": url, "alternates": list(entry["urls"].items()) if len(entry["urls"]) > 1 else []}
        for entry in entries
        for url in entry["urls"].values()
    ]


def _xml(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    return render(request, template, dict(context), content_type="application/xml; charset=utf-8")
