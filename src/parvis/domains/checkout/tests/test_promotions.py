"""What is taken off: the rules of stacking, to the cent, whatever the cart and however codes are typed."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from parvis.core.money import Money
from parvis.domains.checkout.contracts import (
    AdjustmentKind,
    CodeProblem,
    GiftCard,
    GiftCardState,
)
from parvis.domains.checkout.rules.promotions import Buyer
from parvis.domains.checkout.tests.carts_in_hand import (
    AT,
    FIVE_OFF,
    HALF,
    LEA,
    MEMBER,
    NEVER_FREE,
    PORT,
    TEN_PERCENT,
    THREE_FOR_TWO,
    WELCOME,
    card,
    cart,
    promotion,
    quoted,
    sums,
)

# -- each alone ---------------------------------------------------------------------------------------------------


def test_three_for_the_price_of_two() -> None:
    """12.00, 10.00 and 9.00: the cheapest is free, shared over the three by value; a fourth is paid."""
    quote = quoted(cart((1200, 1, "socks"), (1000, 1, "socks"), (900, 1, "socks")), THREE_FOR_TWO)
    assert sums(quote) == (3100, 900, 490, 2690)
    assert dict(quote.adjustments[0].lines) == {1: 349, 2: 290, 3: 261}
    assert sums(quoted(cart((1200, 4, "socks")), THREE_FOR_TWO))[1] == 1200
    assert sums(quoted(cart((1200, 6, "socks")), THREE_FOR_TWO))[1] == 2400
    assert sums(quoted(cart((1200, 2, "socks"), (100, 1, "shoes")), THREE_FOR_TWO))[1] == 0


def test_a_set_at_its_price() -> None:
    together = promotion(1, "bundle", "set_price", 9900, products=(1, 2))
    assert sums(quoted(cart((8000, 2, ""), (4000, 1, "")), together))[1] == 2100
    assert sums(quoted(cart((8000, 2, ""), (4000, 2, "")), together))[1] == 4200
    assert sums(quoted(cart((8000, 1, "")), together))[1] == 0
    dearer = promotion(1, "bundle", "set_price", 99_000, products=(1, 2))
    assert sums(quoted(cart((8000, 1, ""), (4000, 1, "")), dearer))[1] == 0
    two = promotion(1, "bundle", "set_price", 1500, take=2, categories=("socks",))
    assert sums(quoted(cart((1000, 2, "socks"), (900, 1, "socks")), two))[1] == 500


def test_an_amount_is_never_more_than_the_goods() -> None:
    quote = quoted(cart((300, 1, "")), promotion(1, "promotion", "amount", 500))
    assert sums(quote) == (300, 300, 490, 490)
    assert quote.adjustments[0].amount == Money(300, "EUR")


def test_free_shipping_is_judged_on_the_goods_after_discount() -> None:
    """80.00 of goods ship free; with 10 % off they cost 72.00 and would ship for 4.90: 76.90 is still the lower."""
    assert sums(quoted(cart((8000, 1, "")))) == (8000, 0, 0, 8000)
    assert sums(quoted(cart((8000, 1, "")), TEN_PERCENT)) == (8000, 800, 490, 7690)
    missing = quoted(cart((8000, 1, "")), TEN_PERCENT).totals.to_free_shipping
    assert missing == Money(800, "EUR")


def test_an_offer_that_makes_it_dearer_does_not_count() -> None:
    """1 % off 80.00 would cost the free delivery: nobody is helped by that."""
    one = promotion(1, "code", value=100, code="ONE")
    quote = quoted(cart((8000, 1, ""), codes=("ONE",)), one)
    assert sums(quote) == (8000, 0, 0, 8000)
    answer = quote.answers[0]
    assert (answer.problem, answer.detail["with_en"]) == (CodeProblem.NOT_COMBINED, "free delivery")
    assert answer.detail["saves_minor"] == 410


def test_articles_on_sale_can_be_left_out() -> None:
    full = promotion(1, full_price_only=True)
    basket = cart((5000, 1, ""), (3000, 1, ""))
    reduced = replace(basket, lines=(basket.lines[0], replace(basket.lines[1], was=Money(4000, "EUR"))))
    quote = quoted(reduced, full)
    assert dict(quote.adjustments[0].lines) == {1: 500}
    assert quote.lines[1].was == Money(4000, "EUR")


# -- together -----------------------------------------------------------------------------------------------------


def test_the_steps_follow_each_other() -> None:
    """Bundle, the shop's own 10 %, the code's 20 %, the member's 5 %: each on what the one before has left."""
    buyer = Buyer(signed_in=True, statuses=frozenset({"member"}))
    basket = cart((1000, 3, "socks"), (7000, 1, "coats"), codes=("WELCOME", "PORT"))
    quote = quoted(basket, THREE_FOR_TWO, TEN_PERCENT, WELCOME, MEMBER, PORT, buyer=buyer)
    assert [(each.key, each.amount.amount_minor) for each in quote.adjustments] == [
        ("offer-1", 1000),
        ("offer-2", 900),
        ("offer-3", 1620),
        ("offer-6", 324),
        ("offer-7", 490),
    ]
    assert sums(quote) == (10_000, 3844, 0, 6156)
    assert all(answer.accepted for answer in quote.answers)


