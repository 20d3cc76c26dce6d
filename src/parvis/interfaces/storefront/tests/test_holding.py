"""The time for which articles are kept is shown as it is, and its end tells the truth."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as catalog_queries
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import Order, OrderState
from parvis.domains.checkout.testing import DECLINED, GOOD, pay, placed_order
from parvis.interfaces.storefront.tests.conftest import Shop
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database

CARD = {"number": GOOD, "expiry": "12/90", "cvc": "123"}


def _placed(*, ago: timedelta, lines: dict[str, int] | None = None) -> Order:
    return placed_order(lines or {"DR-S": 1}, at=now() - ago)


def _left(html: str) -> int:
    found = re.search(r'data-hold="(\d+)"', html)
    assert found
    return int(found[1])


@pytest.mark.parametrize("name", ["pay", "order"])
def test_the_server_says_how_long(shop: Shop, visitor: Client, name: str) -> None:
    order = _placed(ago=timedelta(minutes=5))
    first = _left(visitor.get(address(name, token=order.token)).content.decode())
    assert 9 * 60 < first <= 10 * 60
    again = _left(visitor.get(address(name, token=order.token)).content.decode())
    assert again <= first, "looking again gives no more time"


def test_without_a_script_the_sentence_says_until_when(shop: Shop, visitor: Client) -> None:
    order = _placed(ago=timedelta(minutes=1))
    html = visitor.get(address("pay", token=order.token)).content.decode()
    assert "Your articles are kept for you until" in html
    assert re.search(r"data-hold-over hidden", html)
    assert not re.search(r"data-hold-running hidden", html)


def test_paying_at_the_last_second_still_pays(shop: Shop, visitor: Client) -> None:
    """The time is over but nobody has taken the articles back yet: the page says so, and the payment counts."""
    order = _placed(ago=timedelta(minutes=16))
    html = visitor.get(address("pay", token=order.token)).content.decode()
    assert _left(html) == 0
    assert not re.search(r"data-hold-over hidden", html)
    answer = visitor.post(address("pay", token=order.token), CARD)
    assert answer["Location"] == address("order", token=order.token)
    assert queries.order_by_token(order.token).state is OrderState.PAID


def test_paying_after_the_end_charges_nothing_and_one_click_tries_again(shop: Shop, visitor: Client) -> None:
    order = _placed(ago=timedelta(minutes=16))
    actions.expire(at=now())
    answer = visitor.post(address("pay", token=order.token), CARD, follow=True)
    html = answer.content.decode()
    assert "It was not paid in time" in html
    assert queries.order_by_token(order.token).payment is None
    led = visitor.post(address("again", token=order.token))
    assert led["Location"] == address("checkout")
    assert "Linen dress" in visitor.get(address("checkout")).content.decode()
    assert queries.order_by_token(order.token).state is OrderState.CANCELLED


def test_trying_again_when_they_are_gone_says_so(shop: Shop, visitor: Client) -> None:
    order = _placed(ago=timedelta(minutes=16), lines={"DR-M": 2})
    actions.expire(at=now())
    catalog.adjust_stock(variant_id=shop.catalogue.variants["DR-M"], quantity=-4, reason="lost", at=now())
    led = visitor.post(address("again", token=order.token))
    assert led["Location"] == address("cart")
    assert "Sold out" in visitor.get(address("cart")).content.decode()


def test_only_what_was_not_paid_in_time_is_tried_again(shop: Shop, visitor: Client) -> None:
    order = _placed(ago=timedelta(minutes=1))
    assert visitor.post(address("again", token=order.token))["Location"] == address("order", token=order.token)
    assert visitor.post(address("again", token="x" * 32)).status_code == 404
    visitor.get(address("again", token=order.token))
    assert queries.cart_count(order.token) == 0, "looking changes nothing"


def test_an_order_that_ended_shows_no_clock(shop: Shop, visitor: Client) -> None:
    start: datetime = now() - timedelta(minutes=16)
    order = placed_order({"DR-M": 4}, at=start)
    pay(order, number=DECLINED, at=start)
    actions.expire(at=now())
    assert catalog_queries.available([shop.catalogue.variants["DR-M"]]) == {shop.catalogue.variants["DR-M"]: 4}
    html = visitor.get(address("order", token=order.token)).content.decode()
    assert "It was not paid in time" in html
    assert "Try again" in html
    assert "data-hold=" not in html


def test_an_attempt_gives_time_and_the_page_shows_it(shop: Shop, visitor: Client) -> None:
    order = _placed(ago=timedelta(minutes=14))
    before: Any = visitor.get(address("pay", token=order.token)).content.decode()
    visitor.post(address("pay", token=order.token), {**CARD, "number": DECLINED})
    after = visitor.get(address("pay", token=order.token)).content.decode()
    assert _left(before) <= 60 < 9 * 60 < _left(after) <= 10 * 60
