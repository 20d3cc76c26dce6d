"""Writing a review, and what becomes of it: its author can always see its state, the reason, and take it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.analytics.contracts import Kind
from parvis.domains.analytics.web import note
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import queries as checkout
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Customer
from parvis.domains.people.web import client_address
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import Reason, Voice, VoiceKind, VoiceState
from parvis.domains.voices.web import ReviewForm, author_reason, video_problem
from parvis.interfaces.design.films import film
from parvis.interfaces.storefront import basket, cards
from parvis.interfaces.storefront.pages import page
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.views.reporting import contesting


@never_cache
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """The form. Bought here and signed in, or come from the order's page: the purchase is verified by itself."""
    detail = catalog.product_by_slug(slug, locale=locale())
    item = detail.product
    author = author_of(request)
    purchase = checkout.purchased(customer_id=author.id, product_id=item.id) if author else None
    earlier = earlier_of(request, author, item.id)
    start = (
        said_before(earlier)
        if earlier
        else {
            "author_name": author.name.split(" ")[0] if author else "",
            "size_worn": purchase.size if purchase else "",
            "stars": request.GET.get("stars", ""),
        }
    )
    form = ReviewForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        customer_id=author.id if author else None,
        initial=start,
        changing=earlier,
        sizes=list(dict.fromkeys(variant.size for variant in detail.variants if variant.size)),
        worn=queries.worn(item.category_key),
    )
    if request.method == "POST":
        at = now()
        voice = form.submit(product_id=item.id, caller=client_address(request) or "nobody", locale=locale(), at=at)
        if voice is not None:
            note(request, Kind.REVIEW_SUBMIT, at=at, product_id=item.id, voice_ids=(voice.id,), surface="form")
            return redirect("storefront:my_review", token=queries.author_token(voice.id))
    context = {
        "product": item,
        "form": form,
        "purchase": purchase,
        "order": order_token(request),
        "earlier": earlier,
        "mine": own_token(request) if earlier and author is None else "",
    }
    return page(request, "storefront/write.html", context, status=422 if form.errors else 200)


def earlier_of(request: HttpRequest, author: Customer | None, product_id: int | None) -> Voice | None:
    """The review (of the shop, when ``product_id`` is None) that this one takes the place of: the author's own, or the
    one whose link they hold."""
    if author is not None:
        return queries.own_review(customer_id=author.id, product_id=product_id)
    try:
        known = queries.by_author_token(own_token(request))
    except NotFound:
        return None
    if known.customer_id is None:
        return None
    latest = queries.own_review(customer_id=known.customer_id, product_id=product_id)
    # a link to anything but the latest review proves nothing: somebody else may have written that one
    return latest if latest is not None and latest.id == known.id else None


def own_token(request: HttpRequest) -> str:
    return str(request.GET.get("mine") or request.POST.get("mine", ""))[:200]


def said_before(earlier: Voice) -> dict[str, Any]:
    """What was said last time, to change."""
    names = ("author_name", "title", "stars", "size_worn", "fit_felt", "height_cm", "experienced_on", "incentive")
    text = earlier.text if earlier.original_text is None else earlier.original_text
    return {**{name: getattr(earlier, name) for name in names}, "text": text}


def order_token(request: HttpRequest) -> str:
    return str(request.GET.get("order") or request.POST.get("order", ""))[:64]


def author_of(request: HttpRequest) -> Customer | None:
    """Who writes: the signed-in customer, or the one whose order's unguessable token the address carries."""
    customer = basket.owner(request)
    token = order_token(request)
    if customer is not None or not token:
        return customer
    try:
        order = checkout.order_by_token(token)
    except NotFound:
        return None
    return people.customer(order.customer_id) if order.customer_id is not None else None


@never_cache
@require_safe
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """The author's page of a voice: its state, why, and the way to take it back. Its link is the key."""
    voice = queries.by_author_token(token)
    item = catalog.products([voice.product_id or 0], locale=locale()).get(voice.product_id or 0)
    context: dict[str, Any] = {
        "voice": voice,
        "review": cards.review_card(voice, public=False),
        "original": voice.text if voice.original_text is None else voice.original_text,
        "product": item,
        "token": token,
        "film": film(voice.video, author=cards.author(voice), token=token),
        "video_problem": video_problem(voice.video),
        "video_share": round(100 * voice.video.share) if voice.video else 0,
        "state": _state(voice),
        "reason": _reason(voice),
        "waiting": voice.state is VoiceState.HELD and voice.decided_at is None,
        "of_the_shop": queries.is_shop_review(voice),
        "can_change": _changeable(voice),
        "can_withdraw": voice.state is not VoiceState.WITHDRAWN,
        **contesting(voice),
    }
    return page(request, "storefront/mine.html", context)


def _changeable(voice: Voice) -> bool:
    """Whether it is its author's latest review of the product, or of the shop."""
    review = voice.kind is VoiceKind.REVIEW and voice.product_id is not None
    if voice.customer_id is None or not (review or queries.is_shop_review(voice)):
        return False
    latest = queries.own_review(customer_id=voice.customer_id, product_id=voice.product_id)
    return latest is not None and latest.id == voice.id


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
    """Why, when there is something to know."""
    if voice.reason is None or voice.state is VoiceState.PUBLISHED:
        return ""
    return author_reason(voice.reason)


@never_cache
@require_POST
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """The author takes the voice back."""
    voice = queries.by_author_token(token)
    actions.withdraw(voice_id=voice.id, reason=Reason.AUTHOR_REQUEST, at=now())
    messages.success(request, gettext("It is withdrawn, with everything that was made of it."))
    return redirect("storefront:my_review", token=token)
