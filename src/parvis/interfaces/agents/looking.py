"""Our own pages, fetched over HTTP as programs fetch them: with their user agents, without a script engine."""

from dataclasses import dataclass

import httpx
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from parvis.core.clock import now
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.contracts import Audit, Look
from parvis.science.visibility import reader
from parvis.science.visibility.crawlers import BY_NAME, CRAWLERS, user_agent

SECONDS = 20.0
MOST_BYTES = 4_000_000
PEOPLE = "people"  # a browser of today, to compare with
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
AUDITOR = "OAI-SearchBot"  # whose eyes the audit looks with
SAMPLE = 3  # products that every program looks at, the most reviewed


@dataclass(frozen=True, slots=True)
class Fetched:
    """``status`` 0: the page could not be reached, ``page`` says why."""

    status: int
    page: str


def fetch(path: str, bot: str) -> Fetched:
    """GET our own ``path`` as ``bot`` would. Redirects are not followed: a program is told where it should go."""
    agent = _BROWSER if bot == PEOPLE else user_agent(BY_NAME[bot])
    headers = {"User-Agent": agent, "Accept": "text/html", "Parvis-Look": "1"}
    try:
        with httpx.stream("GET", f"{settings.PUBLIC_URL}{path}", headers=headers, timeout=SECONDS) as answer:
            parts, size = [], 0
            for part in answer.iter_bytes():
                parts.append(part)
                size += len(part)
                if size > MOST_BYTES:
                    break
            return Fetched(answer.status_code, b"".join(parts).decode("utf-8", "replace"))
    except httpx.HTTPError as error:
        return Fetched(0, type(error).__name__)


def look(path: str, bot: str) -> Look:
    """Fetch a page as a program and keep what it gave."""
    fetched = fetch(path, bot)
    seen = reader.read(fetched.page).facts() if fetched.status else {"error": fetched.page}
    return actions.keep_look(bot=bot, path=path, status=fetched.status, seen=seen, at=now())


def look_around() -> int:
    """Every program that fetches pages looks at home, list and the most reviewed products; says how many looks."""
    bots = [PEOPLE, *(crawler.name for crawler in CRAWLERS if crawler.sends)]
    paths = sample()
    for path in paths:
        for bot in bots:
            look(path, bot)
    return len(paths) * len(bots)


def sample() -> list[str]:
    """The pages that all programs look at, in each language."""
    found = catalog.products(queries.ranked(by="count", limit=SAMPLE), locale="en")
    paths = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            paths += [reverse("storefront:home"), reverse("storefront:products")]
            paths += [reverse("storefront:product", kwargs={"slug": item.slug}) for item in found.values()]
    return paths


def audit(product_id: int, language: str) -> Audit:
    """Fetch a product's page and score it. Raises NotFound for a product that is not sold."""
    slug = catalog.product(product_id, locale=language).product.slug
    with override(language):
        path = reverse("storefront:product", kwargs={"slug": slug})
    fetched = fetch(path, AUDITOR)
    seen = reader.read(fetched.page).facts() if fetched.status else {}
    actions.keep_look(bot=AUDITOR, path=path, status=fetched.status, seen=seen, at=now())
    return actions.audit_page(
        product_id=product_id, language=language, path=path, status=fetched.status, seen=seen, at=now()
    )
