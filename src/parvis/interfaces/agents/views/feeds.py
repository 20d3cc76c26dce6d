"""Feeds, streamed: a shop of any size leaves in one answer with flat memory."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from parvis.core.clock import now
from parvis.core.limits import Allowance, spend
from parvis.domains.people.web import client_address
from parvis.interfaces.agents.feeds import plain, xml

READING = Allowance(name="agents.feeds", burst=20, per_minute=10)
_Write = Callable[[str], Iterator[str]]
KINDS: dict[str, tuple[_Write, str]] = {
    "products.jsonl": (plain.json_lines, "application/x-ndjson; charset=utf-8"),
    "products.csv": (plain.csv_lines, "text/csv; charset=utf-8"),
    "products.xml": (xml.products, "application/xml; charset=utf-8"),
    "reviews.xml": (xml.reviews, "application/xml; charset=utf-8"),
}


@require_safe
def feed(request: HttpRequest, language: str, name: str) -> HttpResponseBase:
    """One of the feeds in one language."""
    if language not in dict(settings.LANGUAGES) or name not in KINDS:
        raise Http404
    spend(READING, caller=client_address(request) or "nobody", at=now())
    write, kind = KINDS[name]
    answer = StreamingHttpResponse(write(language), content_type=kind)
    answer["Cache-Control"] = "public, max-age=900"
    answer["Content-Language"] = language
    return answer
