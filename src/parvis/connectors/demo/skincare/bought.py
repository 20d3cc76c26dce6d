"""The orders behind the verified reviews of the range: one for each, delivered before the review was written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from parvis.connectors.demo.ledger import HOME_DELIVERY
from parvis.connectors.demo.moments import SIMULATED
from parvis.connectors.demo.skincare.written import LANGUAGE, Care, Told, products, reviews
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog.contracts import MovementKind, NewMovement, Variant
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout.contracts import Address, OrderState, PastLine, PastOrder
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import NewCustomer

_ROW = {"row": SIMULATED}
_TOWNS = (
    ("35000", "Rennes"),
    ("13001", "Marseille"),
    ("59000", "Lille"),
    ("31000", "Toulouse"),
    ("67000", "Strasbourg"),
)
_DAY = timedelta(days=1)
Buyers = Mapping[str, tuple[int, str]]
"""Customer and order number by the reference of a review."""


def orders(variants: Mapping[str, Sequence[Variant]], *, at: datetime) -> Buyers:
    """Record an order for each review of a buyer, with what it took from the shelf."""
    named = {each.key: each for each in products()}
    buying = [each for each in reviews() if each.bought]
    emails = {each.ref: f"soin-{each.ref}@parvis.example" for each in buying}
    customers = people.ensure_customers(
        (
            NewCustomer(
                email=emails[each.ref],
                name=each.name,
                locale=LANGUAGE,
                created_at=_placed(each, at),
                provenance={"customer": SIMULATED},
            )
            for each in buying
        ),
        at=at,
    )
    rows, chosen = [], []
    for place, each in enumerate(buying):
        variant = next(one for one in variants[each.product] if one.size == each.bought)
        town = _TOWNS[place % len(_TOWNS)]
        order = _order(each, named[each.product], variant, customers[emails[each.ref]], emails[each.ref], town, at=at)
        rows.append(order)
        chosen.append(variant)
    ids = checkout.record_history(rows, at=at)
    numbers = [checkout.number_of(order_id) for order_id in ids]
    catalog.record_movements(
        move
        for number, past, variant in zip(numbers, rows, chosen, strict=True)
        for move in _moves(number, past, variant)
    )
    return {each.ref: (customers[emails[each.ref]], number) for each, number in zip(buying, numbers, strict=True)}


def _placed(each: Told, at: datetime) -> datetime:
    return at - (each.days + each.used + 5) * _DAY


def _order(
    each: Told, product: Care, variant: Variant, customer_id: int, email: str, town: tuple[str, str], *, at: datetime
) -> PastOrder:
    placed = _placed(each, at)
    unit = variant.price.amount_minor
    shipping, free_from = HOME_DELIVERY
    return PastOrder(
        customer_id=customer_id,
        email=email,
        name=each.name,
        locale=LANGUAGE,
        currency=settings.CURRENCY,
        placed_at=placed,
        paid_at=placed + timedelta(minutes=1),
        shipped_at=placed + _DAY,
        delivered_at=placed + 4 * _DAY,
        lines=(
            PastLine(
                variant_id=variant.id,
                product_id=variant.product_id,
                name=product.name_fr,
                size=variant.size,
                colour="",
                sku=variant.sku,
                unit_minor=unit,
            ),
        ),
        state=OrderState.DELIVERED,
        shipping_minor=0 if unit >= free_from else shipping,
        address=Address(line1="Adresse simulée", postcode=town[0], city=town[1], country="FR"),
        provenance={"order": SIMULATED},
    )


def _moves(number: str, past: PastOrder, variant: Variant) -> Iterator[NewMovement]:
    """What was sold came in on purpose: today's stock stays what the range says."""
    for kind, quantity, moment in (
        (MovementKind.RECEIVED, 1, past.placed_at - timedelta(hours=1)),
        (MovementKind.SOLD, -1, past.paid_at or past.placed_at),
    ):
        yield NewMovement(
            variant_id=variant.id,
            kind=kind,
            quantity=quantity,
            at=moment,
            reason="ordered in" if kind is MovementKind.RECEIVED else "",
            ref=number,
            provenance=_ROW,
        )
