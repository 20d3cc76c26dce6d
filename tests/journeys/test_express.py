"""Time that is told truly, and a purchase that an agent began."""

import re
from datetime import timedelta

from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.world import World

from parvis.core.clock import now
from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import Details, Door, Wanted
from parvis.domains.checkout.models import Order, Reservation
from parvis.domains.checkout.testing import HOME
from parvis.domains.people import testing as people


def test_the_time_left_is_counted_down_and_ends_truly(visit: Visit, world: World) -> None:
    page = visit()
    steps.put_in_cart(page, "wool-sweater", "S")
    steps.check_out(page, email="slow@shopper.example", name="Slow Payer", card=steps.DECLINED)
    expect(page).to_have_url(re.compile("/checkout/pay/"))
    clock = page.locator("[data-hold-clock]")
    expect(clock).to_be_visible()
    first = clock.inner_text()
    expect(clock).not_to_have_text(first)
    order = Order.objects.get(email="slow@shopper.example")
    Reservation.objects.filter(order=order).update(expires_at=now() + timedelta(seconds=6))
    page.reload()
    expect(page.locator("[data-hold-over]")).to_be_visible()
    expect(page.locator("[data-hold-running]")).to_be_hidden()
    actions.expire(at=now() + timedelta(seconds=10))
    steps.type_card(page)
    page.locator("main form.card button[type=submit]").click()
    page.get_by_role("button", name="Try again").click()
    expect(page).to_have_url(re.compile("/checkout/$"))


def test_an_agents_purchase_goes_on_here(visit: Visit, world: World) -> None:
    session = actions.open_session(
        door=Door.UCP,
        lines=[Wanted(variant_id=world.variants["SW-S"], quantity=1)],
        details=Details(email="handed@shopper.example", name="Handed Over", address=HOME, shipping_method="home"),
        locale="en",
        agent_id=people.agent(at=now()),
        at=now(),
    )
    page = visit()
    page.goto(f"/en/checkout/continue/{session.token}/")
    expect(page.get_by_text("h•••@shopper.example")).to_be_visible()
    page.locator("#known-email").fill("handed@shopper.example")
    page.get_by_role("button", name="To the checkout").click()
    expect(page.locator("[name=line1]")).to_have_value("12 rue des Lilas")
    steps.type_card(page)
    steps.order_button(page).click()
    number = steps.order_number(page)
    order = Order.objects.get(number=number)
    assert (order.state, order.door) == ("paid", "ucp")
