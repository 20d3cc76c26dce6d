"""The code box of the cart and of the checkout, without any script."""

import re

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.catalog import actions as catalog
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, Door, OrderState, Terms, Wanted
from parvis.domains.checkout.testing import DECLINED
from parvis.interfaces.storefront.tests.conftest import Shop
from parvis.interfaces.storefront.tests.test_buying import field, fill, put_in_cart, token_of
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database


@pytest.fixture
def welcome(shop: Shop) -> None:
    terms = Terms(
        kind=AdjustmentKind.CODE,
        benefit=Benefit.PERCENTAGE,
        value=1000,
        code="WELCOME10",
        name_en="Welcome <i>you</i>",
        name_fr="Bienvenue",
        minimum_minor=5000,
    )
    actions.create_promotion(terms=terms, at=now())


def test_a_code_is_put_in_explained_and_taken_out(shop: Shop, visitor: Client, welcome: None) -> None:
    put_in_cart(visitor, shop)
    assert visitor.post(address("codes"), {"code": "welcome 10"})["Location"] == address("cart") + "#codes"
    html = visitor.get(address("cart")).content.decode()
    for words in ("WELCOME10", "Welcome &lt;i&gt;you&lt;/i&gt;", "10% off from €50.00", "−€8.90", "€80.10"):
        assert words in html, words
    visitor.post(address("codes"), {"drop": "WELCOME10"})
    assert "WELCOME10" not in visitor.get(address("cart")).content.decode()


