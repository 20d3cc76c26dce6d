"""From a cart to an order whose stock is held: all of it in one transaction, or nothing."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import connection, transaction

from parvis.core import outbox
from parvis.core.errors import Invalid, ParvisError
from parvis.domains.catalog import actions as catalog
from parvis.domains.checkout import contracts, models, queries
from parvis.domains.checkout.actions import moves
from parvis.domains.checkout.actions.offers import claims
from parvis.domains.checkout.contracts import (
    Address,
    Door,
    LineState,
    OrderPlaced,
    Placed,
    Quote,
    ShippingKind,
    ShippingMethod,
)
from parvis.domains.checkout.models.carts import OPEN, PLACED
from parvis.domains.checkout.models.sessions import OPEN as SESSION_OPEN
from parvis.domains.checkout.queries.carts import open_cart, to_cart
from parvis.domains.checkout.queries.kept import adjustment_to_json
from parvis.domains.checkout.queries.orders import to_order
from parvis.domains.checkout.rules import addresses, shipping
from parvis.domains.checkout.rules.addresses import Fault
from parvis.domains.checkout.rules.payments import RESERVED_FOR
from parvis.domains.people import actions as people


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
) -> Placed:
    """Order what is in the cart and hold its stock for 15 minutes.

    ``key`` comes from the form: the same submit twice, even at the same moment, gives the same order. Without
    ``customer_id`` the customer is the one of this e-mail address. ``expected_total_minor`` is the total that the
    shopper was shown: nobody is charged another one. ``visit`` is the one that orders, by default the cart's.
    ``ahead_known`` are the variants that the shopper was shown as ordered ahead (None: all that are): nobody is given
    a promise instead of what was in stock when they looked.

    Raises :class:`EmptyCart`, :class:`AlreadyPlaced`, :class:`PriceMoved`, :class:`LinesBlocked`,
    :class:`TotalMoved`, :class:`BadAddress`, catalog's OutOfStock, people's BadEmail, Invalid.
    """
    digest = hashlib.sha256(f"{cart_token}\0{key}".encode()).hexdigest()
    cart = _locked_open_cart(cart_token)
    before = models.Order.objects.filter(key_hash=digest).first()
    if before is not None:
        return Placed(order=to_order(before), repeated=True)
    if cart is None:
        raise _nothing_open(cart_token)
    where, method = _destination(address, shipping_method)
    seen = to_cart(cart, list(cart.lines.all()), locale=locale)
    _check(seen)
    signed_in = customer_id
    if customer_id is None:
        customer_id = people.ensure_customer(email=email, name=name, locale=locale, at=at).id

    def priced() -> Quote:
        # A guest who types somebody's address gets nothing that is for this person.
        return queries.quote(
            seen, country=where.country, shipping_method=method.key, customer_id=signed_in, email=email, at=at
        )

    quote = priced()
    _agreed(quote, expected_total_minor)
    session = models.Session.objects.filter(cart=cart, state=SESSION_OPEN).order_by("-id").first()
    order = _write(
        models.Order(
            token=secrets.token_urlsafe(24),
            key_hash=digest,
            cart=cart,
            customer_id=customer_id,
            email=email.strip().lower(),
            name=" ".join(name.split())[:120],
            locale=locale,
            currency=cart.currency,
            shipping_method=method.key,
            address=asdict(where),
            visit=visit or cart.visit,
            door=session.door if session is not None else door.value,
            agent_id=session.agent_id if session is not None else agent_id,
            attribution={**(session.attribution if session is not None else {}), **(attribution or {})},
            placed_at=at,
        ),
        seen,
        quote,
        at=at,
    )
    if session is not None:  # handed over by an agent, or completed there: the sale is the session's wherever it ends
        models.Session.objects.filter(id=session.id).update(order_id=order.id, updated_at=at)
    try:
        claims.claim(order, quote, at=at)
    except claims.OfferGone as gone:  # somebody was faster: the transaction ends, and the buyer is told the new total
        raise TotalMoved(total=priced().totals.due.amount_minor, expected=quote.totals.due.amount_minor) from gone
    models.Cart.objects.filter(id=cart.id).update(state=PLACED, updated_at=at)
    placed = Placed(order=to_order(order))
    # Last, so that the rows of the stock are locked for as short as can be when many want the same thing.
    ahead = {line.variant_id for line in seen.lines if line.preorder_on is not None}
    ahead = ahead if ahead_known is None else ahead & set(ahead_known)
    catalog.hold({line.variant_id: line.quantity for line in seen.lines}, at=at, ahead=ahead)
    return placed


def _locked_open_cart(token: str) -> models.Cart | None:
    cart = open_cart(token)
    if cart is None:
        return None
    # A second submit waits here for the first one, and then finds the cart no longer open.
    return models.Cart.objects.select_for_update(of=("self",)).filter(id=cart.id, state=OPEN).first()


def _nothing_open(token: str) -> ParvisError:
    last = models.Order.objects.filter(cart__token=token).order_by("-id").first()
    if last is None:
        return EmptyCart()
    return AlreadyPlaced(number=last.number, order_token=last.token)


def _destination(address: Address, shipping_method: str) -> tuple[Address, ShippingMethod]:
    """The checked address and the method that serves it; a pick-up point stands for its own address."""
    where = addresses.normalise(address)
    method = shipping.choose(queries.shipping_methods(), shipping_method, where.country)
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
    if quote.totals.subtotal.amount_minor == 0:
        raise Invalid(field="total", problem="an order of nothing cannot be paid")
    due = quote.totals.due.amount_minor
    if expected_minor is not None and expected_minor != due:
        raise TotalMoved(total=due, expected=expected_minor)


def next_order_ids(count: int) -> list[int]:
    """Fresh order ids: the number printed on an order is its id, so it is needed before the row is written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('checkout_order', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in cursor.fetchall()]


