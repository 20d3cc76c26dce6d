"""Promotions in orders: however a code is typed, taken once, given back once; and as the team writes them."""

from datetime import timedelta

import pytest
from django.test import override_settings

from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import (
    AdjustmentKind,
    Benefit,
    CodeProblem,
    GiftEntryKind,
)
from parvis.domains.checkout.rules import codes
from parvis.domains.checkout.testing import AT, TOKEN, filled_cart
from parvis.domains.checkout.tests.offers_in_orders import issued, place, promotion, terms, typed
from parvis.domains.people.testing import BY_KEY

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


# -- codes in the box ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("welcome10", id="small"),
        pytest.param("  Wel come-10 ", id="spaces"),
        pytest.param("ＷＥＬＣＯＭＥ１０", id="full width"),
        pytest.param("Wélcômè10", id="accents"),
        pytest.param("wel\u200bcome\u00ad10", id="invisible"),
    ],
)
def test_however_a_code_is_typed(shop: SmallCatalogue, text: str) -> None:
    promotion()
    filled_cart({"DR-S": 1}, catalogue=shop)
    answer = typed(text)
    assert (answer.code, answer.problem) == ("WELCOME10", None)
    assert queries.cart(TOKEN, locale="en").codes == ("WELCOME10",)


@pytest.mark.parametrize("text", ["WЕLCOME10", "WELC0ME10", "<script>", "x" * 5000, "٣٣٣", "💥"])
def test_a_look_alike_is_another_code_and_not_kept(shop: SmallCatalogue, text: str) -> None:
    promotion()
    filled_cart({"DR-S": 1}, catalogue=shop)
    if codes.normal(text):
        assert typed(text).problem is CodeProblem.UNKNOWN
    else:
        with pytest.raises(Invalid):
            typed(text)
    assert queries.cart(TOKEN, locale="en").codes == ()


def test_a_thousand_codes_are_refused_whole(shop: SmallCatalogue) -> None:
    filled_cart({"DR-S": 1}, catalogue=shop)
    with pytest.raises(actions.TooManyCodes):
        actions.set_codes(token=TOKEN, typed=[f"CODE{number}" for number in range(1000)], at=AT)
    with pytest.raises(actions.TooManyCodes):
        actions.set_codes(token=TOKEN, typed=[f"CODE{number}" for number in range(11)], at=AT)
    kept = actions.set_codes(token=TOKEN, typed=["one", "ONE", " o-n-e "], at=AT)
    assert kept.codes == ("ONE",)
    with pytest.raises(actions.NoCart):
        actions.add_code(token="nobody", typed="one", at=AT)


def test_a_code_that_only_waits_for_more_stays(shop: SmallCatalogue) -> None:
    promotion(minimum_minor=10_000)
    filled_cart({"DR-S": 1}, catalogue=shop)
    answer = typed("WELCOME10")
    assert (answer.problem, answer.detail["missing_minor"]) == (CodeProblem.BELOW_MINIMUM, 1100)
    filled_cart({"SW-S": 1}, catalogue=shop)
    cart = queries.cart(TOKEN, locale="en")
    assert queries.quote(cart, at=AT).totals.discount.amount_minor == 1540
    actions.remove_code(token=TOKEN, code="WELCOME10", at=AT)
    assert queries.cart(TOKEN, locale="en").codes == ()


def test_a_gift_cards_code_is_kept_nowhere(shop: SmallCatalogue) -> None:
    card = issued()
    filled_cart({"DR-S": 1}, catalogue=shop)
    answer = typed(card.code.lower())
    assert (answer.accepted, answer.gift_card, answer.code) == (True, True, f"•••• {card.card.last4}")
    plain = card.code.replace("-", "")
    stored = [str(row) for table in (models.Cart, models.GiftCard, models.GiftEntry) for row in table.objects.values()]
    assert not any(plain in row or card.code in row for row in stored)
    kept = queries.cart(TOKEN, locale="en").codes[0]
    assert actions.set_codes(token=TOKEN, typed=[answer.code], at=AT).codes == (kept,)
    assert actions.set_codes(token=TOKEN, typed=[kept], at=AT).codes != (kept,), "what is kept opens nothing"


