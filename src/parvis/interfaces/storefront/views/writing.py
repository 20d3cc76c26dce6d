"""Writing a review, and what becomes of it: its author can always see its state, the reason, and take it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.clock import now
from parvis.core.errors import NotFound, ParvisError
from parvis.domains.analytics.contracts import Kind
from parvis.domains.analytics.web import note
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product
from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.contracts import Purchase
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Customer
from parvis.domains.people.web import current_customer
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import NewVoice, Origin, Reason, Voice, VoiceKind, VoiceState
from parvis.interfaces.storefront import cards, words
from parvis.interfaces.storefront.forms import ReviewForm
from parvis.interfaces.storefront.pages import WRITING, fresh_key, limit, locale, page


@never_cache
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """The form. Bought here and signed in, or come from the order's page: the purchase is verified by itself."""
    item = catalog.product_by_slug(slug, locale=locale()).product
    author, purchase = _author(request, item)
    start = {
        "author_name": author.name.split(" ")[0] if author else "",
        "size_worn": purchase.size if purchase else "",
        "stars": request.GET.get("stars", ""),
    }
    posted = request.method == "POST"
    form = ReviewForm(request.POST if posted else None, request.FILES if posted else None, initial=start)
    if posted and form.is_valid():
        limit(request, WRITING, at=now())
        try:
            voice = _receive(request, form, item, author, purchase)
        except ParvisError as error:
            field = "photos" if error.code.startswith(("bad_photo", "photo_", "too_many_photos")) else None
            form.add_error(field, words.told(error))
        else:
            return redirect(reverse("storefront:my_review", kwargs={"token": queries.author_token(voice.id)}))
    context = {
        "product": item,
        "form": form,
        "purchase": purchase,
        "order": request.GET.get("order") or request.POST.get("order", ""),
        "key": request.POST.get("key") or fresh_key(),
    }
    return page(request, "storefront/write.html", context, status=422 if posted else 200)


def _author(request: HttpRequest, item: Product) -> tuple[Customer | None, Purchase | None]:
    """Who writes, and the purchase that proves it. The token of an order's page stands for its customer."""
    customer = current_customer(request)
    token = request.GET.get("order") or request.POST.get("order", "")
    if customer is None and token:
        try:
            order = checkout.order_by_token(token[:64])
        except NotFound:
            order = None
        if order is not None and order.customer_id is not None:
            customer = people.customer(order.customer_id)
    if customer is None:
        return None, None
    return customer, checkout.purchased(customer_id=customer.id, product_id=item.id)


def _receive(
    request: HttpRequest, form: ReviewForm, item: Product, author: Customer | None, purchase: Purchase | None
) -> Voice:
    data = form.cleaned_data
    at = now()
    voice = actions.receive(
        NewVoice(
            kind=VoiceKind.REVIEW,
            product_id=item.id,
            title=data["title"],
            text=data["text"],
            stars=int(data["stars"]),
            author_name=data["author_name"],
            customer_id=author.id if author else None,
            experienced_on=data["experienced_on"] or (purchase.placed_at.date() if purchase else None),
            submitted_at=at,
            verified=purchase is not None,
            order_ref=purchase.ref if purchase else "",
            incentive=data["incentive"],
            size_worn=data["size_worn"],
            fit_felt=int(data["fit_felt"]) if data["fit_felt"] else None,
            age=data["age"],
            height_cm=data["height_cm"],
            photos=tuple(photo.read() for photo in data["photos"]),
            origin=Origin.STOREFRONT,
            origin_ref=f"form:{request.POST.get('key', '')[:40] or fresh_key()}",
        ),
        at=at,
    )
    note(request, Kind.REVIEW_SUBMIT, at=at, product_id=item.id, voice_ids=(voice.id,), surface="form")
    return voice


@never_cache
@require_safe
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """The author's page of a voice: its state, why, and the way to take it back. Its link is the key."""
    voice = queries.by_author_token(token)
    item = catalog.products([voice.product_id or 0], locale=locale()).get(voice.product_id or 0)
    shown = voice.original_text if voice.original_text is not None else voice.text
    context: dict[str, Any] = {
        "voice": voice,
        "review": cards.review_card(voice, public=False),
        "original": shown,
        "product": item,
        "token": token,
        "state": _state(voice),
        "reason": _reason(voice),
        "waiting": voice.state is VoiceState.HELD and voice.decided_at is None,
        "can_withdraw": voice.state in (VoiceState.HELD, VoiceState.PUBLISHED),
    }
    return page(request, "storefront/mine.html", context)


def _state(voice: Voice) -> tuple[str, str]:
    """The state in words and the kind of notice."""
    if voice.state is VoiceState.HELD and voice.decided_at is None:
        return gettext("We are reading it. This takes a few seconds."), "note"
    known = {
        VoiceState.HELD: (gettext("A person of our team will look at it soon."), "caution"),
        VoiceState.PUBLISHED: (gettext("It is published. Thank you!"), "positive"),
        VoiceState.REFUSED: (gettext("It was not published."), "negative"),
        VoiceState.WITHDRAWN: (gettext("It has been withdrawn and is no longer shown."), "note"),
    }
    return known[voice.state]


def _reason(voice: Voice) -> str:
    """Why, in words, when there is something to know."""
    if voice.reason is None or voice.state is VoiceState.PUBLISHED:
        return ""
    return words.ground(voice.reason)


@never_cache
@require_POST
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """The author takes the voice back."""
    voice = queries.by_author_token(token)
    actions.withdraw(voice_id=voice.id, reason=Reason.AUTHOR_REQUEST, at=now())
    messages.success(request, gettext("It is withdrawn, with everything that was made of it."))
    return redirect("storefront:my_review", token=token)
