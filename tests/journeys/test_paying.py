"""Paying, with all that comes between: the bank asks, refuses, the shop moves on, the button is pressed twice."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.world import World

from parvis.core.clock import now
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as catalog_queries
from parvis.domains.checkout import queries as checkout_queries
from parvis.domains.checkout.contracts import OrderState
from parvis.domains.checkout.models import Order


def _at_the_bank(page: Page, *, email: str) -> None:
    """From an empty cart to the bank's question."""
    steps.put_in_cart(page, "wool-sweater", "S")
    steps.check_out(page, email=email, name="Ada Bell", card=steps.CHALLENGED)
    expect(page).to_have_url(re.compile("/testpay/challenge/"))
    expect(page.get_by_role("heading")).to_have_text("Is it you who is paying?")


def _orders_of(email: str) -> list[Order]:
    return list(Order.objects.filter(email=email))


def test_the_bank_asks_and_the_buyer_accepts(visit: Visit, world: World) -> None:
    page = visit()
    _at_the_bank(page, email="accepts@shopper.example")
    expect(page.locator("dl")).to_contain_text("3155")
    page.get_by_role("button", name="Yes, confirm the payment").click()
    number = steps.order_number(page)
    assert checkout_queries.order_by_number(number).state is OrderState.PAID


def test_the_bank_is_refused_then_another_card_pays(visit: Visit, world: World) -> None:
    page = visit()
    _at_the_bank(page, email="refuses@shopper.example")
    page.get_by_role("button", name="No, refuse it").click()
    expect(page).to_have_url(re.compile("/checkout/pay/"))
    expect(page.get_by_text("The payment was not confirmed with your bank.")).to_be_visible()
    steps.type_card(page, steps.DECLINED)
    page.locator("main form.card button[type=submit]").click()
    expect(page.get_by_text("Your bank has declined this card.")).to_be_visible()
    steps.type_card(page, steps.GOOD)
    page.locator("main form.card button[type=submit]").click()
    steps.order_number(page)
    assert [order.state for order in _orders_of("refuses@shopper.example")] == ["paid"]


def test_a_price_that_moved_is_told_old_and_new_and_has_to_be_accepted(visit: Visit, world: World) -> None:
    variant = world.variants["SW-M"]
    page = visit()
    steps.put_in_cart(page, "wool-sweater", "M")
    steps.to_checkout(page)
    steps.tell_who_and_where(page, email="moved@shopper.example", name="Max Price")
    steps.type_card(page)
    catalog.set_price(variant_id=variant, amount_minor=7250, reason="autumn", actor_id=None, at=now())
    try:
        steps.order_button(page).click()
        expect(page).to_have_url(re.compile("/cart/$"))
        told = page.locator(".notice").filter(has_text="A price has changed").last
        expect(told).to_contain_text("€65.00")
        expect(told).to_contain_text("€72.50")
        expect(page.locator("main aside a.button")).to_have_count(0)
        assert not _orders_of("moved@shopper.example")
        page.get_by_role("button", name="Go on with today’s prices").click()
        expect(page.locator("main aside a.button")).to_be_visible()
        steps.check_out(page, email="moved@shopper.example", name="Max Price")
        steps.order_number(page)
        assert [order.subtotal_minor for order in _orders_of("moved@shopper.example")] == [7250]
    finally:
        catalog.set_price(variant_id=variant, amount_minor=6500, reason="autumn over", actor_id=None, at=now())


def test_the_last_one_went_to_somebody_else(visit: Visit, world: World) -> None:
    world.stock("SW-L", 1)
    try:
        page = visit()
        steps.put_in_cart(page, "wool-sweater", "L")
        steps.to_checkout(page)
        steps.tell_who_and_where(page, email="late@shopper.example", name="Late Comer")
        steps.type_card(page)
        world.sold({"SW-L": 1}, email="quick@shopper.example")
        steps.order_button(page).click()
        expect(page).to_have_url(re.compile("/cart/$"))
        expect(page.get_by_text("Not everything can be ordered as it stands")).to_be_visible()
        expect(page.locator("li.line")).to_contain_text("Sold out")
        assert not _orders_of("late@shopper.example")
        page.get_by_role("button", name="Keep what is left").click()
        expect(page.get_by_text("Your cart is empty")).to_be_visible()
        # who comes later is told on the product's page
        page.goto("/en/products/wool-sweater/")
        expect(page.locator("label.tile").filter(has_text="sold out").locator("input")).to_be_disabled()
    finally:
        world.stock("SW-L", 60)


@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no-scripts"])
def test_pressing_twice_orders_once(visit: Visit, world: World, *, script: bool) -> None:
    email = f"twice-{script}@shopper.example".lower()
    before = catalog_queries.available([world.variants["DR-S"]])[world.variants["DR-S"]]
    page = visit(script=script)
    steps.put_in_cart(page, "linen-dress", "S")
    steps.to_checkout(page)
    steps.tell_who_and_where(page, email=email, name="Twice Lee")
    steps.type_card(page)
    steps.order_button(page).dblclick()
    steps.order_number(page)
    assert [order.state for order in _orders_of(email)] == ["paid"]
    assert catalog_queries.available([world.variants["DR-S"]])[world.variants["DR-S"]] == before - 1


def test_going_back_after_the_payment_pays_nothing_twice(visit: Visit, world: World) -> None:
    email = "back@shopper.example"
    page = visit()
    steps.put_in_cart(page, "linen-dress", "M")
    steps.check_out(page, email=email, name="Bo Back")
    number = steps.order_number(page)
    page.go_back()
    if page.locator("#checkout").count():
        # The browser may show the form again from its memory: sending it leads to the order that stands.
        steps.tell_who_and_where(page, email=email, name="Bo Back")
        steps.type_card(page)
        steps.order_button(page).click()
        assert steps.order_number(page) == number
    page.goto("/en/cart/")
    expect(page.get_by_text("Your cart is empty")).to_be_visible()
    order = checkout_queries.order_by_number(number)
    assert [row.state for row in _orders_of(email)] == ["paid"]
    assert order.payment is not None
    assert order.payment.captured_minor == order.totals.total.amount_minor
    # the page of the payment of a paid order leads to the order
    page.goto(f"/en/checkout/pay/{order.token}/")
    assert steps.order_number(page) == number


def test_what_is_ordered_ahead_fits_on_a_phone_and_is_taken_back(visit: Visit, world: World) -> None:
    world.stock("JE-L", 0)
    variant = world.variants["JE-L"]
    catalog.set_preorder(variant_id=variant, on=now().date() + timedelta(days=30), limit=2, at=now())
    try:
        page = visit("/fr/", width="phone", locale="fr-FR")
        steps.put_in_cart(page, "straight-jeans", "L", language="fr")
        page.goto("/fr/cart/")
        badge = page.locator("li.line .badge")
        expect(badge).to_contain_text("Précommande")
        box = badge.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390
        steps.check_out(page, email="ahead@shopper.example", name="Anne Avance", language="fr")
        steps.order_number(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name="Annuler la précommande").click()
        expect(page.locator("main")).to_contain_text("Remboursée")
    finally:
        catalog.set_preorder(variant_id=variant, on=None, limit=0, at=now())
        world.stock("JE-L", 60)
