"""Pages behind the links of our mails: review what you bought, answer a question, hear no more. No account needed."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from parvis.core.clock import now
from parvis.core.days import day_of
from parvis.core.errors import NotFound
from parvis.core.numbers import whole
from parvis.domains.analytics.contracts import Kind
from parvis.domains.analytics.web import note
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product
from parvis.domains.messaging import actions as messaging
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import Ground, Purpose
from parvis.domains.people import queries as people
from parvis.domains.people.web import client_address
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import Invitation, InvitedProduct, Voice, VoiceState
from parvis.domains.voices.web import incentive_label
from parvis.domains.voices.web.invited import InvitedReviewForm, OwnerAnswerForm
from parvis.interfaces.storefront.pages import page
from parvis.interfaces.storefront.reader import locale


@never_cache
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, token: str) -> HttpResponse:
    """One page for everything in the order: a form a product, each sent by itself."""
    at = now()
    try:
        invitation = queries.by_invitation_token(token, at=at)
    except NotFound:
        return _gone(request)
    kept = [each for each in invitation.products if not each.dropped]
    products = catalog.products([each.product_id for each in kept], locale=locale())
    sections = [
        _section(request, invitation, each, products[each.product_id]) for each in kept if each.product_id in products
    ]
    if request.method != "POST":
        actions.note_opened(invitation_id=invitation.id, at=at)
    else:
        for section in sections:
            if _sent(request, section, at=at):
                there = reverse("storefront:invited", kwargs={"token": token})
                return redirect(f"{there}#product-{section['product'].id}")
    waiting = [section for section in sections if section["form"] is not None]
    wrong = any(section["form"].errors for section in waiting)
    context = {
        "sections": sections,
        "waiting": len(waiting),
        "incentive": incentive_label(invitation.incentive),
        "simulated": bool(invitation.provenance),
        "open": _open(request, waiting),
    }
    return page(request, "storefront/invited.html", context, status=422 if wrong else 200)


def _sent(request: HttpRequest, section: dict[str, Any], *, at: datetime) -> bool:
    """Whether the form of this product was sent and taken."""
    form: InvitedReviewForm | None = section["form"]
    if form is None or not form.is_bound:
        return False
    product_id = section["product"].id
    caller = client_address(request) or "nobody"
    voice = form.submit(product_id=product_id, caller=caller, locale=locale(), at=at)
    if voice is None:
        return False
    seen = {"product_id": product_id, "voice_ids": (voice.id,), "surface": "invitation"}
    note(request, Kind.REVIEW_SUBMIT, at=at, **seen)
    messages.success(request, gettext("Thank you. What you wrote is being read."))
    return True


def _open(request: HttpRequest, waiting: list[dict[str, Any]]) -> int:
    """Which product's form stands open: the one sent or asked for, else the first."""
    asked = whole(request.POST.get("product") or request.GET.get("product", ""))
    ids = [section["product"].id for section in waiting]
    if asked is not None and asked in ids:
        return asked
    return ids[0] if ids else 0


def _section(request: HttpRequest, invitation: Invitation, invited: InvitedProduct, item: Product) -> dict[str, Any]:
    """A product with its form, or with what became of its review."""
    section: dict[str, Any] = {"product": item, "form": None, "voice": None, "question": None, "aspect": ""}
    if invited.voice_id is not None:
        section["voice"] = queries.author_token(invited.voice_id)
        return section
    question = _open_question(invited)
    section["question"] = question
    if question is None and invited.question is not None and invited.question.aspect:
        section["aspect"] = actions.aspect_words(invited.question.aspect, locale())
    mine = request.method == "POST" and request.POST.get("product") == str(item.id)
    chosen = request.GET.get("stars", "") if request.GET.get("product") == str(item.id) else ""
    reader = people.customer(invitation.customer_id) if invitation.customer_id is not None else None
    section["form"] = InvitedReviewForm(
        request.POST if mine else None,
        request.FILES if mine else None,
        invitation=invitation,
        invited=invited,
        question=question,
        initial={
            "author_name": reader.name.split(" ")[0] if reader else "",
            "size_worn": invited.size,
            "stars": chosen if chosen in {"1", "2", "3", "4", "5"} else "",
            "experienced_on": day_of(invitation.delivered_at),
        },
        sizes=_sizes(item.id, invited.size),
        worn=queries.worn(item.category_key),
    )
    return section


def _sizes(product_id: int, bought: str) -> list[str]:
    """The sizes to choose from; the bought one is among them, whatever became of it since."""
    detail = catalog.product(product_id, locale=locale(), archived=True)
    sizes = [variant.size for variant in detail.variants if variant.size]
    return list(dict.fromkeys([*sizes, *([bought] if bought else [])]))


def _open_question(invited: InvitedProduct) -> Voice | None:
    """The question that the mail named, while it is public."""
    if invited.question is None or invited.question.voice_id is None:
        return None
    found = queries.voices([invited.question.voice_id]).get(invited.question.voice_id)
    return found if found is not None and found.state is VoiceState.PUBLISHED else None


def _gone(request: HttpRequest) -> HttpResponse:
    """A link that no longer leads anywhere says so, and where to go instead."""
    return page(request, "storefront/invited_gone.html", status=410)


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """An owner answers a shopper's question."""
    at = now()
    try:
        asked = queries.by_owner_token(token, at=at)
    except NotFound:
        return _gone(request)
    item = catalog.products([asked.product_id], locale=locale()).get(asked.product_id)
    reader = people.customer(asked.customer_id)
    if item is None or reader is None or reader.erased:
        return _gone(request)
    context: dict[str, Any] = {"product": item, "question": asked.question, "form": None, "voice": ""}
    if asked.answer_id is not None:
        context["voice"] = queries.author_token(asked.answer_id)
        return page(request, "storefront/owner_answer.html", context)
    form = OwnerAnswerForm(
        request.POST if request.method == "POST" else None,
        request_id=asked.id,
        customer_id=reader.id,
        initial={"author_name": reader.name.split(" ")[0]},
    )
    if request.method == "POST":
        caller = client_address(request) or "nobody"
        if form.submit(question=asked.question, caller=caller, locale=locale(), at=at) is not None:
            messages.success(request, gettext("Thank you. What you wrote is being read."))
            return redirect("storefront:owner_answer", token=token)
    context["form"] = form
    return page(request, "storefront/owner_answer.html", context, status=422 if form.errors else 200)


@csrf_exempt  # mail programs post without a cookie; the signed link is the authority (RFC 8058)
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Hear no more. Looking at the page changes nothing, since programs look at every link of a mail; a POST does."""
    try:
        message = mails.message_of_token(token)
    except NotFound:
        return _gone(request)
    at = now()
    one_click = request.POST.get("List-Unsubscribe") == "One-Click"
    if request.method == "POST" and message.purpose is not Purpose.SERVICE:
        if request.POST.get("do") == "undo":
            messaging.resubscribe(token=token, at=at)
        else:
            messaging.unsubscribe(token=token, source="one click" if one_click else "unsubscribe page", at=at)
        if one_click:
            return HttpResponse("", content_type="text/plain")
        return redirect(request.path)
    ground = mails.refusal_of_reader(message.id)
    context = {
        "selling": message.purpose is Purpose.MARKETING,
        "service": message.purpose is Purpose.SERVICE,
        "refused": ground is not None,
        "can_undo": ground is Ground.UNSUBSCRIBED,
    }
    with override(message.locale):
        return page(request, "storefront/unsubscribe.html", context)


@require_safe
def bare(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """The same links without a language: on to the reader's."""
    return redirect("storefront:invited" if kind == "review" else "storefront:owner_answer", token=token)
