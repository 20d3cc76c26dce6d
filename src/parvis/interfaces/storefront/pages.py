"""What every page of the shop has around it: header, consent question, languages; and small helpers of views."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from parvis.connectors.demo.here import here
from parvis.core.limits import Allowance, spend
from parvis.domains.analytics.contracts import CONSENT_COOKIE
from parvis.domains.analytics.web import visit_of
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Category
from parvis.domains.people.web import client_address, current_customer, current_staff
from parvis.interfaces.storefront import basket
from parvis.interfaces.storefront.reader import locale

CATEGORIES_KEPT = 60
ASKING = Allowance(name="storefront.ask", burst=20, per_minute=20)
REPORTING = Allowance(name="storefront.report", burst=6, per_minute=2)
# A search reads names, reviews and spellings: more than a person types is a program's.
SEARCHING = Allowance(name="storefront.search", burst=60, per_minute=60)
VOTING = Allowance(name="storefront.vote", burst=40, per_minute=40)


def categories() -> tuple[Category, ...]:
    """The categories in the reader's language, kept for a minute: every page shows some of them."""
    key = f"storefront.categories.{locale()}"
    known: tuple[Category, ...] | None = cache.get(key)
    if known is None:
        known = tuple(category for category in catalog.categories(locale()) if category.product_count)
        cache.set(key, known, CATEGORIES_KEPT)
    return known


def departments() -> list[tuple[str, str]]:
    """(key, name) of the departments that sell something, the largest first, for the header."""
    counts: dict[tuple[str, str], int] = {}
    for category in categories():
        found = (category.department or category.key, category.department_name or category.name)
        counts[found] = counts.get(found, 0) + category.product_count
    return sorted(counts, key=lambda found: (-counts[found], found[1]))[:7]


def asks_consent(request: HttpRequest) -> bool:
    """Whether to ask if we may recognise this visitor: not when they answered, nor when their browser said no."""
    if CONSENT_COOKIE in request.COOKIES:
        return False
    return not (request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1")


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A whole page of the shop."""
    around = {
        "departments": departments(),
        "cart_count": basket.count(request),
        "asks_consent": asks_consent(request),
        "is_demo": here(),
        "is_staff": request.user.is_authenticated and current_staff(request) is not None,
        "locale": locale(),
        "site_url": settings.PUBLIC_URL,
        "canonical": request.path,
        **(context or {}),
    }
    around["alternates"] = alternates(around["canonical"])
    return basket.keep(request, render(request, template, around, status=status))


def alternates(canonical: str) -> list[tuple[str, str]]:
    """The same page in each language, and for everybody else in the first one: of its canonical address, since what is
    no canonical page has no versions that engines should keep."""
    head, here, rest = canonical.partition(f"/{locale()}/")
    if head or not here:
        return []
    found = [(code, f"/{code}/{rest}") for code, _name in settings.LANGUAGES]
    return [*found, ("x-default", f"/{settings.LANGUAGES[0][0]}/{rest}")]


def toast(response: HttpResponse, words: str, *, link: tuple[str, str] | None = None) -> HttpResponse:
    """Say something in passing with the answer to a request that htmx made; ``link`` is an address and its words."""
    response["Parvis-Toast"] = quote(str(words))
    if link is not None:
        response["Parvis-Toast-Link"] = f"{link[0]} {quote(str(link[1]))}"
    return response


def visit(request: HttpRequest, *, at: datetime) -> str:
    """The visit that the request belongs to, told once."""
    known: str | None = getattr(request, "_parvis_visit", None)
    if known is None:
        known = visit_of(request, at=at)
        request._parvis_visit = known  # type: ignore[attr-defined]  # kept on the request, read by getattr
    return known


def voter_of(request: HttpRequest, *, at: datetime) -> str:
    """Who votes: a customer, or a browser for as long as its visit can be told."""
    if request.user.is_authenticated:
        customer = current_customer(request)
        if customer is not None:
            return f"customer:{customer.id}"
    return f"visit:{visit(request, at=at)}"


def limit(request: HttpRequest, allowance: Allowance, *, at: datetime) -> None:
    """Take one from the caller's allowance; raises TooMany."""
    spend(allowance, caller=client_address(request) or "nobody", at=at)


def moved(request: HttpRequest, address: str) -> HttpResponse:
    """Lead on after a form; the whole page also when htmx asked."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
