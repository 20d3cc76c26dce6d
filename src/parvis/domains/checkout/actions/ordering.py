"""The writing of an order, once it is sure what it holds and costs: within the transaction that has locked its cart."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from parvis.core import outbox, prepared
from parvis.core.errors import Invalid
from parvis.domains.catalog import actions as catalog
from parvis.domains.checkout import contracts, models
from parvis.domains.checkout.actions import moves
from parvis.domains.checkout.actions.legal import agreement
from parvis.domains.checkout.actions.offers import claims
from parvis.domains.checkout.contracts import Address, Door, OrderPlaced, Quote
from parvis.domains.checkout.models.carts import PLACED
from parvis.domains.checkout.queries.kept import adjustment_to_json, tax_share_to_json
from parvis.domains.checkout.rules.payments import RESERVED_FOR
from parvis.domains.people import actions as people


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase:
    """Who orders and where it goes, checked. ``customer_id`` None: whoever has this e-mail address. ``key_hash`` ties
    the order to the submit that made it. ``ahead_known`` and ``agreed``: see
    :func:`place.place`."""

    key_hash: str
    email: str
    name: str
    locale: str
    address: Address
    shipping_method: str
    customer_id: int | None = None
    visit: str | None = None
    door: Door = Door.SITE
    agent_id: int | None = None
    attribution: Mapping[str, str] = field(default_factory=dict)
    ahead_known: Collection[int] | None = None
    agreed: Mapping[str, int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """An order as it was just written, with its rows: nobody need read them again."""

    order: models.Order
    lines: Sequence[models.OrderLine]
    trail: Sequence[models.OrderEvent]


def key_hash(cart_token: str, key: str) -> str:
    """What an order is known by to a submit that is repeated."""
    return hashlib.sha256(f"{cart_token}\0{key}".encode()).hexdigest()


def ordered(
    cart: models.Cart,
    seen: contracts.Cart,
    quote: Quote,
    purchase: Purchase,
    *,
    session_id: int | None = None,
    at: datetime,
) -> Written:
    """Write the order of a locked cart, take what its quote counts on and hold its stock. ``seen`` and ``quote`` were
    read under that lock. Raises claims.OfferGone, catalog's OutOfStock, people's BadEmail,
    Invalid for goods that cost nothing: then nothing is to stay."""
    if quote.totals.subtotal.amount_minor == 0:
        raise Invalid(field="total", problem="an order of nothing cannot be paid")
    customer_id = purchase.customer_id
    if customer_id is None:
        found = people.ensure_customer(email=purchase.email, name=purchase.name, locale=purchase.locale, at=at)
        customer_id = found.id
    written = _write(
        models.Order(
            token=secrets.token_urlsafe(24),
            key_hash=purchase.key_hash,
            cart=cart,
            customer_id=customer_id,
            email=purchase.email.strip().lower(),
            name=" ".join(purchase.name.split())[:120],
            locale=purchase.locale,
            currency=cart.currency,
            shipping_method=purchase.shipping_method,
            address=asdict(purchase.address),
            visit=purchase.visit,
            door=purchase.door.value,
            agent_id=purchase.agent_id,
            attribution=dict(purchase.attribution),
            placed_at=at,
        ),
        seen,
        quote,
        agreement(purchase.agreed, locale=purchase.locale, door=purchase.door, at=at),
        at=at,
    )
    order = written.order
    if session_id is not None:
        models.Session.objects.filter(id=session_id).update(order_id=order.id, updated_at=at)
    claims.claim(order, quote, at=at)
    cart.state, cart.updated_at = PLACED, at
    prepared.update(cart, "state", "updated_at")
    # Last, so that the rows of the stock are locked for as short as can be when many want the same thing.
    ahead = {line.variant_id for line in seen.lines if line.preorder_on is not None}
    ahead = ahead if purchase.ahead_known is None else ahead & set(purchase.ahead_known)
    catalog.hold({line.variant_id: line.quantity for line in seen.lines}, at=at, ahead=ahead)
    return written


def next_order_ids(count: int) -> list[int]:
    """Fresh order ids: the number printed on an order is its id, so it is needed before the row is written."""
    sql = "SELECT nextval(pg_get_serial_sequence('checkout_order', 'id')) FROM generate_series(1, %s)"
    return [key for (key,) in prepared.answer(sql, [count]).rows]


def number_of(order_id: int) -> str:
    return f"P-{order_id:06d}"


def _write(
    order: models.Order, cart: contracts.Cart, quote: Quote, agreed: Mapping[str, object], *, at: datetime
) -> Written:
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
    order.taxes = [tax_share_to_json(each) for each in quote.taxes]
    order.adjustments = [adjustment_to_json(each) for each in quote.adjustments]
    prepared.insert(order)
    lines = [
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
    ]
    prepared.insert(*lines)
    until = at + RESERVED_FOR
    prepared.insert(
        *(
            models.Reservation(order=order, variant_id=line.variant_id, quantity=line.quantity, expires_at=until)
            for line in cart.lines
        )
    )
    costs = {"total_minor": order.total_minor, "currency": order.currency}
    trail = [
        moves.event(order.id, "placed", at=at, detail=costs),
        moves.event(order.id, "agreed", at=at, detail=agreed),
    ]
    prepared.insert(*trail)
    placed = OrderPlaced(
        order_id=order.id,
        customer_id=order.customer_id,
        product_ids=tuple(sorted({line.product_id for line in cart.lines})),
        total_minor=order.total_minor,
        currency=order.currency,
        visit=order.visit,
    )
    outbox.publish(placed, at=at)
    return Written(order=order, lines=lines, trail=trail)
