"""From a cart to an order whose stock is held: all of it in one transaction, or nothing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from parvis.core import prepared
from parvis.core.errors import ParvisError
from parvis.core.prepared import Given
from parvis.domains.checkout import contracts, models, queries
from parvis.domains.checkout.actions.offers import claims
from parvis.domains.checkout.actions.ordering import Purchase, key_hash, ordered
from parvis.domains.checkout.contracts import (
    Address,
    Door,
    LineState,
    Placed,
    Quote,
    ShippingKind,
    ShippingMethod,
)
from parvis.domains.checkout.models.carts import OPEN
from parvis.domains.checkout.models.sessions import OPEN as SESSION_OPEN
from parvis.domains.checkout.queries.carts import lines_of, open_cart, to_cart
from parvis.domains.checkout.queries.orders import just_placed, to_order
from parvis.domains.checkout.queries.unchanged import steady
from parvis.domains.checkout.rules import addresses, shipping
from parvis.domains.checkout.rules.addresses import Fault

_ORDERED = prepared.Select(lambda: models.Order.objects.filter(key_hash=Given("key_hash")))
_SESSION = prepared.Select(
    lambda: models.Session.objects.filter(cart=Given("cart"), state=SESSION_OPEN).order_by("-id")[:1]
)
_CART = prepared.Select(
    lambda: models.Cart.objects.select_for_update(of=("self",)).filter(state=OPEN, token=Given("token"))
)


class EmptyCart(ParvisError):
    """There is nothing to order."""

    code = "empty_cart"
    status = 409
    template = "The cart is empty."


class AlreadyPlaced(ParvisError):
    """The cart has become an order already (another tab did it): ``order_token`` leads to it."""

    code = "already_placed"
    status = 409
    template = "This cart was already ordered: %(number)s."


class PriceMoved(ParvisError):
    """``lines`` are the cart's lines whose price is not the one the shopper has accepted (unit, price_seen)."""

    code = "price_moved"
    status = 409
    template = "The price has changed: %(detail)s."

    def __init__(self, *, lines: "Sequence[contracts.CartLine]") -> None:
        self.lines = tuple(lines)
        told = (f"{line.name} {line.price_seen.amount_minor} -> {line.unit.amount_minor}" for line in lines)
        super().__init__(detail=", ".join(told))


class LinesBlocked(ParvisError):
    """``lines`` cannot be bought as they stand: sold out, no longer sold, or fewer left than wanted."""

    code = "lines_blocked"
    status = 409
    template = "Some articles cannot be ordered: %(detail)s."

    def __init__(self, *, lines: "Sequence[contracts.CartLine]") -> None:
        self.lines = tuple(lines)
        told = (f"{line.name}: {line.quantity} wanted, {line.available} available" for line in lines)
        super().__init__(detail=", ".join(told))


class TotalMoved(ParvisError):
    """The order would cost ``total``, not ``expected`` (minor units) as the shopper was shown."""

    code = "total_moved"
    status = 409
    template = "The total is now %(total)d, not %(expected)d."


class BadAddress(ParvisError):
    """``faults`` say which fields are wrong and how."""

    code = "bad_address"
    status = 422
    template = "The address cannot be used: %(detail)s."

    def __init__(self, *, faults: "Sequence[Fault]") -> None:
        self.faults = tuple(faults)
        super().__init__(detail=", ".join(f"{fault.field} {fault.problem.value}" for fault in faults))