# -- in orders ----------------------------------------------------------------------------------------------------


def test_an_order_keeps_what_was_taken_off_and_why(shop: SmallCatalogue) -> None:
    made = promotion(max_uses=1)
    filled_cart({"DR-S": 1, "SW-S": 1}, catalogue=shop)
    typed("WELCOME10")
    order = place(expected_total_minor=13_860)
    assert (order.totals.discount.amount_minor, order.totals.shipping.amount_minor) == (1540, 0)
    (adjustment,) = order.adjustments
    assert (adjustment.code, adjustment.amount.amount_minor, adjustment.name("fr")) == ("WELCOME10", 1540, "Bienvenue")
    assert adjustment.reason("fr") == (
        "10\u00a0% de réduction. Cumulable avec les offres de la boutique, pas avec un autre code."
    )
    assert sum(line.discount_minor for line in order.lines) == 1540
    assert sum(share.tax.amount_minor for share in order.taxes) == order.totals.tax.amount_minor == 2310
    assert queries.promotion(made.id).used == 1


def test_once_a_customer_also_for_a_guest(shop: SmallCatalogue) -> None:
    promotion(max_per_customer=1)
    filled_cart({"DR-S": 1}, catalogue=shop)
    typed("WELCOME10")
    assert place().totals.discount.amount_minor == 890
    filled_cart({"DR-S": 1}, catalogue=shop, token=TOKEN + "2")
    assert typed("WELCOME10", token=TOKEN + "2").accepted, "who it is is not known yet"
    with pytest.raises(actions.TotalMoved) as moved:
        place(token=TOKEN + "2", key="k2", expected_total_minor=8010)
    assert moved.value.params["total"] == 8900
    assert models.Order.objects.count() == 1
    assert place("emma", token=TOKEN + "2", key="k3").totals.discount.amount_minor == 890


def test_a_use_is_free_again_when_the_order_ends_unpaid(shop: SmallCatalogue) -> None:
    made, card = promotion(max_uses=1), issued(1000)
    filled_cart({"DR-S": 1}, catalogue=shop)
    typed("WELCOME10")
    typed(card.code)
    order = place()
    assert (queries.promotion(made.id).used, queries.gift_card(card.card.id).balance.amount_minor) == (1, 0)
    actions.cancel(order_id=order.id, at=AT)
    actions.cancel(order_id=order.id, at=AT)
    assert (queries.promotion(made.id).used, queries.gift_card(card.card.id).balance.amount_minor) == (0, 1000)
    kinds = [entry.kind for entry in queries.gift_ledger(card.card.id)]
    assert kinds == [GiftEntryKind.ISSUED, GiftEntryKind.SPENT, GiftEntryKind.RETURNED]


def test_an_order_that_was_reopened_has_its_codes_again(shop: SmallCatalogue) -> None:
    promotion()
    filled_cart({"DR-S": 1}, catalogue=shop)
    typed("WELCOME10")
    cart = actions.reopen_cart(order_token=place().token, at=AT, locale="en")
    assert cart.codes == ("WELCOME10",)


def test_a_members_price_is_for_who_has_signed_in(shop: SmallCatalogue) -> None:
    promotion(kind=AdjustmentKind.MEMBER, code="", status="member", value=2000)
    filled_cart({"DR-S": 1}, catalogue=shop)
    claire = place().customer_id
    actions.give_status(customer_id=claire, status="member", since=AT, until=AT + timedelta(days=1))
    filled_cart({"DR-S": 1}, catalogue=shop, token=TOKEN + "2")
    cart = queries.cart(TOKEN + "2", locale="en")

    def off(**buyer) -> int:
        return queries.quote(cart, **{"at": AT, **buyer}).totals.discount.amount_minor

    assert off(customer_id=claire) == 1780
    assert off(email=BY_KEY["claire"].email) == 0, "anybody can type her address"
    assert off(customer_id=claire, at=AT + timedelta(days=1)) == 0
    assert place(token=TOKEN + "2", key="k2").totals.discount.amount_minor == 0
    actions.take_status(customer_id=claire, status="member")
    assert off(customer_id=claire) == 0
    with pytest.raises(NotFound):
        actions.give_status(customer_id=0, status="member", since=AT)


