"""Checkout sessions as they stand now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from parvis.core import prepared
from parvis.core.errors import NotFound
from parvis.core.prepared import Given
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import (
    Address,
    Cart,
    Details,
    Door,
    OrderState,
    Session,
    SessionState,
)
from parvis.domains.checkout.models.carts import OPEN as CART_OPEN
from parvis.domains.checkout.models.sessions import CANCELLED, EXPIRED, OPEN
from parvis.domains.checkout.queries.carts import lines_of, open_cart, to_cart
from parvis.domains.checkout.queries.orders import to_order
from parvis.domains.checkout.queries.quotes import HOME_COUNTRY, quote
from parvis.domains.checkout.queries.unchanged import steady
from parvis.domains.checkout.rules import sessions as rules
from parvis.domains.checkout.rules.orders import BOUGHT
from parvis.domains.checkout.rules.shipping import COUNTRIES

_ROW = prepared.Select(lambda: models.Session.objects.select_related("cart", "order").filter(token=Given("token")))


def session(token: str, *, agent_id: int | None = None, locale: str | None = None, at: datetime) -> Session:
    """A session by its token, in its own language or ``locale``. Those of an agent are seen with its id only: for
    anybody else, and for another agent, they do not exist. About twelve statements.

    Raises NotFound.
    """
    return to_session(row_of(token, agent_id=agent_id), locale=locale, at=at)


def row_of(token: str, *, agent_id: int | None) -> models.Session:
    """The row behind a token; raises NotFound. For this domain's own use."""
    row = _ROW.first(token=token) if len(token) <= 64 else None
    if row is None or row.agent_id != agent_id:
        raise NotFound(kind="session", key=token[:64])
    if row.agent_id is not None and row.door == Door.MCP.value:
        # It may hold what a customer has saved, filled in for her and told to no program: who opened it over MCP must
        # not read it at another door, where buyers' details are part of the answer.
        raise NotFound(kind="session", key=token[:64])
    return row


@steady()
def to_session(row: models.Session, *, locale: str | None = None, at: datetime) -> Session:
    """The session of a row, with today's prices, stock and totals."""
    language = locale or row.locale
    order = to_order(row.order) if row.order is not None else None
    cart = _cart(row, language)
    details = details_of(row.details)
    country = details.address.country.strip().upper() if details.address is not None else HOME_COUNTRY
    quoted = quote(
        cart,
        country=country,
        shipping_method=details.shipping_method or "",
        customer_id=row.customer_id,
        email=details.email or "",
        at=at,
    )
    told = rules.messages(cart=cart, quote=quoted, details=details, countries=COUNTRIES, order=order)
    over = closed(row, waiting=order is not None and order.state is OrderState.AWAITING_PAYMENT, at=at)
    standing = order if order is not None and order.state is not OrderState.CANCELLED else None
    return Session(
        token=row.token,
        door=Door(row.door),
        state=rules.state(closed=over, order=order, told=told, next_url=row.next_url),
        agent_id=row.agent_id,
        customer_id=row.customer_id,
        locale=row.locale,
        cart=cart,
        quote=quoted,
        details=details,
        messages=told,
        attribution=row.attribution,
        consents=row.consents,
        proofs=tuple(row.proofs),
        order=standing,
        next_url=row.next_url or None,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        expires_at=row.expires_at,
        basket=row.basket,
    )


def _cart(row: models.Session, locale: str) -> Cart:
    """What is wanted: the open cart; once it was ordered, the lines as they were then."""
    found = row.cart if row.cart.state == CART_OPEN else open_cart(row.cart.token) or row.cart
    return to_cart(found, lines_of(found.id), locale=locale)


def closed(row: models.Session, *, waiting: bool, at: datetime) -> SessionState | None:
    """How a session has ended without a sale. One past its time has, also before the nightly round writes it down, but
    not while its order is waited for (``waiting``)."""
    if row.state == CANCELLED:
        return SessionState.CANCELLED
    late = row.state == OPEN and row.expires_at <= at and not waiting
    return SessionState.EXPIRED if row.state == EXPIRED or late else None


def ended(row: models.Session, *, at: datetime) -> SessionState | None:
    """How a session has ended, from its row and its order's alone; None while something can still be done with it."""
    state = OrderState(row.order.state) if row.order is not None else None
    if state is not None and (state in BOUGHT or state is OrderState.REFUNDED):
        return SessionState.COMPLETED
    return closed(row, waiting=state is OrderState.AWAITING_PAYMENT, at=at)


def details_of(stored: Mapping[str, Any]) -> Details:
    """Details from their JSON; unknown keys are ignored, so that older rows stay readable."""
    known = {key: value for key, value in stored.items() if key in Details.__dataclass_fields__}
    address = known.get("address")
    if address is not None:
        fields = {key: value for key, value in address.items() if key in Address.__dataclass_fields__}
        known["address"] = Address(**fields)
    return Details(**known)


def session_of_order(order_token: str, *, at: datetime) -> str | None:
    """The token of the checkout that an order was made from, when it was one beside the cart and can be gone on
    with."""
    rows = models.Session.objects.filter(order__token=order_token, state=OPEN, expires_at__gt=at).order_by("-id")
    return rows.values_list("token", flat=True).first()


def session_of_shopper(token: str, *, locale: str | None = None, at: datetime) -> tuple[Session, bool]:
    """The session behind a link that the shopper holds, whichever door or agent opened it, and whether the shopper has
    taken it over. The link is the secret: what is personal in the answer is for who can show to be that person.

    Raises NotFound.
    """
    row = models.Session.objects.filter(token=token).first() if len(token) <= 64 else None
    if row is None:
        raise NotFound(kind="session", key="this link")
    return to_session(row, locale=locale, at=at), row.handed_over_at is not None
