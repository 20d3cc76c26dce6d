"""Blocks for newsletters: proof of chosen products as HTML that mail programs understand."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from parvis.core.clock import now
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame, letters, proof
from parvis.interfaces.widgets.letters import block

MOST = 6


@require_GET
@requires(Permission.VOICES_VIEW)
def newsletter(request: HttpRequest) -> HttpResponse:
    """GET ?products=&lang=: the block as it will be seen, and its code."""
    ids, unknown = _chosen(request)
    language = _language(request)
    with translation.override(language):
        html = block(ids, at=now()) if ids else ""
    context = {
        "asked": request.GET.get("products", ""),
        "suggested": not request.GET.get("products", "").strip(),
        "unknown": unknown,
        "html": html,
        "language": language,
        "languages": [("fr", _("French")), ("en", _("English"))],
        "query": request.GET.urlencode(),
        "kilobytes": round(len(html.encode()) / 1024, 1),
    }
    return proof.page(request, "studio/proof/newsletter.html", context, tab="studio:newsletter")


@require_GET
@letters.framed
@letters.harmless
@requires(Permission.VOICES_VIEW)
def preview(request: HttpRequest) -> HttpResponse:
    """GET: the block alone, in the frame of the page."""
    ids, _unknown = _chosen(request)
    with translation.override(_language(request)):
        html = block(ids, at=now()) if ids else ""
    return letters.document(html)


def _chosen(request: HttpRequest) -> tuple[list[int], list[str]]:
    """Products by what was typed, and what is not known; the best rated three when nothing was."""
    typed = [word for word in request.GET.get("products", "").replace(",", " ").split() if word.isprintable()][:MOST]
    if not typed:
        return queries.ranked(by="rating", limit=3), []
    found = catalog.products_by_ref(typed)
    return [found[word] for word in typed if word in found], [word for word in typed if word not in found]


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in ("fr", "en") else frame.locale()
