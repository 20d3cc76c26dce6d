"""The page of one question: what was asked, all that was answered, and the product it is about."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from parvis.domains.catalog import queries as catalog
from parvis.domains.voices import queries as voices
from parvis.interfaces.storefront import structured
from parvis.interfaces.storefront.pages import page
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.views.product import crumbs_of, thread_card


@require_safe
def question_page(request: HttpRequest, slug: str, question_id: int) -> HttpResponse:
    """GET: a public question with all its public answers. 404 when it is withdrawn or about another product."""
    item = catalog.product_by_slug(slug, locale=locale()).product
    thread = voices.question_thread(question_id) if question_id < 2**63 else None
    if thread is None or thread.question.product_id != item.id:
        raise Http404
    *way, (name, _) = crumbs_of(item)
    there = reverse("storefront:product", kwargs={"slug": slug})
    crumbs = [*way, (name, there), (Truncator(thread.question.text).chars(60), "")]
    context = {
        "product": item,
        "thread": thread_card(slug, thread, answers=len(thread.answers)),
        "crumbs": crumbs,
        "structured": structured.question(item, thread, crumbs),
    }
    return page(request, "storefront/question_page.html", context)
