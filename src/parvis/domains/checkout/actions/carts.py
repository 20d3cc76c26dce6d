"""Filling a cart. Nothing is reserved here: stock is held when the order is placed."""

import re
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from parvis.core import outbox, prepared
from parvis.core.errors import Conflict, Invalid, ParvisError
from parvis.core.money import CurrencyMismatch
from parvis.core.prepared import Given
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Variant
from parvis.domains.checkout import contracts, models, queries
from parvis.domains.checkout.contracts import MAX_CODES, MAX_LINES, MAX_QUANTITY, CartLineAdded, LineState
from parvis.domains.checkout.models.carts import MERGED, OPEN
from parvis.domains.checkout.queries.carts import line_state, lines_of, open_cart, to_cart

_LOCKED = prepared.Select(lambda: models.Cart.objects.select_for_update().filter(id=Given("id"), state=OPEN))
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


class NotEnough(ParvisError):
    """``available`` is what is left, ``in_cart`` what the cart has of it already; ``name`` the product."""

    code = "not_enough"
    status = 409
    template = "Only %(available)d of %(name)s are left, and %(in_cart)d are in the cart."


class CartFull(ParvisError):
    """``limit`` pieces of one thing, or lines of one cart."""

    code = "cart_full"
    status = 409
    template = "A cart takes at most %(limit)d of one article and %(lines)d articles."


@transaction.atomic
def add_to_cart(
    *, token: str | None, variant_id: int, quantity: int = 1, at: datetime, visit: str | None = None, locale: str = ""
) -> contracts.Cart:
    """Put ``quantity`` more of a variant in the cart. The answer's ``token`` is what the cookie must hold: a new one
    when there was none (or one that we did not make).

    Raises NotFound, :class:`NotEnough` when fewer are left, :class:`CartFull`, Invalid for a quantity below one.
    """
    if quantity < 1:
        raise Invalid(field="quantity", problem="give at least one")
    variant = catalog.variant(variant_id)
    cart = locked_cart(token, currency=variant.price.currency, visit=visit, at=at)
    lines = lines_of(cart.id)
    line = next((each for each in lines if each.variant_id == variant_id), None)
    in_cart = line.quantity if line is not None else 0
    if in_cart + quantity > MAX_QUANTITY or (line is None and len(lines) >= MAX_LINES):
        raise CartFull(limit=MAX_QUANTITY, lines=MAX_LINES)
    _check_stock(variant, wanted=in_cart + quantity, in_cart=in_cart)
    if line is None:
        fresh = models.CartLine(
            cart=cart,
            variant_id=variant_id,
            quantity=quantity,
            price_seen_minor=variant.price.amount_minor,
            added_at=at,
        )
        prepared.insert(fresh)
        lines.append(fresh)
    else:
        # The shopper has just seen the product's page: its price is now the one seen. The cart is locked.
        line.quantity, line.price_seen_minor = in_cart + quantity, variant.price.amount_minor
        prepared.update(line, "quantity", "price_seen_minor")
    _touch(cart, at=at)
    added = CartLineAdded(
        cart_id=cart.id,
        product_id=variant.product_id,
        variant_id=variant_id,
        quantity=quantity,
        visit=visit or cart.visit,
    )
    outbox.publish(added, at=at)
    return to_cart(cart, lines, locale=_locale(locale))


@transaction.atomic
def set_quantity(*, token: str, variant_id: int, quantity: int, at: datetime, locale: str = "") -> contracts.Cart:
    """Set how many of a line are wanted; zero removes it. A line that is not there (another tab removed it) stays
    away. Asking for fewer always works, even of something that has sold out meanwhile.

    Raises :class:`NotEnough`, :class:`CartFull`, Invalid.
    """
    if quantity < 0:
        raise Invalid(field="quantity", problem="give zero or more")
    if quantity > MAX_QUANTITY:
        raise CartFull(limit=MAX_QUANTITY, lines=MAX_LINES)
    cart = _lock(open_cart(token))
    line = cart.lines.filter(variant_id=variant_id).first() if cart is not None else None
    if cart is not None and line is not None:
        if quantity == 0:
            line.delete()
        else:
            if quantity > line.quantity:
                _check_stock(catalog.variant(variant_id), wanted=quantity, in_cart=line.quantity)
            cart.lines.filter(id=line.id).update(quantity=quantity)
        _touch(cart, at=at)
    return queries.cart(token, locale=_locale(locale))


def remove(*, token: str, variant_id: int, at: datetime, locale: str = "") -> contracts.Cart:
    """Take a line out of the cart."""
    return set_quantity(token=token, variant_id=variant_id, quantity=0, at=at, locale=locale)


