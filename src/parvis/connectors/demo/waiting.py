"""Who waits in the demo: for something sold out, for what was ordered ahead, and carts whose owners were reminded."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from parvis.connectors.demo.assortment import pieces
from parvis.connectors.demo.cast import movements
from parvis.connectors.demo.moments import SIMULATED
from parvis.connectors.demo.shelves import the_range
from parvis.connectors.demo.shop import Ids
from parvis.core.days import day_of
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as shelf
from parvis.domains.catalog.contracts import MovementKind, Variant
from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import Address, OrderState, PastLine, PastOrder
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import MessageFilters
from parvis.domains.people.contracts import Customer

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_LINK = re.compile(r"/cart/back/([^/]+)/")
_COMES_IN = timedelta(days=19)
_AHEAD = 30
"""How many pieces of each size may be ordered ahead."""
_WAITING = ("claire", "sofiane", "grace", "emma")
_UNSURE = "jeanne"
"""A guest, who was asked by mail and has not answered."""
_HOME = Address(line1="8 rue du Marché", postcode="75011", city="Paris", country="FR")
# Who left a cart how long ago, with which pieces; who was reminded comes back and buys only when told so here.
_LEFT = (("sofiane", 5 * _DAY, (3, 9), False), ("grace", 3 * _DAY, (5,), True), ("emma", 26 * _HOUR, (7, 2), False))


def act(cast: Mapping[str, Customer], *, ids: Ids, at: datetime) -> None:
    """Do all of it once. Alerts and pre-orders are of the two most reviewed pieces that are sold out in every size."""
    gone = _sold_out()
    ahead, missed = (shelf.variants_of([ids.products[place]], locale="fr")[ids.products[place]] for place in gone[:2])
    _order_ahead(cast["emma"], ahead, at=at)
    for minute, who in enumerate(_WAITING):
        customer = cast[who]
        asked = at - 2 * _DAY + timedelta(minutes=minute)
        actions.ask_for_alert(
            variant_id=missed[minute // 3].id,
            email=customer.email,
            customer_id=customer.id,
            locale=customer.locale,
            at=asked,
        )
    guest = cast[_UNSURE]
    actions.ask_for_alert(variant_id=missed[0].id, email=guest.email, locale=guest.locale, at=at - 2 * _HOUR)
    for who, ago, places, bought in _LEFT:
        _leave(cast[who], ago, [_free(ids, place) for place in places], bought=bought, at=at)


def _sold_out() -> list[int]:
    """The places of pieces of which nothing is left or comes in by itself, the most reviewed first."""
    first, target = the_range().first_variant, the_range().target
    gone = [place for place in range(len(pieces())) if not target[first[place] : first[place + 1]].any()]
    return sorted(gone, key=lambda place: (-pieces()[place].reviews, place))


def _free(ids: Ids, place: int) -> Variant:
    """The variant of one of the most reviewed pieces of which there is most."""
    most = sorted(range(len(pieces())), key=lambda index: -pieces()[index].reviews)
    product = ids.products[most[place]]
    return max(shelf.variants_of([product], locale="en")[product], key=lambda one: one.available)


def _order_ahead(who: Customer, variants: Sequence[Variant], *, at: datetime) -> None:
    """The piece can be ordered ahead, and one of the cast has."""
    day = day_of(at + _COMES_IN)
    for variant in variants:
        catalog.set_preorder(variant_id=variant.id, on=day, limit=_AHEAD, at=at)
    chosen = variants[len(variants) // 2]
    _record(who, chosen, placed=at - 2 * _DAY, expected=True, at=at)


def _record(who: Customer, variant: Variant, *, placed: datetime, expected: bool = False, at: datetime) -> int:
    name = shelf.products([variant.product_id], locale=who.locale)[variant.product_id].name
    line = PastLine(
        variant_id=variant.id,
        product_id=variant.product_id,
        name=name,
        size=variant.size,
        colour=variant.colour,
        sku=variant.sku,
        unit_minor=variant.price.amount_minor,
        preorder_on=day_of(at + _COMES_IN) if expected else None,
    )
    past = PastOrder(
        customer_id=who.id,
        email=who.email,
        name=who.name,
        locale=who.locale,
        currency=settings.CURRENCY,
        placed_at=placed,
        paid_at=placed + timedelta(minutes=1),
        lines=(line,),
        state=OrderState.PAID,
        address=_HOME,
        provenance={"order": SIMULATED},
    )
    (order_id,) = actions.record_history([past], at=at)
    moved = movements(actions.number_of(order_id), past, [variant])
    # What was ordered ahead is owed, and did not come in before it was sold.
    catalog.record_movements(row for row in moved if not (expected and row.kind is MovementKind.RECEIVED))
    return order_id


def _link(who: Customer) -> str:
    """What the latest reminder to somebody leads to."""
    sent = mails.messages(MessageFilters(text=who.email)).items
    return next(found[1] for each in sent if (found := _LINK.search(each.text)))


def _leave(who: Customer, ago: timedelta, wanted: list[Variant], *, bought: bool, at: datetime) -> None:
    """A cart is left by somebody who ticked the box, and its reminders go when they are due."""
    left, token = at - ago, None
    for variant in wanted:
        token = actions.add_to_cart(token=token, variant_id=variant.id, at=left, locale=who.locale).token
    if token is None:
        return
    actions.note_reminder(cart_token=token, email=who.email, customer_id=who.id, locale=who.locale, at=left)
    for due in (left + 5 * _HOUR, left + 5 * _HOUR + 3 * _DAY):
        if due < at and not (bought and due > left + _DAY):
            actions.send_reminders(at=due)
    if bought:
        actions.come_back(token=_link(who), cart_token=None, at=left + 8 * _HOUR, locale=who.locale)
        order_id = _record(who, wanted[0], placed=left + 9 * _HOUR, at=at)
        actions.credit_reminders(order_ids=[order_id])