def test_what_is_wrong_is_said_beside_the_box(shop: Shop, visitor: Client, welcome: None) -> None:
    put_in_cart(visitor, shop)
    answer = visitor.post(address("codes"), {"code": "<script>alert(1)</script>"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "We do not know the code SCRIPTALERT1SCRIPT" in html
    assert "<script>alert(1)" not in html
    assert 'id="code-problem"' in html
    french = visitor.post(address("codes", "fr"), {"code": ""})
    assert "Saisissez un code." in french.content.decode()


def test_what_is_missing_is_said_and_the_code_waits(shop: Shop, visitor: Client, welcome: None) -> None:
    catalog.set_price(variant_id=shop.catalogue.variants["DR-S"], amount_minor=4000, reason="", actor_id=None, at=now())
    put_in_cart(visitor, shop)
    visitor.post(address("codes"), {"code": "WELCOME10"})
    html = visitor.get(address("cart")).content.decode()
    assert "€10.00 of articles are missing: this code counts from €50.00." in html
    for where in (address("cart"), address("checkout"), address("product", slug="linen-dress"), address("products")):
        html = visitor.get(where).content.decode()
        assert "lowest price of the 30 days before" in html.lower(), where
        assert "€89.00" in html, where


def test_codes_cannot_be_tried_without_end(shop: Shop, visitor: Client) -> None:
    put_in_cart(visitor, shop)
    said = [visitor.post(address("codes"), {"code": f"TRY{number}"}).content.decode() for number in range(14)]
    assert "We do not know the code TRY11" in said[11]
    assert "That were many codes at once" in said[13]


def test_the_checkout_takes_codes_and_keeps_what_was_typed(shop: Shop, visitor: Client, welcome: None) -> None:
    put_in_cart(visitor, shop)
    html = visitor.get(address("checkout")).content.decode()
    typed = fill(html, update="codes", code="Welcome-10", name="Dominique of the Long Name")
    after = visitor.post(address("checkout"), typed).content.decode()
    assert "Dominique of the Long Name" in after
    assert "€80.10" in after
    unknown = visitor.post(address("checkout"), {**typed, "code": "NOTHING"}).content.decode()
    assert "We do not know the code NOTHING" in unknown
    answer = visitor.post(
        address("checkout"), {**fill(html), "key": field(after, "key"), "shown": field(after, "shown")}
    )
    order = queries.order_by_token(token_of(answer))
    assert (order.state, order.totals.total.amount_minor) == (OrderState.PAID, 8010)
    page = visitor.get(address("order", token=order.token)).content.decode()
    assert "WELCOME10" in page


def test_a_code_that_ran_out_meanwhile_is_said_before_anything_is_charged(
    shop: Shop, visitor: Client, welcome: None
) -> None:
    put_in_cart(visitor, shop)
    visitor.post(address("codes"), {"code": "WELCOME10"})
    html = visitor.get(address("checkout")).content.decode()
    actions.stop_promotion(promotion_id=models.Promotion.objects.get().id, at=now())
    for shown in (field(html, "shown"), ""):
        answer = visitor.post(address("checkout"), fill(html, shown=shown))
        assert answer.status_code == 422
        assert "confirm once more" in answer.content.decode()
    assert not models.Order.objects.exists()


def test_an_order_that_a_gift_card_pays_needs_no_card(shop: Shop, visitor: Client) -> None:
    card = actions.issue_gift_card(amount_minor=10_000, at=now())
    put_in_cart(visitor, shop)
    visitor.post(address("codes"), {"code": card.code})
    html = visitor.get(address("checkout")).content.decode()
    assert "no card is needed" in html
    assert card.code not in html
    assert 'name="number"' not in html
    form = {**fill(html), "number": "", "expiry": "", "cvc": ""}
    order = queries.order_by_token(token_of(visitor.post(address("checkout"), form)))
    assert (order.state, order.totals.due.amount_minor) == (OrderState.PAID, 0)


def test_what_was_paid_beside_a_gift_card_is_not_asked_for_again(shop: Shop, visitor: Client) -> None:
    card = actions.issue_gift_card(amount_minor=5000, at=now())
    put_in_cart(visitor, shop)
    visitor.post(address("codes"), {"code": card.code})
    html = visitor.get(address("checkout")).content.decode()
    assert "To pay" in html
    token = token_of(visitor.post(address("checkout"), fill(html)))
    page = visitor.get(address("order", token=token)).content.decode()
    assert "To pay" not in page
    assert re.search(r"Charged</dt>\s*<dd[^>]*>€39.00", page)
    # of an order that came to nothing neither was paid, and nothing is asked for
    other = actions.issue_gift_card(amount_minor=5000, at=now())
    put_in_cart(visitor, shop)
    visitor.post(address("codes"), {"code": other.code})
    sent = fill(visitor.get(address("checkout")).content.decode(), number=DECLINED)
    given_up = token_of(visitor.post(address("checkout"), sent))
    visitor.post(address("order_cancel", token=given_up))
    page = visitor.get(address("order", token=given_up)).content.decode()
    for words in ("To pay", "Charged</dt>", "Paid with a gift card"):
        assert words not in page, words


def test_two_tabs_and_a_code_that_was_taken_out_in_one(shop: Shop, visitor: Client, welcome: None) -> None:
    put_in_cart(visitor, shop)
    visitor.post(address("codes"), {"code": "WELCOME10"})
    shown = visitor.get(address("checkout")).content.decode()
    visitor.post(address("codes"), {"drop": "WELCOME10"})
    answer = visitor.post(address("checkout"), fill(shown))
    assert answer.status_code == 422
    assert "The total is now €89.00" in answer.content.decode()


def test_the_page_that_goes_on_with_an_agents_purchase_names_the_code(
    shop: Shop, visitor: Client, welcome: None
) -> None:
    wanted = [Wanted(variant_id=shop.catalogue.variants["DR-S"], quantity=1)]
    session = actions.open_session(door=Door.UCP, lines=wanted, codes=["WELCOME10"], locale="en", at=now())
    html = visitor.get(address("continue", token=session.token)).content.decode()
    for words in ("(WELCOME10)", "Welcome &lt;i&gt;you&lt;/i&gt;", "10% off from €50.00", "−€8.90"):
        assert words in html, words
