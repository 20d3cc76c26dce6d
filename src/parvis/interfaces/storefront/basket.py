"""The cart of this browser, and of the customer who signs in with it."""

from django.core import signing
from django.http import HttpRequest, HttpResponse

from parvis.core.clock import now
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import SESSION_LIFE, Cart, Session
from parvis.domains.checkout.web import CodeSaid, cart_token, change_codes, current_cart, remember_cart
from parvis.domains.people.contracts import Customer
from parvis.domains.people.web import client_address, current_customer
from parvis.interfaces.storefront.reader import locale

_ORDERED, _LAST = "parvis_ordered", 5


def owner(request: HttpRequest) -> Customer | None:
    """The signed-in customer; no statement for anybody else."""
    return current_customer(request) if request.user.is_authenticated else None


def at_counter(request: HttpRequest, session: Session, *, known: bool) -> None:
    """From now on this request buys what the session holds, and leaves the shopper's own cart alone. ``known``: what
    was typed at the door that opened it may be shown."""
    request._parvis_counter = (session, known)  # type: ignore[attr-defined]  # kept on the request, read by getattr


def counter(request: HttpRequest) -> tuple[Session, bool] | None:
    """The session that this request buys, if it is not the cart's checkout."""
    found: tuple[Session, bool] | None = getattr(request, "_parvis_counter", None)
    return found


def note_order(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """This browser has ordered what the session of the request holds: it finds the order again by the same link, which
    others may hold too."""
    beside = counter(request)
    if beside is not None:
        kept = [each for each in _ordered(request) if each != beside[0].token][-_LAST + 1 :]
        response.set_signed_cookie(
            _ORDERED,
            ".".join([*kept, beside[0].token]),
            max_age=SESSION_LIFE,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


def ordered_here(request: HttpRequest, session: Session) -> bool:
    """Whether this browser has ordered what a session holds."""
    return session.token in _ordered(request)


def _ordered(request: HttpRequest) -> list[str]:
    try:
        return str(request.get_signed_cookie(_ORDERED, default="", max_age=SESSION_LIFE)).split(".")
    except signing.BadSignature:
        return []


def current(request: HttpRequest) -> Cart:
    """The cart to show; :func:`keep` writes its cookie on the way out."""
    beside = counter(request)
    if beside is not None:
        return queries.session_of_shopper(beside[0].token, locale=locale(), at=now())[0].cart
    customer = owner(request)
    customer_id = customer.id if customer else None
    return use(request, current_cart(request, customer_id=customer_id, at=now(), locale=locale()))


def use(request: HttpRequest, cart: Cart) -> Cart:
    """From now on this is the cart of this request."""
    request._parvis_cart = cart  # type: ignore[attr-defined]  # kept on the request, read by getattr
    return cart


def token(request: HttpRequest) -> str | None:
    """The token of the cart of this request."""
    cart: Cart | None = getattr(request, "_parvis_cart", None)
    return cart.token if cart is not None and cart.token else cart_token(request)


def code_posted(request: HttpRequest, cart: Cart) -> CodeSaid:
    """Carry out what was posted from the code box for a cart."""
    customer = owner(request)
    return change_codes(
        request.POST.dict(),
        token=cart.token,
        caller=client_address(request) or "nobody",
        customer_id=customer.id if customer else None,
        at=now(),
        locale=locale(),
    )


def count(request: HttpRequest) -> int:
    """Pieces in the cart, for the badge. No statement for a visitor who never put anything in."""
    cart: Cart | None = getattr(request, "_parvis_cart", None)
    if cart is not None:
        return cart.count
    known = cart_token(request)
    return queries.cart_count(known) if known else 0


def keep(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Write the cookie of the cart that this request worked on, if it made or joined one."""
    cart: Cart | None = getattr(request, "_parvis_cart", None)
    if cart is not None and cart.id is not None:
        remember_cart(request, response, cart)
    return response
