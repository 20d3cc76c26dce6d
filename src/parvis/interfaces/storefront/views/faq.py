"""What people ask most, answered in words that somebody of the team approved, above the voices they rest on."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from parvis.core.clock import now
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import FaqEntry, FaqScope
from parvis.domains.evidence.web.faq import anchor, faq_page
from parvis.domains.evidence.web.script import ld_json
from parvis.domains.evidence.web.structured import breadcrumbs, graph, organization
from parvis.interfaces.storefront import cards, structured
from parvis.interfaces.storefront.pages import page
from parvis.interfaces.storefront.reader import locale

LISTED = 200
KEPT_SECONDS = 60
_LONGEST = 200


@require_safe
def faq(request: HttpRequest) -> HttpResponse:
    """GET ?q= : all approved entries of the shop and its categories that hold the words, by what they are about."""
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:_LONGEST]
    entries = evidence.faq_for(locale=locale(), at=now(), limit=LISTED)
    found = [entry for entry in entries if _holds(entry, words)]
    crumbs = [(gettext("Home"), reverse("storefront:home")), (gettext("Frequent questions"), "")]
    context: dict[str, Any] = {
        "any": bool(entries),
        "words": words,
        "groups": _groups(found),
        "crumbs": crumbs,
        "structured": _structured(found, crumbs)
        if found and not words
        else structured.told(gettext("Frequent questions")),
    }
    return page(request, "storefront/faq.html", context)


def shown(entries: Sequence[FaqEntry]) -> list[dict[str, Any]]:
    """Entries as the templates take them."""
    return [
        {
            "anchor": anchor(entry),
            "entry": entry,
            "lines": entry.answer.splitlines(),
            "supports": [
                {"said": said, "written": cards.written(said.provenance)}
                for said in entry.supports
                if said.quote.strip().rstrip(".") not in entry.answer  # words that the answer itself quotes stand once
            ],
        }
        for entry in entries
    ]


def of_product(product_id: int, category_key: str, *, revision: str, limit: int = 5) -> tuple[FaqEntry, ...]:
    """What is asked about a product and about things like it; kept for a minute under the ``revision`` of what the
    page shows, so that the page asks nothing more."""
    key = hashlib.sha256(f"{product_id} {locale()} {revision}".encode()).hexdigest()
    kept: tuple[FaqEntry, ...] | None = cache.get(f"storefront.faq.{key}")
    if kept is None:
        kept = evidence.faq_for(
            locale=locale(), at=now(), product_id=product_id, category_key=category_key, limit=limit
        )
        cache.set(f"storefront.faq.{key}", kept, KEPT_SECONDS)
    return kept


def _holds(entry: FaqEntry, words: str) -> bool:
    said = f"{entry.question} {entry.answer}".casefold()
    return all(word in said for word in words.casefold().split())


def _groups(entries: Sequence[FaqEntry]) -> list[dict[str, Any]]:
    names = {row.key: row.name for row in catalog.categories(locale())}
    groups: dict[str, list[FaqEntry]] = {}
    for entry in entries:
        about = names.get(entry.category_key, "") if entry.scope is FaqScope.CATEGORY else ""
        groups.setdefault(about, []).append(entry)
    return [
        {"name": name or gettext("About everything here"), "entries": shown(held)}
        for name, held in sorted(groups.items(), key=lambda group: (group[0] != "", group[0]))
    ]


def _structured(entries: Sequence[FaqEntry], crumbs: Sequence[tuple[str, str]]) -> Any:
    shop = structured.site()
    url = f"{settings.PUBLIC_URL}{reverse('storefront:faq')}"
    node = faq_page(entries, url=url, locale=locale())
    return ld_json(graph(node, breadcrumbs(shop, crumbs), organization(shop)))
