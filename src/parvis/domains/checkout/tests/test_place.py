"""Placing an order: once a form, once a cart, never at another price than the one shown."""

from datetime import timedelta

import pytest

from parvis.domains.catalog import actions as catalog_actions
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.actions import (
    AlreadyPlaced,
    BadAddress,
    EmptyCart,
    LinesBlocked,
    PriceMoved,
    TotalMoved,
)
from parvis.domains.checkout.contracts import Address, OrderState
from parvis.domains.checkout.rules.orders import NotPossible
from parvis.domains.checkout.testing import ABROAD, AT, HOME, TOKEN, filled_cart, pay, placed_order
from parvis.domains.people import queries as people
from parvis.domains.people.actions import BadEmail

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


def place(key: str = "k1", **changes):
    given = {
        "cart_token": TOKEN,
        "email": "Jeanne@Parvis.example",
        "name": "Jeanne  Le Goff",
        "address": HOME,
        "shipping_method": "home",
        "locale": "fr",
        "key": key,
        "at": AT,
    }
    return actions.place(**{**given, **changes})


def test_the_same_submit_twice_gives_the_same_order(shop: SmallCatalogue) -> None:
    filled_cart({"DR-S": 1}, catalogue=shop)
    first, second = place(), place()
    assert (first.repeated, second.repeated) == (False, True)
    assert first.order == second.order
    assert catalog.variant(shop.variants["DR-S"]).reserved == 1
    assert first.order.email == "jeanne@parvis.example"
    assert first.order.name == "Jeanne Le Goff"
    customer = people.customer(first.order.customer_id)
    assert customer is not None
    assert customer.email == "jeanne@parvis.example"


def test_another_tab_is_led_to_the_order(shop: SmallCatalogue) -> None:
    filled_cart({"DR-S": 1}, catalogue=shop)
    order = place().order
    with pytest.raises(AlreadyPlaced) as known:
        place("k2")
    assert known.value.params["order_token"] == order.token
    unfinished = queries.unfinished(TOKEN)
    assert unfinished is not None
    assert unfinished.id == order.id


def test_a_stale_tab_cannot_order_the_next_cart_unseen(shop: SmallCatalogue) -> None:
    filled_cart({"DR-S": 1}, catalogue=shop)
    place()
    filled_cart({"SW-S": 2}, catalogue=shop)
    with pytest.raises(TotalMoved):
        place("k2", expected_total_minor=8900)


def test_a_key_is_worth_nothing_with_another_cart(shop: SmallCatalogue) -> None:
    filled_cart({"DR-S": 1}, catalogue=shop)
    place()
    with pytest.raises(EmptyCart):
        place(cart_token="a-token-of-somebody-else")


def test_nothing_to_order(shop: SmallCatalogue) -> None:
    with pytest.raises(EmptyCart):
        place()


def test_a_moved_price_stops_the_order_until_accepted(shop: SmallCatalogue) -> None:
    filled_cart({"DR-S": 1}, catalogue=shop)
    catalog_actions.set_price(variant_id=shop.variants["DR-S"], amount_minor=9900, reason="cost", actor_id=None, at=AT)
    with pytest.raises(PriceMoved) as moved:
        place()
    assert [(line.price_seen.amount_minor, line.unit.amount_minor) for line in moved.value.lines] == [(8900, 9900)]
    actions.acknowledge_prices(token=TOKEN, at=AT)
    assert place().order.totals.total.amount_minor == 9900


def test_the_total_shown_is_the_total_charged(shop: SmallCatalogue) -> None:
    filled_cart({"SW-S": 1}, catalogue=shop)
    with pytest.raises(TotalMoved) as moved:
        place(expected_total_minor=6500)
    assert moved.value.params["total"] == 6990
    assert place(expected_total_minor=6990).order.totals.shipping.amount_minor == 490


def test_blocked_lines_are_named_and_nothing_is_held(shop: SmallCatalogue) -> None:
    filled_cart({"DR-M": 4, "SW-S": 1}, catalogue=shop)
    catalog_actions.adjust_stock(variant_id=shop.variants["DR-M"], quantity=-3, reason="broken", actor_id=None, at=AT)
    with pytest.raises(LinesBlocked) as blocked:
        place()
    assert [(line.sku, line.quantity, line.available) for line in blocked.value.lines] == [("DR-M", 4, 1)]
    assert catalog.variant(shop.variants["SW-S"]).reserved == 0
    assert models.Order.objects.count() == 0


