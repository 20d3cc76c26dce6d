"""The box on the checkout page, and the page behind the mail's link."""

from datetime import timedelta

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.checkout import actions, models
from parvis.domains.messaging import actions as mail
from parvis.domains.messaging.testing import postbox
from parvis.interfaces.storefront.tests.conftest import Shop
from parvis.interfaces.storefront.tests.test_alerts import one_click
from parvis.interfaces.storefront.tests.test_buying import fill, put_in_cart
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database


def test_the_box_is_unticked_and_remembers(shop: Shop, visitor: Client) -> None:
    put_in_cart(visitor, shop)
    html = visitor.get(address("checkout")).content.decode()
    box = html[html.index('name="remind"') :]
    assert "checked" not in box[: box.index(">")]
    visitor.post(address("checkout"), fill(html, update="1"))
    assert not models.CartReminder.objects.exists(), "an e-mail alone is no consent"
    visitor.post(address("cart_remind"), {"remind": "1", "email": "ada@mail.example"})
    row = models.CartReminder.objects.get()
    assert (row.email, row.consent_text) == ("ada@mail.example", "reminder-2026-11")
    box = visitor.get(address("checkout")).content.decode().split('name="remind"')[1]
    assert "checked" in box[: box.index(">")]
    visitor.post(address("cart_remind"), {"email": "ada@mail.example"})
    assert not models.CartReminder.objects.exists()


def test_the_link_brings_the_cart_back(shop: Shop, visitor: Client) -> None:
    put_in_cart(visitor, shop)
    html = visitor.get(address("checkout")).content.decode()
    visitor.post(address("checkout"), fill(html, update="1", remind="1", email="ada@mail.example"))
    token = models.CartReminder.objects.get().token
    elsewhere = Client(headers={"accept-language": "en"})
    link = address("cart_back", token=token)
    page = elsewhere.get(link).content.decode()
    assert "Linen dress" in page
    assert "ada@mail.example" not in page
    assert models.CartReminder.objects.get().back_at is None, "looking changes nothing"
    assert "Linen dress" in elsewhere.post(link, follow=True).content.decode()
    stopped = elsewhere.post(link, {"do": "stop"}, follow=True).content.decode()
    assert "You are not reminded of carts any more" in stopped
    assert elsewhere.get(address("cart_back", token="x" * 30)).status_code == 410


def test_one_click_of_the_mail_program_ends_them(shop: Shop, visitor: Client) -> None:
    put_in_cart(visitor, shop)
    html = visitor.get(address("checkout")).content.decode()
    visitor.post(address("checkout"), fill(html, update="1", remind="1", email="ada@mail.example"))
    at = now() + timedelta(days=1)
    actions.send_reminders(at=at)
    with postbox() as box:
        mail.send_due(at=at)
    path = one_click(box.mails[0])
    assert "stop=1" in visitor.get(path).headers["location"]
    assert models.CartReminder.objects.get().state == "waiting", "looking changes nothing"
    program = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = program.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, answer.content, answer.cookies) == (200, b"", {})
    assert models.CartReminder.objects.get().state == "stopped"
    assert program.post(address("cart_back_stop", token="x" * 30)).status_code == 410
