"""The product page: what it is, what people say of it, and how to buy it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from parvis.core.clock import now
from parvis.core.days import day_of
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import FEW_LEFT, Product, ProductDetail, Variant
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Summary
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import QuestionThread
from parvis.interfaces.design import shapes
from parvis.interfaces.storefront import cards, strips, structured, talking
from parvis.interfaces.storefront.kept import page_or
from parvis.interfaces.storefront.pages import page, voter_of
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.views import faq

QUESTIONS = 5
FILMS = 6


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything on the server: the same page for people and for bots."""
    product_id, goods = catalog.fingerprint(slug)
    said, votes = voices.fingerprint(product_id, voter=voter_of(request, at=now()))

    strip = strips.Strip(request, slug=slug, product_id=product_id, said=said)

    def shown() -> tuple[object, ...]:
        """All that the page shows: catalogue, voices and votes, what is derived from them; rights end with a day."""
        return (goods, said, votes, strip.standing[0], day_of(now()))

    return strip.put_in(page_or(request, lambda: _page(request, slug, votes, strip), of=shown))


def _page(request: HttpRequest, slug: str, voted: Mapping[int, int], strip: strips.Strip) -> HttpResponse:
    detail = catalog.product_by_slug(slug, locale=locale())
    found = evidence.summary(detail.product.id)
    shown = evidence.shown_for(detail.product.id, limit=strips.REVIEWS) if found else None
    proofs = shown.proofs if shown else ()
    strip.remember(proofs)
    frequent = faq.of_product(
        detail.product.id, detail.product.category_key, revision=f"{strip.said} {strip.standing[0]}"
    )
    reviews_url = reverse("storefront:reviews", kwargs={"slug": slug})
    crumbs = crumbs_of(detail.product)
    asked = voices.questions_for(detail.product.id, locale=locale(), limit=QUESTIONS)
    context: dict[str, Any] = {
        "product": detail.product,
        "summary": found,
        "total": shown.total if shown else 0,
        "more": shown is not None and shown.total > len(proofs),
        "reviews": cards.review_cards(proofs, voted=voted),
        "written": bool(proofs) and all(cards.written(proof.voice.provenance) for proof in proofs),
        "reviews_url": reviews_url,
        "ask_hint": talking.hint(found),
        "strip_mark": strips.MARK if proofs else "",
        "questions": [thread_card(slug, each) for each in asked],
        "frequent": faq.shown(frequent),
        "films": cards.film_cards(evidence.filmed([detail.product.id], at=now(), limit=FILMS))
        if found and found.with_video
        else (),
        "crumbs": crumbs,
        "structured": structured.product(detail, found, proofs, crumbs, asked, frequent),
        **choices(detail, request.GET.get("variant", "")),
        **verdict(found, reviews_url),
    }
    return page(request, "storefront/product.html", context)


def choices(detail: ProductDetail, wanted: str) -> dict[str, Any]:
    """Sizes and colours to choose from. One choice of variant is enough for the form: it works without a script."""
    variants = detail.variants
    chosen = next((each for each in variants if str(each.id) == wanted), None)
    if chosen is None and len(variants) == 1:
        chosen = variants[0]
    colours: dict[str, list[Variant]] = {}
    for each in variants:
        colours.setdefault(each.colour, []).append(each)
    prices = {each.price.amount_minor for each in variants}
    return {
        "variants": variants,
        "chosen": chosen,
        "colours": [
            {"name": name, "key": members[0].colour_key, "options": [_option(each) for each in members]}
            for name, members in colours.items()
        ],
        "missing": [{"id": each.id, "words": each.label or each.sku} for each in variants if each.sellable <= 0],
        "buyable": any(each.sellable > 0 for each in variants),
        "ahead": any(each.ahead for each in variants) and not any(each.available > 0 for each in variants),
        "one_price": len(prices) == 1,
    }


def _option(variant: Variant) -> dict[str, Any]:
    few = 0 < variant.available <= FEW_LEFT
    return {
        "value": variant.id,
        "label": variant.size or variant.colour or variant.sku,
        "disabled": variant.sellable <= 0,
        "note": gettext("sold out") if variant.sellable <= 0 else "",
        "ahead": gettext("pre-order, %(day)s") % {"day": date_format(variant.preorder_on, "j F")}
        if variant.ahead and variant.preorder_on
        else "",
        "few": gettext("%(count)d left") % {"count": variant.available} if few else "",
        "price": variant.price,
    }


def verdict(summary: Summary | None, reviews_url: str) -> dict[str, Any]:
    """Distribution of stars, pros and cons, each leading to the reviews that say so."""
    if summary is None:
        return {"bars": (), "pros": (), "cons": ()}
    urls = [f"{reviews_url}?stars={star}" for star in range(1, 6)]
    return {
        "bars": shapes.rating_bars(summary.distribution, urls),
        "pros": cards.opinions(summary.pros, url=reviews_url),
        "cons": cards.opinions(summary.cons, url=reviews_url),
    }


def threads(product_id: int, slug: str, limit: int = QUESTIONS) -> list[dict[str, Any]]:
    """Questions of people with their answers."""
    return [thread_card(slug, each) for each in voices.questions_for(product_id, locale=locale(), limit=limit)]


def thread_card(slug: str, thread: QuestionThread, *, answers: int = 3) -> dict[str, Any]:
    """A question with its first answers, as pages show it."""
    return {
        "question": thread.question,
        "url": structured.question_path(slug, thread.question.id),
        "author": cards.author(thread.question),
        "written": cards.written(thread.question.provenance),
        "answers": [
            {"voice": answer, "author": cards.author(answer), "role": cards.role(answer)}
            for answer in thread.answers[:answers]
        ],
    }


def crumbs_of(item: Product) -> list[tuple[str, str]]:
    """The way to a product's page."""
    listed = reverse("storefront:products")
    return [
        (gettext("Home"), reverse("storefront:home")),
        (item.category_name, f"{listed}?category={item.category_key}"),
        (item.name, ""),
    ]