@steady()
@transaction.atomic
def place(  # noqa: PLR0913 - all of it is on one form
    *,
    cart_token: str,
    email: str,
    name: str,
    address: Address,
    shipping_method: str,
    locale: str,
    customer_id: int | None = None,
    key: str,
    at: datetime,
    expected_total_minor: int | None = None,
    visit: str | None = None,
    door: Door = Door.SITE,
    agent_id: int | None = None,
    attribution: Mapping[str, str] | None = None,
    ahead_known: Collection[int] | None = None,
    agreed: Mapping[str, int] | None = None,
) -> Placed:
    """Order what is in the cart and hold its stock for 15 minutes.

    ``key`` comes from the form: the same submit twice, even at the same moment, gives the same order. Without
    ``customer_id`` the customer is the one of this e-mail address. ``expected_total_minor`` is the total that the
    shopper was shown: nobody is charged another one. ``visit`` is the one that orders, by default the cart's.
    ``ahead_known`` are the variants that the shopper was shown as ordered ahead (None: all that are): nobody is given
    a promise instead of what was in stock when they looked. ``agreed`` are the versions of the legal texts shown beside
    our button (kind -> version): kept with the order.

    Raises :class:`EmptyCart`, :class:`AlreadyPlaced`, :class:`PriceMoved`, :class:`LinesBlocked`,
    :class:`TotalMoved`, :class:`BadAddress`, catalog's OutOfStock, people's BadEmail, Invalid.
    """
    digest = key_hash(cart_token, key)
    cart = locked_open_cart(cart_token)
    before = _ORDERED.first(key_hash=digest)
    if before is not None:
        return Placed(order=to_order(before), repeated=True)
    if cart is None:
        raise _nothing_open(cart_token)
    where, method = destination(address, shipping_method, methods=queries.shipping_methods())
    seen = to_cart(cart, lines_of(cart.id), locale=locale)
    _check(seen)

    def priced() -> Quote:
        # A guest who types somebody's address gets nothing that is for this person.
        return queries.quote(
            seen, country=where.country, shipping_method=method.key, customer_id=customer_id, email=email, at=at
        )

    quote = priced()
    _agreed(quote, expected_total_minor)
    # Handed over by an agent: the sale is the session's, wherever it ends.
    session = _SESSION.first(cart=cart.id)
    purchase = Purchase(
        key_hash=digest,
        email=email,
        name=name,
        locale=locale,
        address=where,
        shipping_method=method.key,
        customer_id=customer_id,
        visit=visit or cart.visit,
        door=Door(session.door) if session is not None else door,
        agent_id=session.agent_id if session is not None else agent_id,
        attribution={**(session.attribution if session is not None else {}), **(attribution or {})},
        ahead_known=ahead_known,
        agreed=agreed,
    )
    try:
        written = ordered(cart, seen, quote, purchase, session_id=session.id if session is not None else None, at=at)
    except claims.OfferGone as gone:  # somebody was faster: the transaction ends, and the buyer is told the new total
        raise TotalMoved(total=priced().totals.due.amount_minor, expected=quote.totals.due.amount_minor) from gone
    return Placed(order=just_placed(written.order, written.lines, written.trail))


def locked_open_cart(token: str) -> models.Cart | None:
    """The open cart of a token, locked. A second submit waits here for the first one, and then finds none."""
    cart = _CART.first(token=token)
    if cart is None and (other := open_cart(token)) is not None:  # merged into another one
        cart = models.Cart.objects.select_for_update(of=("self",)).filter(state=OPEN, id=other.id).first()
    return cart


def _nothing_open(token: str) -> ParvisError:
    last = models.Order.objects.filter(cart__token=token).order_by("-id").first()
    if last is None:
        return EmptyCart()
    return AlreadyPlaced(number=last.number, order_token=last.token)


def destination(
    address: Address, shipping_method: str, *, methods: Sequence[ShippingMethod]
) -> tuple[Address, ShippingMethod]:
    """The checked address and the one of ``methods`` that serves it; a pick-up point stands for its own address.

    Raises :class:`BadAddress`, Invalid."""
    where = addresses.normalise(address)
    method = shipping.choose(methods, shipping_method, where.country)
    if method.kind is ShippingKind.PICKUP:
        point = shipping.pickup_point(method, where.point)
        return (
            Address(
                line1=point.name,
                line2=point.line1,
                postcode=point.postcode,
                city=point.city,
                country=point.country,
                phone=where.phone,
                point=point.key,
            ),
            method,
        )
    faults = addresses.faults(where, countries=shipping.COUNTRIES)
    if faults:
        raise BadAddress(faults=faults)
    return where, method


def _check(cart: contracts.Cart) -> None:
    """Whether the cart can be bought as the shopper has seen it."""
    if not cart.lines:
        raise EmptyCart
    blocked = [line for line in cart.lines if line.state is not LineState.OK]
    if blocked:
        raise LinesBlocked(lines=blocked)
    if cart.prices_moved:
        raise PriceMoved(lines=cart.prices_moved)


def _agreed(quote: Quote, expected_minor: int | None) -> None:
    """Whether the shopper has agreed to what is due."""
    due = quote.totals.due.amount_minor
    if expected_minor is not None and expected_minor != due:
        raise TotalMoved(total=due, expected=expected_minor)
