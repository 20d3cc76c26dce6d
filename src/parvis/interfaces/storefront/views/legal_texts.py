"""The texts under which the shop sells, with all their versions: what was agreed to can always be read again."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import LegalKind, LegalText
from parvis.interfaces.storefront.pages import page
from parvis.interfaces.storefront.reader import locale

NAMES = {
    LegalKind.TERMS: _("Terms of sale"),
    LegalKind.WITHDRAWAL: _("Right of withdrawal"),
    LegalKind.NOTICE: _("Legal notice"),
    LegalKind.PRIVACY: _("Privacy of orders"),
}


@require_safe
def text(request: HttpRequest, kind: str) -> HttpResponse:
    """The version in force."""
    return _show(request, actions.legal_in_force(_kind(kind), at=now()), current=True)


@require_safe
def version(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """A version by its number."""
    try:
        found = queries.legal_text(_kind(kind), number)
    except NotFound:
        raise Http404 from None
    return _show(request, found, current=found.version == actions.legal_in_force(found.kind, at=now()).version)


def _kind(kind: str) -> LegalKind:
    try:
        return LegalKind(kind)
    except ValueError:
        raise Http404 from None


def _show(request: HttpRequest, found: LegalText, *, current: bool) -> HttpResponse:
    context = {
        "name": NAMES[found.kind],
        "text": found,
        "blocks": blocks(found.text(locale())),
        "current": current,
        "seller": queries.seller(),
    }
    return page(request, "storefront/legal_text.html", context)


def blocks(words: str) -> list[tuple[bool, str]]:
    """Paragraphs, and whether each is a heading."""
    parts = [part.strip() for part in words.split("\n\n") if part.strip()]
    return [(part.startswith("# "), part.removeprefix("# ")) for part in parts]
