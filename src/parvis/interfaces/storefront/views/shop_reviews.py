"""Reviews of the shop itself: what people say of its service and its delivery, and the form to say it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from parvis.core.clock import now
from parvis.domains.people.web import client_address
from parvis.domains.voices import queries
from parvis.domains.voices.web.shop import ShopReviewForm
from parvis.interfaces.design import shapes
from parvis.interfaces.storefront import cards, structured
from parvis.interfaces.storefront.pages import page
from parvis.interfaces.storefront.reader import locale
from parvis.interfaces.storefront.views.writing import author_of, earlier_of, order_token, own_token, said_before

SHOWN = 20


@require_safe
def shop_reviews(request: HttpRequest) -> HttpResponse:
    """All public reviews of the shop, the latest first; ``stars`` keeps those with so many."""
    asked = request.GET.get("stars", "")
    stars = int(asked) if asked in {"1", "2", "3", "4", "5"} else None
    rating = queries.shop_rating()
    found = queries.shop_reviews(stars=stars, cursor=request.GET.get("cursor"), limit=SHOWN)
    here = reverse("storefront:shop_reviews")
    context: dict[str, Any] = {
        "rating": rating,
        "bars": shapes.rating_bars(rating.distribution, [f"{here}?stars={star}" for star in range(1, 6)], stars),
        "reviews": [cards.review_card(voice) for voice in found.items],
        "stars": stars,
        "next": found.next,
        "structured": structured.shop_reviews(
            rating, found.items, [(gettext("Home"), reverse("storefront:home")), (gettext("Reviews of the shop"), "")]
        ),
    }
    return page(request, "storefront/shop_reviews.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """The form. Who is signed in, or comes from an order's page, is verified when they have ordered."""
    author = author_of(request)
    earlier = earlier_of(request, author, None)
    start = {"author_name": author.name.split(" ")[0] if author else "", "stars": request.GET.get("stars", "")}
    form = ShopReviewForm(
        request.POST if request.method == "POST" else None,
        customer_id=author.id if author else None,
        changing=earlier,
        initial=said_before(earlier) if earlier else start,
    )
    if request.method == "POST":
        caller = client_address(request) or "nobody"
        voice = form.submit(caller=caller, locale=locale(), at=now())
        if voice is not None:
            return redirect("storefront:my_review", token=queries.author_token(voice.id))
    context = {
        "form": form,
        "earlier": earlier,
        "order": order_token(request),
        "mine": own_token(request) if earlier and author is None else "",
    }
    return page(request, "storefront/shop_review_write.html", context, status=422 if form.errors else 200)
