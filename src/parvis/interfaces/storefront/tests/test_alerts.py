"""Told when it is back, on the pages."""

import pytest
from django.test import Client

from parvis.domains.checkout import models, queries
from parvis.domains.checkout.contracts import AlertState
from parvis.interfaces.storefront.tests.conftest import Shop
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database


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
    assert "Shall we write to you once" in visitor.get(link).content.decode()
    assert queries.alert(row.token).state is AlertState.ASKED, "looking at the page changes nothing"
    assert "when it is back" in visitor.post(link, {"do": "confirm"}, follow=True).content.decode()
    assert queries.alert(row.token).state is AlertState.WAITING
    assert "your address is forgotten" in visitor.post(link, {"do": "stop"}, follow=True).content.decode()
    assert visitor.get(address("alert", token="x" * 30)).status_code == 410


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
