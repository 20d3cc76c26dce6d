"""The cart's cookie, and the small forms of the cart page and the product page."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse

from parvis.core.errors import Invalid
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Cart

CART_COOKIE = "parvis_cart"
KEPT_FOR = timedelta(days=90)


def cart_token(request: HttpRequest) -> str | None:
    """The token of this browser's cart, if it has one."""
    return request.COOKIES.get(CART_COOKIE) or None


def remember_cart(request: HttpRequest, response: HttpResponse, cart: Cart) -> None:
    """Write the cookie when it is new. It is needed for what the shopper asks for (a cart), so needs no consent."""
    if cart.token and cart_token(request) != cart.token:
        response.set_cookie(
            CART_COOKIE,
            cart.token,
            max_age=KEPT_FOR,
            httponly=True,
            secure=request.is_secure(),
            samesite="Lax",
        )


def current_cart(request: HttpRequest, *, customer_id: int | None, at: datetime, locale: str) -> Cart:
    """The cart of this browser; a signed-in customer's own one, joined with what was put in before signing in.
    Give the answer to :func:`remember_cart` too."""
    cart = queries.cart(cart_token(request), locale=locale)
    if customer_id is None or (cart.id is not None and cart.customer_id == customer_id):
        return cart
    return actions.merge_carts(token=cart_token(request), customer_id=customer_id, at=at, locale=locale)


def drop_cart(response: HttpResponse) -> None:
    """At sign-out: the next person at this machine starts afresh; the customer's cart waits for them."""
    response.delete_cookie(CART_COOKIE, samesite="Lax")


def change_cart(
    data: Mapping[str, str], *, token: str | None, at: datetime, locale: str, visit: str | None = None
) -> Cart:
    """Carry out a posted cart form: ``do`` is add, set, remove, accept_prices or fit; ``variant`` and ``quantity``
    where they apply. Raises Invalid and what the actions raise."""
    do = data.get("do", "add")
    if do == "add":
        return actions.add_to_cart(
            token=token,
            variant_id=_whole(data, "variant"),
            quantity=_whole(data, "quantity", default="1"),
            at=at,
            visit=visit,
            locale=locale,
        )
    known = token or ""
    if do == "set":
        quantity = _whole(data, "quantity")
        return actions.set_quantity(
            token=known, variant_id=_whole(data, "variant"), quantity=quantity, at=at, locale=locale
        )
    if do == "remove":
        return actions.remove(token=known, variant_id=_whole(data, "variant"), at=at, locale=locale)
    if do == "accept_prices":
        return actions.acknowledge_prices(token=known, at=at, locale=locale)
    if do == "fit":
        return actions.fit_to_stock(token=known, at=at, locale=locale)
    raise Invalid(field="do", problem="it is not known")


def _whole(data: Mapping[str, str], name: str, default: str = "") -> int:
    text = (data.get(name) or default).strip()
    if not (text.isascii() and text.removeprefix("-").isdigit()) or len(text) > 12:
        raise Invalid(field=name, problem="give a whole number")
    return int(text)
