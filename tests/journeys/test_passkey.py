"""Bought once, a passkey made: the second purchase is a passkey from the browser's own list and ONE confirmation."""

import re

from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.world import World

from parvis.domains.checkout.models import Order
from parvis.domains.people.testing import BY_KEY

KEY_OF_THE_PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_the_second_purchase_is_a_passkey_and_one_confirmation(visit: Visit, world: World) -> None:
    named = world.url.replace("127.0.0.1", "localhost")  # passkeys belong to a name
    page = visit(f"{named}/en/", width="phone")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": KEY_OF_THE_PHONE})

    page.goto(f"{named}/accounts/login/?next=/en/products/linen-dress/")
    page.locator("[name=login]").fill(BY_KEY["sofiane"].email)
    page.locator("[name=password]").fill(steps.PASSWORD)
    page.locator("main form.stack button[type=submit]").first.click()
    page.locator("label.tile").filter(has_text=re.compile(r"^\s*S\b")).click()
    page.locator("button[name=buy]").click()
    steps.tell_who_and_where(page, email=BY_KEY["sofiane"].email, name="Sofiane Benali")
    steps.type_card(page)
    page.locator("[name=save]").check()
    steps.order_button(page).click()
    first = steps.order_number(page)

    page.locator("#passkey a").click()
    page.locator("[name=password]").fill(steps.PASSWORD)  # who adds a key shows once more who they are
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("[name=passwordless]")).to_be_checked()
    page.locator("#mfa_webauthn_add").click()
    expect(page).to_have_url(re.compile("/2fa/recovery-codes/"))  # of the first key, and then back to where she was
    page.get_by_role("link", name="Continuer").click()  # Sofiane reads French
    assert steps.order_number(page) == first
    page.goto(f"{named}/accounts/2fa/webauthn/add/?next=https://elsewhere.example/")
    expect(page.locator("#id_next")).to_have_value("")
    page.context.clear_cookies()

    page.goto(f"{named}/en/products/linen-dress/")
    page.goto(f"{named}/accounts/login/?next=/en/products/linen-dress/", wait_until="commit")
    # nothing is typed and no button pressed
    expect(page).to_have_url(re.compile("/en/products/linen-dress/"))
    page.locator("label.tile").filter(has_text=re.compile(r"^\s*M\b")).click()
    page.locator("button[name=buy]").click()
    expect(page.locator("#confirm")).to_contain_text("12 rue des Lilas")
    page.locator("#confirm button[type=submit]").click()
    second = steps.order_number(page)
    assert second != first
    assert Order.objects.get(number=second).state == "paid"