def test_of_two_codes_the_better_counts_and_the_other_is_told_why() -> None:
    basket = cart((6000, 1, ""), codes=("FIVE", "WELCOME"))
    quote = quoted(basket, FIVE_OFF, WELCOME, methods=(NEVER_FREE,), chosen="van")
    assert sums(quote) == (6000, 1200, 490, 5290)
    five, welcome = quote.answers
    assert welcome.accepted
    assert (five.problem, five.detail) == (
        CodeProblem.NOT_COMBINED,
        {"with": "WELCOME", "with_en": "Offer 3", "with_fr": "Offre 3", "saves_minor": 700},
    )
    assert "“Offer 4”" in quote.adjustments[0].reason_en
    assert "«\u00a0Offre 4\u00a0»" in quote.adjustments[0].reason_fr


def test_a_creators_code_wins_a_draw() -> None:
    same = promotion(1, "code", value=1500, code="SAME")
    quote = quoted(cart((6000, 1, ""), codes=("SAME", "LEA15")), same, LEA)
    assert [each.kind for each in quote.adjustments] == [AdjustmentKind.CREATOR]


def test_an_exclusive_code_stands_alone_when_that_is_cheaper() -> None:
    basket = cart((1000, 3, "socks"), codes=("HALF",))
    alone = quoted(basket, THREE_FOR_TWO, TEN_PERCENT, HALF)
    assert [(each.key, each.amount.amount_minor) for each in alone.adjustments] == [("offer-8", 1500)]
    third = replace(HALF, terms=replace(HALF.terms, value=3000))
    others = quoted(basket, THREE_FOR_TWO, TEN_PERCENT, third)
    assert [each.key for each in others.adjustments] == ["offer-1", "offer-2"]
    assert others.answers[0].problem is CodeProblem.NOT_COMBINED


def test_a_code_for_delivery_that_is_free_already_is_told_so() -> None:
    answer = quoted(cart((9000, 1, ""), codes=("PORT",)), PORT).answers[0]
    assert (answer.problem, answer.detail["with_en"]) == (CodeProblem.NOT_COMBINED, "free delivery")


