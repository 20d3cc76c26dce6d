"""Carts: live prices and stock, limits, changes that are told, and carts of two browsers becoming one."""

from datetime import timedelta

import pytest

from parvis.core.errors import Invalid, NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.actions import CartFull, NotEnough
from parvis.domains.checkout.contracts import LineState
from parvis.domains.checkout.testing import AT, TOKEN, filled_cart
from parvis.domains.people import testing as people

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


def add(shop: SmallCatalogue, sku: str, quantity: int = 1, token: str | None = TOKEN):
    return actions.add_to_cart(token=token, variant_id=shop.variants[sku], quantity=quantity, at=AT)


def test_the_first_article_makes_a_cart_with_a_token_of_its_own(shop: SmallCatalogue) -> None:
    cart = add(shop, "DR-S", token=None)
    assert len(cart.token) >= 30
    assert queries.cart(cart.token, locale="fr").lines[0].name == "Robe en lin"
    assert queries.cart_count(cart.token) == 1


def test_a_token_that_is_none_of_ours_is_replaced(shop: SmallCatalogue) -> None:
    assert add(shop, "DR-S", token="1").token != "1"
    assert add(shop, "DR-S", token="x" * 500).token != "x" * 500


def test_adding_twice_adds_up_and_tells(shop: SmallCatalogue) -> None:
    actions.add_to_cart(token=TOKEN, variant_id=shop.variants["DR-S"], quantity=1, at=AT, visit="v1")
    cart = add(shop, "DR-S", 2)
    assert [(line.sku, line.quantity) for line in cart.lines] == [("DR-S", 3)]
    assert cart.subtotal.amount_minor == 3 * 8900
    events = OutboxEvent.objects.filter(name="checkout.cart_line_added").order_by("id")
    assert [(event.payload["quantity"], event.payload["visit"]) for event in events] == [(1, "v1"), (2, "v1")]


def test_nothing_and_less_than_nothing_are_refused(shop: SmallCatalogue) -> None:
    for quantity in (0, -3):
        with pytest.raises(Invalid):
            add(shop, "DR-S", quantity)
    with pytest.raises(Invalid):
        actions.set_quantity(token=TOKEN, variant_id=shop.variants["DR-S"], quantity=-1, at=AT)
    with pytest.raises(NotFound):
        actions.add_to_cart(token=TOKEN, variant_id=10**9, quantity=1, at=AT)


def test_no_more_than_is_left(shop: SmallCatalogue) -> None:
    add(shop, "DR-M", 3)
    with pytest.raises(NotEnough) as short:
        add(shop, "DR-M", 2)
    assert (short.value.params["available"], short.value.params["in_cart"]) == (4, 3)
    with pytest.raises(NotEnough) as gone:
        add(shop, "JE-S")
    assert gone.value.params["available"] == 0


def test_no_more_than_the_limit(shop: SmallCatalogue) -> None:
    catalog.receive_stock(variant_id=shop.variants["DR-S"], quantity=100, at=AT)
    add(shop, "DR-S", 20)
    with pytest.raises(CartFull):
        add(shop, "DR-S", 1)
    with pytest.raises(CartFull):
        actions.set_quantity(token=TOKEN, variant_id=shop.variants["DR-S"], quantity=21, at=AT)


def test_changing_and_removing(shop: SmallCatalogue) -> None:
    add(shop, "DR-S", 2)
    add(shop, "SW-M", 1)
    cart = actions.set_quantity(token=TOKEN, variant_id=shop.variants["DR-S"], quantity=5, at=AT)
    assert [line.quantity for line in cart.lines] == [5, 1]
    cart = actions.remove(token=TOKEN, variant_id=shop.variants["DR-S"], at=AT)
    assert [line.sku for line in cart.lines] == ["SW-M"]
    again = actions.remove(token=TOKEN, variant_id=shop.variants["DR-S"], at=AT)
    assert again == cart