def number_of(order_id: int) -> str:
    return f"P-{order_id:06d}"


def _write(order: models.Order, cart: contracts.Cart, quote: Quote, *, at: datetime) -> models.Order:
    sums = quote.totals
    order.id = next_order_ids(1)[0]
    order.number = number_of(order.id)
    order.subtotal_minor = sums.subtotal.amount_minor
    order.shipping_minor = sums.shipping.amount_minor
    order.discount_minor = sums.discount.amount_minor
    order.tax_minor = sums.tax.amount_minor
    order.tax_basis_points = sums.tax_basis_points
    order.total_minor = sums.total.amount_minor
    order.gift_minor = sums.gift_cards.amount_minor
    order.taxes = [
        {"basis_points": each.basis_points, "net": each.net.amount_minor, "tax": each.tax.amount_minor}
        for each in quote.taxes
    ]
    order.adjustments = [adjustment_to_json(each) for each in quote.adjustments]
    order.save(force_insert=True)
    models.OrderLine.objects.bulk_create(
        models.OrderLine(
            order=order,
            variant_id=line.variant_id,
            product_id=line.product_id,
            name=line.name,
            sku=line.sku,
            size=line.size,
            colour=line.colour,
            preorder_on=line.preorder_on,
            unit_minor=line.unit.amount_minor,
            discount_minor=quote.line(line.variant_id).discount.amount_minor,
            tax_basis_points=quote.line(line.variant_id).basis_points,
            tax_minor=quote.line(line.variant_id).tax.amount_minor,
            quantity=line.quantity,
        )
        for line in cart.lines
    )
    models.Reservation.objects.bulk_create(
        models.Reservation(
            order=order, variant_id=line.variant_id, quantity=line.quantity, expires_at=at + RESERVED_FOR
        )
        for line in cart.lines
    )
    moves.trail(order.id, "placed", at=at, detail={"total_minor": order.total_minor, "currency": order.currency})
    placed = OrderPlaced(
        order_id=order.id,
        customer_id=order.customer_id,
        product_ids=tuple(sorted({line.product_id for line in cart.lines})),
        total_minor=order.total_minor,
        currency=order.currency,
        visit=order.visit,
    )
    outbox.publish(placed, at=at)
    return order
