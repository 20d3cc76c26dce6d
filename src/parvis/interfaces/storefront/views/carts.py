"""The cart: always with today's price and stock, and one clear way out of each trouble."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.core.clock import now
from parvis.core.errors import NotFound, ParvisError
from parvis.domains.analytics.web import visit_of
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import MAX_QUANTITY, Cart, CartLine
from parvis.interfaces.storefront import basket
from parvis.interfaces.storefront.pages import locale, moved, page, toast


def _quantities(line: CartLine) -> list[int]:
    """What can be chosen on a line: what is left, and what is wanted now."""
    most = min(MAX_QUANTITY, max(line.available, 1))
    return sorted({*range(1, min(most, 10) + 1), most, line.quantity})


def cart_context(cart: Cart) -> dict[str, object]:
    """What the template of the cart needs."""
    return {
        "cart": cart,
        "lines": [{"line": line, "quantities": _quantities(line)} for line in cart.lines],
        "totals": queries.totals(cart),
    }


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """The cart, or the way back to an order that still waits for its payment."""
    basket.join(request)
    token = basket.token_of(request)
    found = queries.cart(token, locale=locale())
    unfinished = queries.unfinished(token) if token else None
    return page(request, "storefront/cart.html", {**cart_context(found), "unfinished": unfinished})


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a variant in the cart; `buy` set leads straight to the checkout."""
    variant_id = _whole(request.POST.get("variant"))
    quantity = _whole(request.POST.get("quantity")) or 1
    if not variant_id:
        messages.error(request, gettext("Choose a size first."))
        return redirect(_back(request))
    basket.join(request)
    at = now()
    try:
        after = actions.add_to_cart(
            token=basket.token_of(request),
            variant_id=variant_id,
            quantity=quantity,
            at=at,
            visit=visit_of(request, at=at) or None,
            locale=locale(),
        )
    except (actions.NotEnough, actions.CartFull, NotFound) as error:
        return _refused(request, _why(error))
    words = gettext("Added to the cart.")
    if request.POST.get("buy"):
        return basket.remember(request, moved(request, reverse("storefront:checkout")), after.token)
    if request.htmx:  # type: ignore[attr-defined]
        answer = page(request, "storefront/cart_added.html", {"cart_count": after.count})
        return basket.remember(request, toast(answer, words), after.token)
    messages.success(request, words)
    return basket.remember(request, redirect("storefront:cart"), after.token)


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Set how many of a line are wanted; `remove` set takes it out."""
    token = basket.token_of(request) or ""
    variant_id = _whole(request.POST.get("variant")) or 0
    quantity = 0 if request.POST.get("remove") else _whole(request.POST.get("quantity"))
    if quantity is not None and token:
        try:
            actions.set_quantity(token=token, variant_id=variant_id, quantity=quantity, at=now(), locale=locale())
        except (actions.NotEnough, actions.CartFull) as error:
            messages.warning(request, _why(error))
    return redirect("storefront:cart")


@require_POST
def accept_prices(request: HttpRequest) -> HttpResponse:
    """The shopper has read the new prices."""
    if token := basket.token_of(request):
        actions.acknowledge_prices(token=token, at=now(), locale=locale())
    return redirect("storefront:checkout" if request.POST.get("checkout") else "storefront:cart")


@require_POST
def fit(request: HttpRequest) -> HttpResponse:
    """Lower what is short and drop what is gone."""
    if token := basket.token_of(request):
        actions.fit_to_stock(token=token, at=now(), locale=locale())
    return redirect("storefront:cart")


def _why(error: ParvisError) -> str:
    if isinstance(error, actions.NotEnough):
        return not_enough(error)
    if isinstance(error, actions.CartFull):
        return full(error)
    return gettext("This article is no longer sold.")


def not_enough(error: actions.NotEnough) -> str:
    """The shortage in words."""
    left, name = int(error.params["available"]), error.params["name"]
    if left <= 0:
        return gettext("%(name)s is sold out in this size.") % {"name": name}
    words = ngettext("Only %(left)d of %(name)s is left.", "Only %(left)d of %(name)s are left.", left)
    return words % {"left": left, "name": name}


def full(error: actions.CartFull) -> str:
    """The limit of a cart in words."""
    words = gettext("A cart takes at most %(limit)d of one article and %(lines)d articles.")
    return words % {"limit": error.params["limit"], "lines": error.params["lines"]}


def _refused(request: HttpRequest, words: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return toast(HttpResponse(status=204), words)
    messages.warning(request, words)
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    target = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else "storefront:cart"


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None
