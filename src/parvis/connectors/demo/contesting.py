"""Disputes in the demo: a buyer says that nothing arrived and waits for an answer; another's was answered already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings

from parvis.connectors.demo.cast import movements
from parvis.connectors.demo.moments import SIMULATED
from parvis.connectors.demo.shop import Ids
from parvis.connectors.testpay import signing
from parvis.connectors.testpay.models import Delivery
from parvis.connectors.testpay.provider import TestPay
from parvis.core.money import Money
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as shelf
from parvis.domains.checkout import actions, ports, queries
from parvis.domains.checkout.contracts import Address, OrderState, PastLine, PastOrder
from parvis.domains.checkout.ports import CardDetails
from parvis.domains.people.contracts import Customer

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Contested:
    """Who bought when, with the card that contests it, which piece of the range, and what we answer."""

    who: str
    card: str
    ago: timedelta
    place: int
    answer: str = ""


_ALL = (
    _Contested("sofiane", "4000000000002685", 4 * _DAY, 40),
    _Contested(
        "grace",
        "4000000000000259",
        5 * _DAY,
        80,
        "She signed in with her passkey before she bought, and wrote to us about the size. (Written for the demo.)",
    ),
)
_HOME = Address(line1="5 place du Marché", postcode="44000", city="Nantes", country="FR")


def act(cast: Mapping[str, Customer], *, ids: Ids, actor_id: int | None, at: datetime) -> None:
    """Sell, contest, and answer one of the two. Call once."""
    for each in _ALL:
        order_id = _sell(cast[each.who], each, ids=ids, at=at)
        _hear(at=at)
        if each.answer:
            (dispute,) = queries.disputes_of(order_id)
            actions.answer_dispute(dispute_id=dispute.id, note=each.answer, actor_id=actor_id, at=at)
            _hear(at=at)


def _sell(who: Customer, each: _Contested, *, ids: Ids, at: datetime) -> int:
    placed = at - each.ago
    found = shelf.variants_of([ids.products[each.place]], locale=who.locale)[ids.products[each.place]]
    variant = max(found, key=lambda one: one.available)
    name = shelf.products([variant.product_id], locale=who.locale)[variant.product_id].name
    bank, key = TestPay(now=partial(_at, placed)), f"demo-contested-{each.who}"
    opened = bank.create(amount=variant.price, order_number="", key=key, return_url="")
    card = CardDetails(number=each.card, exp_month=12, exp_year=2090, cvc="123")
    bank.confirm(opened.reference, instrument=card)
    line = PastLine(
        variant_id=variant.id,
        product_id=variant.product_id,
        name=name,
        size=variant.size,
        colour=variant.colour,
        sku=variant.sku,
        unit_minor=variant.price.amount_minor,
    )
    past = PastOrder(
        customer_id=who.id,
        email=who.email,
        name=who.name,
        locale=who.locale,
        currency=settings.CURRENCY,
        placed_at=placed,
        paid_at=placed + timedelta(minutes=1),
        shipped_at=placed + _DAY,
        delivered_at=placed + 3 * _DAY,
        lines=(line,),
        state=OrderState.DELIVERED,
        provider=bank.name,
        reference=opened.reference,
        card=("visa", each.card[-4:]),
        address=_HOME,
        provenance={"order": SIMULATED},
    )
    (order_id,) = actions.record_history([past], at=at)
    catalog.record_movements(movements(actions.number_of(order_id), past, [variant]))
    amount = Money(variant.price.amount_minor, settings.CURRENCY)
    bank.capture(opened.reference, amount=amount, key=key)
    return order_id


def _hear(*, at: datetime) -> None:
    """The shop takes in what the bank has to say, which is not sent over the network a second time."""
    for row in Delivery.objects.order_by("id"):
        body = row.body.encode()
        event = ports.payments().parse_webhook({signing.HEADER: signing.sign(body, at=at)}, body, at=at)
        if event is not None:
            actions.apply_provider_event(event, at)
    Delivery.objects.all().delete()


def _at(moment: datetime) -> datetime:
    """The clock of a day that is over."""
    return moment
