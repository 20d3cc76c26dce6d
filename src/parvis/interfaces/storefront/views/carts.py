"""The cart: always with today's price and stock, and one clear way out of each trouble."""

from contextlib import suppress
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound, ParvisError
from parvis.core.numbers import whole
from parvis.domains.analytics.web import visit_of
from parvis.domains.assistant import actions as assistant
from parvis.domains.assistant import web as assistant_web
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import Cart
from parvis.domains.checkout.web import CodeSaid, change_cart, code_rows, explain
from parvis.interfaces.design.htmx import htmx
from parvis.interfaces.storefront import basket, strips
from parvis.interfaces.storefront.pages import moved, page, toast
from parvis.interfaces.storefront.reader import locale


@never_cache
@require_http_methods(["GET", "POST"])
@queries.steady()
def cart(request: HttpRequest) -> HttpResponse:
    """The cart. POST carries out one of its small forms (``do``: add, set, remove, accept_prices, fit)."""
    if request.method == "POST":
        return _change(request)
    return _page(request, basket.current(request))


def _page(request: HttpRequest, found: Cart, said: CodeSaid | None = None) -> HttpResponse:
    customer = basket.owner(request)
    quote = queries.quote(found, customer_id=customer.id if customer else None, at=now())
    context = {
        "cart": found,
        "quote": quote,
        "totals": quote.totals,
        "adjustments": quote.adjustments,
        "taxes": quote.taxes,
        "gift_cards": quote.gift_cards,
        "codes": code_rows(quote, locale()),
        "code_said": said,
        "codes_url": reverse("storefront:codes"),
        "unfinished": queries.unfinished(found.token) if found.token else None,
        "cart_url": reverse("storefront:cart"),
        "products_url": reverse("storefront:products"),
        "strips": strips.one_each(request, _products(found)),
    }
    return page(request, "storefront/cart.html", context, status=422 if said is not None and said.problem else 200)


@never_cache
@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    """The code box of the cart: puts the posted ``code`` in, or takes the one called ``drop`` out. What is wrong is
    said beside the box."""
    found = basket.current(request)
    said = basket.code_posted(request, found)
    if said.problem:
        return _page(request, basket.current(request), said)
    messages.success(request, said.done) if said.done else None
    return redirect(reverse("storefront:cart") + "#codes")


def _products(found: Cart) -> list[Product]:
    """What is in the cart and can be bought, each product once."""
    ids = dict.fromkeys(line.product_id for line in found.lines if line not in found.blocked)
    known = catalog.products(ids, locale=locale()) if ids else {}
    return [known[key] for key in ids if key in known]


def _change(request: HttpRequest) -> HttpResponse:
    basket.current(request)
    at = now()
    try:
        after = change_cart(
            request.POST.dict(),
            token=basket.token(request),
            at=at,
            locale=locale(),
            visit=visit_of(request, at=at) or None,
        )
    except ParvisError as error:
        return _refused(request, _why(error))
    basket.use(request, after)
    credit(request, at)
    return basket.keep(request, _changed(request, after))


def credit(request: HttpRequest, at: datetime) -> None:
    """What went into the cart from an answer of the assistant is noted with it; whatever the form says of it, the cart
    is as it should be."""
    number = whole(request.POST.get("turn", ""), most=99_999)
    variant = whole(request.POST.get("variant", ""))
    if number is None or variant is None:
        return
    customer = basket.owner(request)
    token = assistant_web.current_token(request, customer_id=customer.id if customer else None)
    if token:
        with suppress(NotFound):
            assistant.note_added(token=token, number=number, variant_id=variant, at=at)


def _changed(request: HttpRequest, after: Cart) -> HttpResponse:
    adding = request.POST.get("do", "add") == "add"
    if request.POST.get("buy"):
        return moved(request, reverse("storefront:checkout"))
    if not adding:
        return redirect("storefront:cart")
    words = gettext("Added to the cart.")
    if htmx(request):
        added = page(request, "storefront/cart_added.html", {"cart_count": after.count})
        return toast(added, words, link=(reverse("storefront:cart"), gettext("See the cart")))
    messages.success(request, words)
    return redirect("storefront:cart")


def _why(error: ParvisError) -> str:
    if isinstance(error, NotFound):
        return gettext("This article is no longer sold.")
    if isinstance(error, Invalid):
        return gettext("Choose a size first.")
    return explain(error)


def _refused(request: HttpRequest, words: str) -> HttpResponse:
    if htmx(request):
        return toast(HttpResponse(status=204), words)
    messages.warning(request, words)
    target = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target) if ours else redirect("storefront:cart")