def test_a_promotion_whose_article_left_the_shop(shop: SmallCatalogue) -> None:
    filled_cart({"DR-S": 1, "SW-S": 1}, catalogue=shop)
    dress = queries.cart(TOKEN, locale="en").lines[0].product_id
    promotion(products=(dress,))
    typed("WELCOME10")
    catalog.archive_variant(variant_ids=[shop.variants["DR-S"]], at=AT)
    cart = actions.fit_to_stock(token=TOKEN, at=AT)
    assert [line.sku for line in cart.lines] == ["SW-S"]
    assert queries.quote(cart, at=AT).answers[0].problem is CodeProblem.NO_ARTICLE
    assert place().totals.discount.amount_minor == 0


# -- as the team writes them --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"code": ""}, "code", id="no code"),
        pytest.param({"code": "É"}, "code", id="short code"),
        pytest.param({"code": "ABCDEFGH23456789"}, "code", id="like a gift card"),
        pytest.param({"kind": AdjustmentKind.PROMOTION}, "code", id="code of nobody"),
        pytest.param({"value": 0}, "value", id="nothing off"),
        pytest.param({"value": 10_001}, "value", id="more than all"),
        pytest.param({"benefit": Benefit.AMOUNT, "value": -500}, "value", id="negative"),
        pytest.param({"minimum_minor": -1}, "minimum_minor", id="negative minimum"),
        pytest.param({"benefit": Benefit.N_FOR_M}, "benefit", id="bundle with a code"),
        pytest.param({"starts_at": AT, "ends_at": AT}, "ends_at", id="over before it begins"),
        pytest.param({"max_uses": 0}, "max_uses", id="for nobody"),
        pytest.param({"name_fr": "  "}, "name_fr", id="no name"),
        pytest.param({"kind": AdjustmentKind.MEMBER}, "status", id="members without a status"),
        pytest.param({"kind": AdjustmentKind.CREATOR}, "creator", id="creator without a name"),
        pytest.param(
            {"kind": AdjustmentKind.BUNDLE, "benefit": Benefit.N_FOR_M, "code": "", "take": 2, "pay": 2},
            "pay",
            id="2 for 2",
        ),
        pytest.param(
            {"kind": AdjustmentKind.BUNDLE, "benefit": Benefit.SET_PRICE, "code": "", "products": (1,)},
            "products",
            id="a set of one",
        ),
    ],
)
def test_what_cannot_be_a_promotion(changes: dict[str, object], field: str) -> None:
    with pytest.raises(actions.BadTerms) as bad:
        promotion(**changes)
    assert field in [fault.field for fault in bad.value.faults]


def test_two_people_edit_and_the_second_is_told() -> None:
    made = promotion()
    changed = actions.edit_promotion(promotion_id=made.id, terms=terms(value=2000), revision=1, at=AT)
    assert (changed.revision, changed.terms.value) == (2, 2000)
    with pytest.raises(actions.EditedMeanwhile):
        actions.edit_promotion(promotion_id=made.id, terms=terms(value=3000), revision=1, at=AT)
    with pytest.raises(NotFound):
        actions.edit_promotion(promotion_id=0, terms=terms(), revision=1, at=AT)


def test_a_code_belongs_to_one_until_that_is_stopped() -> None:
    first = promotion()
    with pytest.raises(actions.CodeTaken):
        promotion(code="welcome-10")
    actions.stop_promotion(promotion_id=first.id, at=AT)
    assert promotion().id != first.id
    again = actions.create_promotion(terms=terms(code="OTHER"), key="summer", at=AT)
    assert actions.create_promotion(terms=terms(code="OTHER"), key="summer", at=AT) == again


@override_settings(CURRENCY="USD")
def test_a_promotion_in_another_currency_does_not_count(shop: SmallCatalogue) -> None:
    made = promotion()
    assert made.currency == "USD"
