"""Feeds, streamed: a shop of any size leaves in one answer with flat memory, packed where the reader can unpack it."""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from parvis import __version__
from parvis.core import outbox
from parvis.core.clock import now
from parvis.core.days import day_of
from parvis.core.limits import Allowance, spend
from parvis.domains.evidence import queries as evidence
from parvis.domains.people.web import client_address
from parvis.interfaces.agents.feeds import acp, plain, xml

READING = Allowance(name="agents.feeds", burst=20, per_minute=10)
ASKING = Allowance(name="agents.feeds.unchanged", burst=60, per_minute=60)
PIECE = 64 * 1024  # characters that are sent, or packed, at once
_Write = Callable[[str], Iterator[str]]
KINDS: dict[str, tuple[_Write, str]] = {
    "products.jsonl": (plain.json_lines, "application/x-ndjson; charset=utf-8"),
    "products.csv": (plain.csv_lines, "text/csv; charset=utf-8"),
    "products.xml": (xml.products, "application/xml; charset=utf-8"),
    "reviews.xml": (xml.reviews, "application/xml; charset=utf-8"),
    "acp-products.jsonl": (acp.json_lines, "application/x-ndjson; charset=utf-8"),
}
METADATA = "acp-metadata.json"


@require_safe
def feed(request: HttpRequest, language: str, name: str) -> HttpResponseBase:
    """One of the feeds in one language. Who has it already and asks with ETag or date is told in few statements."""
    if language not in dict(settings.LANGUAGES) or name not in {*KINDS, METADATA}:
        raise Http404
    caller = client_address(request) or "nobody"
    spend(ASKING, caller=caller, at=now())
    number, changed = outbox.latest()
    derived, when = evidence.state()
    # events are written with each change of products, stock and voices; what is derived of them follows a moment later
    state = (__version__, settings.PUBLIC_URL, language, name, number, derived, when, day_of(now()))
    etag = f'W/"{hashlib.sha256(repr(state).encode()).hexdigest()[:32]}"'
    moments = [each for each in (changed, when) if each is not None]
    modified = int(max(moments).timestamp()) if moments else None
    known = get_conditional_response(request, etag=etag, last_modified=modified)
    answer: HttpResponseBase
    if known is not None and known.status_code == 304:
        answer = known
    elif name == METADATA:
        answer = JsonResponse(acp.metadata(language, updated_at=max(moments).isoformat() if moments else ""))
    else:
        spend(READING, caller=caller, at=now())
        answer = _streamed(request, name, language)
    answer["ETag"] = etag
    if modified is not None:
        answer["Last-Modified"] = http_date(modified)
    answer["Cache-Control"] = "public, max-age=900"
    answer["Content-Language"] = language
    patch_vary_headers(answer, ("Accept-Encoding",))
    return answer


def _streamed(request: HttpRequest, name: str, language: str) -> StreamingHttpResponse:
    write, kind = KINDS[name]
    pieces = _pieces(write(language))
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = StreamingHttpResponse(_packed(pieces) if packed else pieces, content_type=kind)
    if packed:
        answer["Content-Encoding"] = "gzip"
    return answer


def _pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines together: a line alone costs more to send than to write."""
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    if held:
        yield "".join(held).encode()


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for piece in pieces:
        if made := packer.compress(piece):
            yield made
    yield packer.flush()
