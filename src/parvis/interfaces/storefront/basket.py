"""The cart's cookie: one random token, strictly necessary, told to nobody."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from parvis.core.clock import now
from parvis.domains.checkout import actions, queries
from parvis.domains.people.contracts import Customer
from parvis.domains.people.web import current_customer

COOKIE = "parvis_cart"
KEPT = 90 * 24 * 3600
_MERGED = "cart_of"


def token_of(request: HttpRequest) -> str | None:
    """The cart token of this browser; after sign-in the customer's cart has taken the guest's in."""
    return getattr(request, "_parvis_cart", None) or request.COOKIES.get(COOKIE)


def count(request: HttpRequest) -> int:
    """Pieces in the cart, for the badge. No statement for a visitor who never put anything in."""
    token = token_of(request)
    return queries.cart_count(token) if token else 0


def remember(request: HttpRequest, response: HttpResponse, token: str) -> HttpResponse:
    """Keep the token in the browser when it is not there yet."""
    request._parvis_cart = token  # type: ignore[attr-defined]
    if request.COOKIES.get(COOKIE) != token:
        response.set_cookie(
            COOKIE, token, max_age=KEPT, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def join(request: HttpRequest) -> Customer | None:
    """The signed-in customer, whose cart is joined with this browser's the first time it is asked for."""
    if not request.user.is_authenticated:
        return None
    customer = current_customer(request)
    if customer is not None and request.session.get(_MERGED) != customer.id:
        cart = actions.merge_carts(token=token_of(request), customer_id=customer.id, at=now())
        request.session[_MERGED] = customer.id
        if cart.id is not None:
            request._parvis_cart = cart.token  # type: ignore[attr-defined]
    return customer