def test_a_moved_price_is_told_until_it_is_accepted(shop: SmallCatalogue) -> None:
    add(shop, "DR-S")
    catalog.set_price(variant_id=shop.variants["DR-S"], amount_minor=9900, reason="cost", actor_id=None, at=AT)
    cart = queries.cart(TOKEN, locale="en")
    (line,) = cart.prices_moved
    assert (line.price_seen.amount_minor, line.unit.amount_minor) == (8900, 9900)
    assert not cart.ready
    assert cart.subtotal.amount_minor == 9900
    accepted = actions.acknowledge_prices(token=TOKEN, at=AT)
    assert accepted.ready
    assert accepted.prices_moved == ()


def test_lines_that_sell_out_or_leave_the_catalogue_say_so(shop: SmallCatalogue) -> None:
    add(shop, "DR-S", 3)
    add(shop, "DR-M", 1)
    add(shop, "SW-S", 1)
    catalog.adjust_stock(variant_id=shop.variants["DR-S"], quantity=-8, reason="broken", actor_id=None, at=AT)
    catalog.adjust_stock(variant_id=shop.variants["DR-M"], quantity=-4, reason="broken", actor_id=None, at=AT)
    catalog.update_product(product_id=shop.products["wool-sweater"], state="archived", at=AT)
    states = {line.sku: (line.state, line.available) for line in queries.cart(TOKEN, locale="en").lines}
    assert states["DR-S"] == (LineState.REDUCED, 2)
    assert states["DR-M"] == (LineState.SOLD_OUT, 0)
    assert states["SW-S"][0] is LineState.ARCHIVED
    fitted = actions.fit_to_stock(token=TOKEN, at=AT)
    assert [(line.sku, line.quantity) for line in fitted.lines] == [("DR-S", 2)]
    assert fitted.ready


def test_two_carts_become_one_at_sign_in(shop: SmallCatalogue) -> None:
    claire = people.customer("claire", at=AT)
    phone = "token-of-claires-phone-0001"
    filled_cart({"DR-S": 2, "SW-M": 1}, catalogue=shop, token=phone)
    actions.merge_carts(token=phone, customer_id=claire.id, at=AT)
    filled_cart({"DR-S": 1, "DR-M": 1}, catalogue=shop, token=TOKEN)
    merged = actions.merge_carts(token=TOKEN, customer_id=claire.id, at=AT)
    assert {line.sku: line.quantity for line in merged.lines} == {"DR-S": 2, "DR-M": 1, "SW-M": 1}
    assert actions.merge_carts(token=TOKEN, customer_id=claire.id, at=AT) == merged
    on_phone = queries.cart(phone, locale="en")
    assert on_phone.lines == merged.lines
    assert models.Cart.objects.filter(customer_id=claire.id, state="open").count() == 1


def test_a_cart_left_by_somebody_else_is_not_taken(shop: SmallCatalogue) -> None:
    claire, emma = people.customer("claire", at=AT), people.customer("emma", at=AT)
    filled_cart({"DR-S": 1}, catalogue=shop)
    actions.merge_carts(token=TOKEN, customer_id=claire.id, at=AT)
    assert actions.merge_carts(token=TOKEN, customer_id=emma.id, at=AT).customer_id != emma.id
    assert models.Cart.objects.get(token=TOKEN).customer_id == claire.id


def test_a_cart_costs_four_statements(shop: SmallCatalogue, django_assert_max_num_queries) -> None:
    filled_cart({"DR-S": 1, "DR-M": 1, "SW-S": 1}, catalogue=shop)
    with django_assert_max_num_queries(4):
        queries.cart(TOKEN, locale="fr")


def test_abandoned_carts_are_forgotten(shop: SmallCatalogue) -> None:
    add(shop, "DR-S")
    actions.tidy(at=AT + timedelta(days=89))
    assert queries.cart(TOKEN, locale="en").count == 1
    actions.tidy(at=AT + timedelta(days=91))
    assert queries.cart(TOKEN, locale="en").count == 0