@pytest.mark.parametrize(
    ("address", "method", "field"),
    [
        (Address(line1="1 rue", postcode="7501", city="Paris"), "home", "postcode"),
        (Address(), "home", "line1"),
        (Address(line1="1 Main", postcode="10001", city="NYC", country="US"), "abroad", "region"),
    ],
)
def test_bad_addresses_name_the_field(shop: SmallCatalogue, address: Address, method: str, field: str) -> None:
    filled_cart({"DR-S": 1}, catalogue=shop)
    with pytest.raises(BadAddress) as bad:
        place(address=address, shipping_method=method)
    assert field in [fault.field for fault in bad.value.faults]


def test_a_bad_email_is_refused(shop: SmallCatalogue) -> None:
    filled_cart({"DR-S": 1}, catalogue=shop)
    with pytest.raises(BadEmail):
        place(email="not an address")


def test_collecting_goods_needs_a_point_and_no_address(shop: SmallCatalogue) -> None:
    filled_cart({"SW-S": 1}, catalogue=shop)
    order = place(address=Address(country="FR", point="lyon-2"), shipping_method="pickup").order
    assert (order.address.city, order.address.postcode, order.address.point) == ("Lyon", "69002", "lyon-2")
    assert order.totals.shipping.amount_minor == 0


def test_abroad_costs_more(shop: SmallCatalogue) -> None:
    filled_cart({"DR-S": 1}, catalogue=shop)
    assert place(address=ABROAD, shipping_method="abroad").order.totals.shipping.amount_minor == 1490


def test_a_cancelled_order_gives_its_stock_back_once(shop: SmallCatalogue) -> None:
    order = placed_order({"DR-S": 2})
    for _ in range(2):
        ended = actions.cancel(order_id=order.id, reason="shopper", at=AT)
        assert ended.state is OrderState.CANCELLED
    variant = catalog.variant(shop.variants["DR-S"])
    assert (variant.on_hand, variant.reserved) == (10, 0)
    assert [entry.kind for entry in ended.trail] == ["placed", "agreed", "cancelled"]


def test_a_paid_order_is_not_cancelled(shop: SmallCatalogue) -> None:
    order = placed_order()
    pay(order)
    with pytest.raises(NotPossible):
        actions.cancel(order_id=order.id, at=AT)
    with pytest.raises(NotPossible):
        actions.reopen_cart(order_token=order.token, at=AT, locale="en")


def test_back_from_the_payment_to_change_the_order(shop: SmallCatalogue) -> None:
    order = placed_order({"DR-S": 2})
    cart = actions.reopen_cart(order_token=order.token, at=AT, locale="en")
    assert [(line.sku, line.quantity) for line in cart.lines] == [("DR-S", 2)]
    assert cart.token == TOKEN
    assert queries.order(order.id).state is OrderState.CANCELLED
    assert catalog.variant(shop.variants["DR-S"]).reserved == 0
    assert place("k9").order.id != order.id


def test_unpaid_orders_expire_once(shop: SmallCatalogue) -> None:
    order = placed_order({"DR-S": 2})
    assert actions.expire(at=AT + timedelta(minutes=14)) == 0
    assert actions.expire(at=AT + timedelta(minutes=15)) == 1
    assert actions.expire(at=AT + timedelta(minutes=15)) == 0
    ended = queries.order(order.id)
    assert (ended.state, ended.cancel_reason) == (OrderState.CANCELLED, "expired")
    assert catalog.variant(shop.variants["DR-S"]).reserved == 0
    assert ended.reserved_until is None


def test_an_attempt_to_pay_gives_time(shop: SmallCatalogue) -> None:
    order = placed_order()
    pay(order, number="4000000000000002", at=AT + timedelta(minutes=12))
    assert queries.order(order.id).reserved_until == AT + timedelta(minutes=22)
    assert actions.expire(at=AT + timedelta(minutes=16)) == 0
    assert actions.expire(at=AT + timedelta(minutes=23)) == 1
