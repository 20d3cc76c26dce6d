"""Asking: answered by what people said, or honestly not at all, and then put to people."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.core.numbers import whole
from parvis.domains.analytics.contracts import Kind
from parvis.domains.analytics.web import note
from parvis.domains.assistant import actions as assistant
from parvis.domains.assistant import web as assistant_web
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Answer
from parvis.domains.people.web import client_address
from parvis.domains.voices import queries
from parvis.domains.voices.web import QuestionForm
from parvis.interfaces.storefront import basket, cards, terms
from parvis.interfaces.storefront.pages import ASKING, limit, page
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.views.product import threads


@require_safe
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """What reviews say to a question, quoted. Speaking against is shown as well as speaking for."""
    detail = catalog.product_by_slug(slug, locale=locale())
    question = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:300]
    answer: Answer | None = None
    if question:
        at = now()
        limit(request, ASKING, at=at)
        answer = evidence.ask(detail.product.id, question, locale=locale())
        voice_ids = tuple(quote.voice_id for quote in answer.quotes)
        note(
            request,
            Kind.ASK,
            at=at,
            product_id=detail.product.id,
            voice_ids=voice_ids,
            surface="ask",
            answered=answer.answered,
        )
    context: dict[str, Any] = {
        "product": detail.product,
        "question": question,
        "answer": answer,
        "terms": terms.answer(question, locale=locale()),
        "quotes": _quotes(answer) if answer else (),
        "counts": _counts(answer) if answer else (),
        "questions": threads(detail.product.id, slug),
    }
    return page(request, "storefront/ask.html", context)


def _quotes(answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "quote": quote,
            "spans": [(quote.start, quote.end, "", quote.polarity)],
            "author": quote.author_name or gettext("Anonymous"),
            "against": quote.polarity < 0,
            "simulated": cards.simulated(quote.provenance),
            "written": cards.written(quote.provenance),
        }
        for quote in answer.quotes
    ]


def _counts(answer: Answer) -> list[dict[str, Any]]:
    """How many people lean which way on what the question is about."""
    names = evidence.labels(locale())
    return [
        {"label": names.get(point.trait, point.aspect), "count": point.count, "share": point.share}
        for point in answer.aspects
    ]


@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a question to people who own the product."""
    item = catalog.product_by_slug(slug, locale=locale()).product
    customer = basket.owner(request)
    start = {"text": request.GET.get("q", "")[:500], "author_name": customer.name.split(" ")[0] if customer else ""}
    form = QuestionForm(request.POST or None, customer_id=customer.id if customer else None, initial=start)
    if request.method == "POST":
        caller = client_address(request) or "nobody"
        voice = form.submit(product_id=item.id, caller=caller, locale=locale(), at=now())
        if voice is not None:
            _note_turn(request, voice.id)
            messages.success(request, gettext("Thank you. Your question appears as soon as it has been read."))
            return redirect("storefront:my_review", token=queries.author_token(voice.id))
    return page(
        request, "storefront/question.html", {"product": item, "form": form}, status=422 if form.errors else 200
    )


def _note_turn(request: HttpRequest, voice_id: int) -> None:
    """A question that the assistant could not answer and that is now put to owners stays known to its conversation."""
    number = whole(request.GET.get("turn", ""), most=99_999)
    customer = basket.owner(request)
    token = assistant_web.current_token(request, customer_id=customer.id if customer else None)
    if token and number is not None:
        with suppress(NotFound):
            assistant.note_public(token=token, number=number, voice_id=voice_id, at=now())
