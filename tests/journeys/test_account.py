"""Somebody with an account: the second purchase takes two clicks, and everything of theirs is in one place."""

import re

from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.world import World

from parvis.core.clock import now
from parvis.domains.people.models import Customer
from parvis.domains.people.testing import BY_KEY
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Origin, VoiceKind


def test_known_shoppers_buy_in_two_clicks_and_find_what_is_theirs(visit: Visit, world: World) -> None:
    emma = Customer.objects.get(email=BY_KEY["emma"].email)
    voices.receive(
        NewVoice(
            kind=VoiceKind.REVIEW,
            product_id=world.products["wool-sweater"],
            title="Warm",
            text="Warm and light, I wear this sweater on every cold evening.",
            stars=5,
            author_name="Emma",
            customer_id=emma.pk,
            language="en",
            submitted_at=now(),
            origin=Origin.STOREFRONT,
            origin_ref="journeys:emma",
        ),
        at=now(),
    )
    world.sold({"DR-M": 1}, email="stranger@shopper.example")
    page = visit()
    steps.sign_in(page, "emma", to="/en/account/")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()

    # the first time everything is typed, and kept on request
    steps.put_in_cart(page, "linen-dress", "S")
    steps.to_checkout(page)
    steps.tell_who_and_where(page, email=BY_KEY["emma"].email, name="Emma Fletcher")
    steps.type_card(page)
    page.locator("[name=save]").check()
    steps.order_button(page).click()
    first = steps.order_number(page)

    # the second time: buy now, and one confirmation
    steps.choose(page, "linen-dress", "M")
    page.locator("button[name=buy]").click()
    expect(page).to_have_url(re.compile("/checkout/express/"))
    expect(page.locator("#confirm")).to_contain_text("12 rue des Lilas")
    expect(page.locator("#confirm")).to_contain_text("•••• 4242")
    page.locator("#confirm button[type=submit]").click()
    second = steps.order_number(page)
    assert second != first

    # her orders, her voice, and nobody else's
    page.goto("/en/account/orders/")
    numbers = page.locator("main ul.plain-list a.strong")
    expect(numbers).to_have_text([second, first])
    world.settle()
    page.goto("/en/account/voices/")
    expect(page.locator("main ul.plain-list > li")).to_have_count(1)
    expect(page.locator("main ul.plain-list")).to_contain_text("every cold evening")

    # consents are given, kept with their time, and taken back
    page.goto("/en/account/consents/")
    marketing = page.locator("input[name=purpose][value=marketing]")
    expect(marketing).not_to_be_checked()
    marketing.check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("input[name=purpose][value=marketing]")).to_be_checked()
    expect(page.locator("main time").first).to_be_visible()
    page.locator("input[name=purpose][value=marketing]").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("input[name=purpose][value=marketing]")).not_to_be_checked()
