"""Ordering ahead on the pages: said on each of them, never instead of what was in stock."""

from datetime import timedelta

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.catalog import actions as catalog
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import OrderState
from parvis.interfaces.storefront.tests.conftest import Shop
from parvis.interfaces.storefront.tests.test_buying import fill, put_in_cart, token_of
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database


def _open(shop: Shop, *skus: str, limit: int = 2) -> None:
    day = now().date() + timedelta(days=30)
    for sku in skus:
        catalog.set_preorder(variant_id=shop.catalogue.variants[sku], on=day, limit=limit, at=now())


def test_it_is_said_on_every_page(shop: Shop, visitor: Client) -> None:
    _open(shop, "JE-S")
    html = visitor.get(address("product", slug="straight-jeans")).content.decode()
    assert "https://schema.org/PreOrder" in html
    assert "availabilityStarts" in html
    assert "Not in yet: it is sent when it comes in" in html
    assert 'id="back-in-stock"' in html, "the other sizes are still sold out"
    assert "Pre-order" in visitor.get(address("products")).content.decode()
    put_in_cart(visitor, shop, "JE-S")
    assert "Pre-order: expected on" in visitor.get(address("cart")).content.decode()
    page = visitor.get(address("checkout")).content.decode()
    assert "Pre-order: expected on" in page
    variant = str(shop.catalogue.variants["JE-S"])
    answer = visitor.post(address("checkout"), fill(page, ahead=variant))
    token = token_of(answer)
    assert queries.order_by_token(token).state is OrderState.PAID
    told = visitor.get(address("order", token=token)).content.decode()
    assert "Pre-order: expected on" in told
    assert "Cancel the pre-order" in told
    assert "Write a review" not in told, "of what nobody has seen yet"
    french = visitor.get(address("order", "fr", token=token)).content.decode()
    assert "Annuler la précommande" in french
    back = visitor.post(address("take_back_preorder", token=token), follow=True).content.decode()
    assert "Taken back" in back
    assert queries.order_by_token(token).state is OrderState.REFUNDED


def test_who_saw_it_in_stock_confirms_once_more(shop: Shop, visitor: Client) -> None:
    _open(shop, "DR-M")
    put_in_cart(visitor, shop, "DR-M", quantity="1")
    page = visitor.get(address("checkout")).content.decode()
    assert "Pre-order: expected on" not in page
    catalog.adjust_stock(variant_id=shop.catalogue.variants["DR-M"], quantity=-4, reason="lost", at=now())
    answer = visitor.post(address("checkout"), fill(page))
    assert answer.status_code == 422
    assert "Pre-order: expected on" in answer.content.decode()