@transaction.atomic
def acknowledge_prices(*, token: str, at: datetime, locale: str = "") -> contracts.Cart:
    """The shopper has read today's prices and accepts them."""
    cart = _lock(open_cart(token))
    if cart is not None:
        lines = list(cart.lines.all())
        variants = catalog.variants([line.variant_id for line in lines])
        for line in lines:
            line.price_seen_minor = variants[line.variant_id].price.amount_minor
        models.CartLine.objects.bulk_update(lines, ["price_seen_minor"])
        _touch(cart, at=at)
    return queries.cart(token, locale=_locale(locale))


@transaction.atomic
def fit_to_stock(*, token: str, at: datetime, locale: str = "") -> contracts.Cart:
    """Lower each line to what is left and drop what is gone: the one click that makes a blocked cart good again."""
    cart = _lock(open_cart(token))
    if cart is not None:
        for line in queries.cart(token, locale="en").blocked:
            row = cart.lines.filter(variant_id=line.variant_id)
            if line.state is LineState.REDUCED:
                row.update(quantity=min(line.available, MAX_QUANTITY))
            else:
                row.delete()
        _touch(cart, at=at)
    return queries.cart(token, locale=_locale(locale))


@transaction.atomic
def merge_carts(*, token: str | None, customer_id: int, at: datetime, locale: str = "") -> contracts.Cart:
    """At sign-in: the cart of this browser becomes the customer's, together with what they left in another one.

    The larger quantity of each line counts, not the sum: the same thing in both carts is wanted once. Doing it twice
    changes nothing. The answer's ``token`` is what the cookie must hold. After sign-out the door drops the cookie.
    """
    mine = models.Cart.objects.select_for_update().filter(customer_id=customer_id, state=OPEN).first()
    guest = _lock(open_cart(token))
    if guest is not None and guest.customer_id not in (None, customer_id):
        guest = None  # somebody else's, left on a shared machine
    if guest is None or (mine is not None and guest.id == mine.id):
        return queries.cart(mine.token if mine is not None else token, locale=_locale(locale))
    if mine is not None:
        _absorb(guest, mine)
        models.Cart.objects.filter(id=mine.id).update(state=MERGED, merged_into=guest, updated_at=at)
        models.Cart.objects.filter(merged_into=mine).update(merged_into=guest)
    models.Cart.objects.filter(id=guest.id).update(customer_id=customer_id, updated_at=at)
    return queries.cart(guest.token, locale=_locale(locale))


def _absorb(into: models.Cart, other: models.Cart) -> None:
    known = {line.variant_id: line for line in into.lines.all()}
    room = MAX_LINES - len(known)
    for line in other.lines.all():
        match = known.get(line.variant_id)
        if match is not None:
            into.lines.filter(id=match.id).update(quantity=max(match.quantity, line.quantity))
        elif room > 0:
            other.lines.filter(id=line.id).update(cart=into)
            room -= 1
    codes = list(dict.fromkeys([*into.codes, *other.codes]))[:MAX_CODES]
    models.Cart.objects.filter(id=into.id).update(codes=codes)


def _check_stock(variant: Variant, *, wanted: int, in_cart: int) -> None:
    product = catalog.products([variant.product_id], locale=_locale(""))[variant.product_id]
    state = line_state(variant=variant, product=product, quantity=wanted)
    if state is not LineState.OK:
        left = variant.sellable if state is LineState.REDUCED else 0
        raise NotEnough(available=left, name=product.name, in_cart=in_cart)


def locked_cart(token: str | None, *, currency: str, visit: str | None, at: datetime) -> models.Cart:
    """The open cart of a token, locked; made when there is none. Two first clicks at once make one cart."""
    cart = _lock(open_cart(token))
    if cart is None:
        known = token if token and _TOKEN.fullmatch(token) else secrets.token_urlsafe(24)
        cart = models.Cart(token=known, currency=settings.CURRENCY, visit=visit, created_at=at, updated_at=at)
        if not prepared.insert_new(cart):
            cart = _lock(open_cart(known))
        if cart is None:
            raise Conflict(reason="the cart was ordered at this moment")
    elif visit and cart.visit != visit:  # a cart of yesterday, filled on today: the order belongs to today's visit
        cart.visit = visit
        cart.save(update_fields=["visit"])
    if cart.currency != currency:
        raise CurrencyMismatch(left=cart.currency, right=currency)
    return cart


def _lock(cart: models.Cart | None) -> models.Cart | None:
    """The same cart, locked, unless it was placed meanwhile."""
    if cart is None:
        return None
    return _LOCKED.first(id=cart.id)


def _touch(cart: models.Cart, *, at: datetime) -> None:
    cart.updated_at = at
    prepared.update(cart, "updated_at")


def _locale(locale: str) -> str:
    return locale or (get_language() or settings.LANGUAGE_CODE)[:2]
