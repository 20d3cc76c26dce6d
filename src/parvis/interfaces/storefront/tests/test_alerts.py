"""Told when it is back, on the pages."""

import re

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.checkout import models, queries
from parvis.domains.checkout.contracts import AlertState
from parvis.domains.messaging import actions as mail
from parvis.domains.messaging.ports import Mail
from parvis.domains.messaging.testing import postbox
from parvis.interfaces.storefront.tests.conftest import Shop
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database


def one_click(sent: Mail) -> str:
    """The path that a mail program posts to (RFC 8058)."""
    assert sent.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return sent.headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")


def test_a_shopper_asks_confirms_and_ends_it(shop: Shop, visitor: Client) -> None:
    html = visitor.get(address("product", slug="linen-dress")).content.decode()
    assert 'id="back-in-stock"' in html
    variant = shop.catalogue.variants["DR-L"]
    answer = visitor.post(
        address("wish", slug="linen-dress"), {"variant": variant, "email": "ada@mail.example"}, follow=True
    )
    assert "We have sent a mail to this address" in answer.content.decode()
    row = models.StockAlert.objects.get()
    link = address("alert", token=row.token)
    page = visitor.get(link).content.decode()
    assert "Shall we write to you once" in page
    assert re.search(r"Linen dress</a> · L\b", page), "which of them is waited for"
    assert queries.alert(row.token).state is AlertState.ASKED, "looking at the page changes nothing"
    assert "when it is back" in visitor.post(link, {"do": "confirm"}, follow=True).content.decode()
    assert queries.alert(row.token).state is AlertState.WAITING
    assert "your address is forgotten" in visitor.post(link, {"do": "stop"}, follow=True).content.decode()
    assert visitor.get(address("alert", token="x" * 30)).status_code == 410


def test_one_click_of_the_mail_program_ends_it(shop: Shop, visitor: Client) -> None:
    wish = {"variant": shop.catalogue.variants["DR-L"], "email": "ada@mail.example"}
    visitor.post(address("wish", slug="linen-dress"), wish)
    with postbox() as box:
        mail.send_due(at=now())
    path = one_click(box.mails[0])
    assert visitor.get(path, follow=True).status_code == 200
    token = models.StockAlert.objects.get().token
    assert queries.alert(token).state is AlertState.ASKED, "looking changes nothing"
    program = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = program.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, answer.content, answer.cookies) == (200, b"", {})
    assert queries.alert(token).state is AlertState.STOPPED
    assert program.post(address("alert_stop", token="x" * 30)).status_code == 410


def test_what_is_in_stock_offers_no_waiting(shop: Shop, visitor: Client) -> None:
    html = visitor.get(address("product", slug="wool-sweater")).content.decode()
    assert 'id="back-in-stock"' not in html


@pytest.mark.parametrize("sent", [{"variant": "x"}, {}, {"variant": "99999999"}, {"variant": "1", "email": "nonsense"}])
def test_nonsense_is_answered(shop: Shop, visitor: Client, sent: dict[str, str]) -> None:
    answer = visitor.post(address("wish", slug="linen-dress"), {"email": "ada@mail.example", **sent})
    assert answer.status_code == 302
    assert not models.StockAlert.objects.exists()


def test_a_caller_who_asks_too_often_is_slowed(shop: Shop, visitor: Client) -> None:
    sent = {"variant": shop.catalogue.variants["DR-L"], "email": "ada@mail.example"}
    codes = [visitor.post(address("wish", slug="linen-dress"), sent).status_code for _ in range(8)]
    assert codes[0] == 302
    assert 429 in codes