# -- who, what and when -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "buyer", "problem"),
    [
        pytest.param({"starts_at": AT + timedelta(seconds=1)}, Buyer(), CodeProblem.NOT_YET, id="before"),
        pytest.param({"starts_at": AT}, Buyer(), None, id="first moment"),
        pytest.param({"ends_at": AT + timedelta(microseconds=1)}, Buyer(), None, id="last moment"),
        pytest.param({"ends_at": AT}, Buyer(), CodeProblem.EXPIRED, id="over"),
        pytest.param({"max_uses": 3}, Buyer(), CodeProblem.USED_UP, id="used up"),
        pytest.param({"max_uses": 4}, Buyer(), None, id="last use"),
        pytest.param({"max_per_customer": 1}, Buyer(used={3: 1}), CodeProblem.USED_BEFORE, id="used before"),
        pytest.param({"max_per_customer": 2}, Buyer(used={3: 1}), None, id="once more"),
        pytest.param({"minimum_minor": 6001}, Buyer(), CodeProblem.BELOW_MINIMUM, id="a cent short"),
        pytest.param({"minimum_minor": 6000}, Buyer(), None, id="just enough"),
        pytest.param({"categories": ("socks",)}, Buyer(), CodeProblem.NO_ARTICLE, id="no article"),
        pytest.param({"products": (99,)}, Buyer(), CodeProblem.NO_ARTICLE, id="archived article"),
        pytest.param({"status": "member"}, Buyer(), CodeProblem.SIGN_IN, id="guest"),
        pytest.param({"status": "member"}, Buyer(signed_in=True), CodeProblem.NO_STATUS, id="no status"),
    ],
)
def test_why_a_code_does_not_count(changes: dict[str, Any], buyer: Buyer, problem: CodeProblem | None) -> None:
    offer = replace(WELCOME, terms=replace(WELCOME.terms, **changes), used=3)
    answer = quoted(cart((6000, 1, ""), codes=("WELCOME",)), offer, buyer=buyer).answers[0]
    assert answer.problem is problem
    if problem is CodeProblem.BELOW_MINIMUM:
        assert answer.detail["missing_minor"] == 1


def test_a_code_in_another_currency() -> None:
    quote = quoted(cart((6000, 1, ""), codes=("WELCOME",), currency="USD"), WELCOME)
    assert quote.answers[0].problem is CodeProblem.CURRENCY


# -- gift cards ---------------------------------------------------------------------------------------------------


def test_two_codes_and_a_gift_card_above_the_total_work_out_exactly() -> None:
    basket = cart((1000, 3, "socks"), codes=("WELCOME", "PORT", "gift:a"))
    quote = quoted(basket, THREE_FOR_TWO, WELCOME, PORT, cards={"gift:a": card(1, 5000)})
    assert sums(quote) == (3000, 1400, 0, 0)
    assert quote.totals.total == Money(1600, "EUR")
    assert (quote.gift_cards[0].used, quote.gift_cards[0].left) == (Money(1600, "EUR"), Money(3400, "EUR"))


def test_the_card_that_expires_first_pays_first() -> None:
    soon = card(2, 1000, expires_at=AT + timedelta(days=1))
    cards = {"gift:a": card(1, 1000), "gift:b": soon}
    for codes in permutations(cards):
        quote = quoted(cart((1010, 1, ""), codes=codes), cards=cards)
        assert [(share.id, share.used.amount_minor) for share in quote.gift_cards] == [(2, 1000), (1, 500)]


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        pytest.param(card(1, 0), CodeProblem.EMPTY, id="empty"),
        pytest.param(card(1, 100, state=GiftCardState.BLOCKED), CodeProblem.BLOCKED, id="blocked"),
        pytest.param(card(1, 100, expires_at=AT), CodeProblem.EXPIRED, id="expired"),
        pytest.param(card(1, 100, currency="USD"), CodeProblem.CURRENCY, id="currency"),
        pytest.param(None, CodeProblem.UNKNOWN, id="gone"),
    ],
)
def test_cards_that_cannot_pay(found: GiftCard | None, problem: CodeProblem) -> None:
    quote = quoted(cart((1000, 1, ""), codes=("gift:a",)), cards={"gift:a": found} if found else {})
    assert (quote.answers[0].problem, quote.answers[0].gift_card) == (problem, True)
    assert quote.totals.gift_cards == Money(0, "EUR")
