"""GET /w/<key>/<product>.html: a widget as HTML, ready to stand in another site's page, with or without a script."""

import hashlib
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.analytics.rules.throttle import Throttle
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Widget, WidgetKind
from parvis.domains.evidence.web.script import ld_json
from parvis.domains.people.web import client_address
from parvis.interfaces.widgets import tickets
from parvis.interfaces.widgets.content import content, product_id_of

KEPT_HERE = 60  # seconds that a widget made once is shown again
FRESH, STALE = 60, 120  # seconds that caches keep it, and may show it while they ask anew
# Another site's server asks for all of its readers: more than a person, less than a flood.
throttle = Throttle(burst=600, per_second=60)
_LANGUAGES = frozenset(dict(settings.LANGUAGES))


@require_safe
def fragment(request: HttpRequest, key: str, ref: str) -> HttpResponse:
    """?lang=fr&b=12: the widget in this language and order. Nobody is recognised: the same address, the same answer."""
    if not throttle.allows(client_address(request) or "nobody", seconds=time.monotonic()):
        return _allowed(HttpResponse(status=429, headers={"Retry-After": "10"}), "*")
    try:
        widget = evidence.widget_by_key(key)
    except NotFound:
        return _allowed(HttpResponse(status=404), "*")
    origin = request.headers.get("Origin", "")
    if not admitted(widget, origin):
        return HttpResponse(status=403, headers={"Vary": "Origin", "Cache-Control": "no-store"})
    language = request.GET.get("lang", "")[:2]
    bucket = request.GET.get("b", "")
    try:
        html = made(
            widget, ref, language=language if language in _LANGUAGES else settings.LANGUAGE_CODE,
            bucket=int(bucket) if bucket.isdecimal() and len(bucket) < 4 else 0,
        )  # fmt: skip
    except NotFound:
        # A product that nobody here knows: an empty place, kept a while, and no error on somebody's page.
        return _answer(request, "", widget, origin, status=404)
    return _answer(request, html, widget, origin)


def admitted(widget: Widget, origin: str) -> bool:
    """Whether pages of ``origin`` may show this widget. Servers that include it send no origin."""
    return not origin or not widget.origins or origin in widget.origins or origin == settings.PUBLIC_URL


def made(widget: Widget, ref: str, *, language: str, bucket: int, preview: bool = False) -> str:
    """The widget's HTML, kept for a minute under everything that it shows. Raises NotFound."""
    product_id = product_id_of(widget, ref)
    day = now().date()
    told = (widget, product_id, language, bucket, preview, day, evidence.revision(product_id))
    place = "widgets." + hashlib.sha256(repr(told).encode()).hexdigest()
    known: str | None = cache.get(place)
    if known is not None:
        return known
    with translation.override(language):
        html = rendered(widget, product_id, language=language, bucket=bucket, preview=preview)
    cache.set(place, html, KEPT_HERE)
    return html


def rendered(widget: Widget, product_id: int, *, language: str, bucket: int, preview: bool) -> str:
    """The widget's HTML, made now in the language that is active. Raises NotFound."""
    at = now()
    found = content(widget, product_id, bucket=bucket, at=at)
    ticket = tickets.Ticket(
        widget_id=widget.id, product_id=product_id, plan=found.plan, bucket=found.bucket, locale=language,
        voices=tuple(card.voice_id for card in found.cards),
    )  # fmt: skip
    context: dict[str, Any] = {
        "found": found,
        "widget": widget,
        "language": language,
        "ticket": "" if preview else tickets.issue(ticket, on=at.date()),
        "style": "" if preview else style(),
        "preview": preview,
        "quotes": widget.kind is WidgetKind.QUOTES,
        "empty": not found.cards and widget.kind is not WidgetKind.RATING,
        "graph": ld_json(found.graph) if found.graph else "",
    }
    return render_to_string("widgets/fragment.html", context).strip()


@lru_cache(maxsize=1)
def style() -> SafeString:
    """The widget's style sheet, small enough to travel with it."""
    path = finders.find("widgets/widget.css")
    if path is None:
        raise RuntimeError("the widget's style sheet is missing")
    lines = (line.strip() for line in Path(path).read_text(encoding="utf-8").split("*/", 1)[-1].splitlines())
    return mark_safe("".join(line for line in lines if line))  # noqa: S308 - our own file


def _answer(request: HttpRequest, html: str, widget: Widget, origin: str, *, status: int = 200) -> HttpResponse:
    etag = f'W/"{hashlib.sha256(html.encode()).hexdigest()[:24]}"'
    known = request.headers.get("If-None-Match", "")
    answer: HttpResponse = (
        HttpResponseNotModified() if status == 200 and etag in known else HttpResponse(html, status=status)
    )
    if status == 200:
        answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={FRESH}, stale-while-revalidate={STALE}"
    answer["X-Robots-Tag"] = "noindex"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _allowed(answer, origin if widget.origins and origin else "*")


def _allowed(answer: HttpResponse, origin: str) -> HttpResponse:
    answer["Access-Control-Allow-Origin"] = origin
    if origin != "*":
        answer["Vary"] = "Origin"
    return answer


def known_product(widget: Widget) -> str:
    """The address name of a product to show the widget with: its own, or the most reviewed one; "" in an empty shop."""
    ids = [widget.product_id] if widget.product_id else evidence.ranked(by="count", limit=1)
    products = catalog.products(ids, locale="en")
    return next((product.slug for product in products.values()), "")
