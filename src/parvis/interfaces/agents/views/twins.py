"""The plain-text twin of a product page: the same facts and words, without the layout."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, override
from django.views.decorators.http import require_safe

from parvis.core.days import day_of
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import ProductDetail
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import AspectCount, Summary
from parvis.domains.evidence.web.markdown import plain, quote
from parvis.domains.evidence.web.structured import amount
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import QuestionThread, Voice

REVIEWS = 20
QUESTIONS = 20


@require_safe
def product(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """A product as Markdown. Raises NotFound for products that are not sold."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    answer = HttpResponse(text_of(slug, language), content_type="text/markdown; charset=utf-8")
    answer["Content-Language"] = language
    # Engines that meet this text are told which page it belongs to.
    with override(language):
        page = reverse("storefront:product", kwargs={"slug": slug})
    answer["Link"] = f'<{settings.PUBLIC_URL}{page}>; rel="canonical"'
    return answer


def text_of(slug: str, language: str) -> str:
    """The twin itself. Raises NotFound for products that are not sold."""
    with override(language):
        detail = catalog.product_by_slug(slug, locale=language)
        parts = [*_facts(detail), *_said(detail.product.id, language), *_asked(detail.product.id, language)]
    return "\n".join(parts) + "\n"


def _facts(detail: ProductDetail) -> list[str]:
    item = detail.product
    page = f"{settings.PUBLIC_URL}{reverse('storefront:product', kwargs={'slug': item.slug})}"
    lines = [f"# {plain(item.name)}", ""]
    if item.description:
        lines += [plain(item.description), ""]
    facts = [
        (gettext("Page"), page),
        (gettext("Brand"), plain(item.brand or settings.BRAND)),
        (gettext("Category"), plain(item.category_name)),
        (gettext("Price from"), f"{amount(item.price_from)} {item.price_from.currency}"),
        (gettext("Available"), gettext("yes") if item.in_stock else gettext("no")),
    ]
    sizes = sorted({variant.size for variant in detail.variants if variant.size and variant.available > 0})
    if sizes:
        facts.append((gettext("Sizes in stock"), ", ".join(map(plain, sizes))))
    if item.provenance:
        facts.append((gettext("Simulated for this demonstration"), plain(", ".join(sorted(item.provenance)))))
    return [*lines, *(f"- {name}: {value}" for name, value in facts), ""]


def _said(product_id: int, language: str) -> list[str]:
    found = evidence.summary(product_id)
    heading = gettext("Reviews")
    if found is None:
        return [f"## {heading}", "", gettext("Nobody has said anything yet."), ""]
    lines = [f"## {heading}", "", _counted(found), ""]
    names = evidence.labels(language)
    for heading, points in ((gettext("What people like"), found.pros), (gettext("What people regret"), found.cons)):
        if points:
            lines += [
                f"### {heading}",
                "",
                *(_point(point, names.get(point.trait, point.aspect)) for point in points),
                "",
            ]
    shown = evidence.shown_for(product_id, limit=REVIEWS)
    heading = gettext("Reviews, the most useful first")
    lines += [f"### {heading}", ""]
    for proof in shown.proofs:
        said = f"{proof.voice.title}. {proof.voice.text}" if proof.voice.title else proof.voice.text
        lines += [quote(said, source=_who(proof.voice)), ""]
    return lines


def _counted(found: Summary) -> str:
    words = ngettext("%(count)d review", "%(count)d reviews", found.count) % {"count": found.count}
    if found.average is None:
        return words
    spread = ", ".join(f"{stars}★ {number}" for stars, number in enumerate(found.distribution, 1))
    return f"{found.average:.2f} / 5, {words} ({spread})"


def _point(point: AspectCount, name: str) -> str:
    told = ngettext("%(count)d review says so", "%(count)d reviews say so", point.count) % {"count": point.count}
    against = ngettext("%(count)d the opposite", "%(count)d the opposite", point.against) % {"count": point.against}
    return f"- {plain(name)} ({told}, {against}): “{plain(point.quote)}”"


def _who(voice: Voice) -> str:
    parts = [voice.author_name or gettext("A customer")]
    if voice.stars is not None:
        parts.append(f"{voice.stars}/5")
    parts.append(date_format(day_of(voice.submitted_at), "SHORT_DATE_FORMAT"))
    if voice.verified:
        simulated = voice.provenance.get("verified") == "simulated"
        parts.append(gettext("verified purchase (simulated)") if simulated else gettext("verified purchase"))
    if voice.incentive:
        parts.append(gettext("received something in return"))
    return ", ".join(parts)


def _asked(product_id: int, language: str) -> list[str]:
    threads = voices.questions_for(product_id, locale=language, limit=QUESTIONS)
    answered = [thread for thread in threads if thread.answers]
    if not answered:
        return []
    heading = gettext("Questions and answers")
    return [f"## {heading}", "", *(line for each in answered for line in _thread(each))]


def _thread(thread: QuestionThread) -> list[str]:
    lines = [f"### {plain(thread.question.text, limit=300)}", ""]
    for answer in thread.answers:
        lines += [quote(answer.text, source=_who(answer)), ""]
    return lines
