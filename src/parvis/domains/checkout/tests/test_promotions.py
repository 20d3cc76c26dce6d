"""What is taken off: the rules of stacking, to the cent, whatever the cart and however codes are typed."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.money import Money
from parvis.domains.checkout.contracts import (
    AdjustmentKind,
    Benefit,
    Cart,
    CartLine,
    CodeProblem,
    GiftCard,
    GiftCardState,
    LineState,
    Promotion,
    Quote,
    ShippingKind,
    ShippingMethod,
    TaxTable,
    Terms,
)
from parvis.domains.checkout.rules import money, quoting
from parvis.domains.checkout.rules.money import RefundableLine
from parvis.domains.checkout.rules.promotions import Buyer, percentage
from parvis.domains.checkout.rules.quoting import Known

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
HOME = ShippingMethod(
    key="home", kind=ShippingKind.HOME, name_en="Home", name_fr="Domicile", price_minor=490, free_from_minor=8000
)
NEVER_FREE = replace(HOME, key="van", free_from_minor=None)


def cart(*lines: tuple[int, int, str], codes: tuple[str, ...] = (), currency: str = "EUR") -> Cart:
    """Lines as (unit, quantity, category); the variant and product of the n-th is n + 1."""
    return Cart(
        id=1,
        token="t",
        customer_id=None,
        currency=currency,
        codes=codes,
        lines=tuple(
            CartLine(
                variant_id=number,
                product_id=number,
                slug="s",
                name=f"Article {number}",
                sku=str(number),
                size="",
                colour="",
                image_url="",
                quantity=quantity,
                unit=Money(unit, currency),
                price_seen=Money(unit, currency),
                available=99,
                state=LineState.OK,
                category=category,
            )
            for number, (unit, quantity, category) in enumerate(lines, start=1)
        ),
    )


def promotion(number: int, kind: str = "promotion", benefit: str = "percentage", value: int = 1000, **more: Any):
    terms = Terms(
        kind=AdjustmentKind(kind),
        benefit=Benefit(benefit),
        value=value,
        name_en=f"Offer {number}",
        name_fr=f"Offre {number}",
        **more,
    )
    return Promotion(id=number, key=f"offer-{number}", currency="EUR", terms=terms)


def card(number: int, balance: int, **more: Any) -> GiftCard:
    given = {"state": GiftCardState.ACTIVE, "expires_at": None, **more}
    amount = Money(balance, given.pop("currency", "EUR"))
    return GiftCard(
        id=number, last4=f"000{number}", balance=amount, initial=amount, recipient="", note="", issued_at=AT, **given
    )


def quoted(of: Cart, *offers: Promotion, methods=(HOME,), chosen: str = "home", at=AT, **known: Any) -> Quote:
    return quoting.quote(
        cart=of, country="FR", methods=methods, chosen=chosen, known=Known(promotions=offers, **known), at=at
    )


def sums(quote: Quote) -> tuple[int, int, int, int]:
    """Goods, discount, shipping, due."""
    totals = quote.totals
    return (
        totals.subtotal.amount_minor,
        totals.discount.amount_minor,
        totals.shipping.amount_minor,
        totals.due.amount_minor,
    )


THREE_FOR_TWO = promotion(1, "bundle", "n_for_m", 0, take=3, pay=2, categories=("socks",))
TEN_PERCENT = promotion(2)
WELCOME = promotion(3, "code", code="WELCOME", value=2000)
FIVE_OFF = promotion(4, "code", "amount", 500, code="FIVE", minimum_minor=5000)
LEA = promotion(5, "creator", value=1500, code="LEA15", creator="Léa")
MEMBER = promotion(6, "member", value=500, status="member")
PORT = promotion(7, "code", "free_shipping", 0, code="PORT")
HALF = promotion(8, "code", value=5000, code="HALF", exclusive=True)


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


# -- whatever the cart --------------------------------------------------------------------------------------------

OFFERS = (THREE_FOR_TWO, TEN_PERCENT, WELCOME, FIVE_OFF, LEA, MEMBER, PORT, HALF)
CODES = ("WELCOME", "FIVE", "LEA15", "PORT", "HALF")
_lines = st.lists(
    st.tuples(st.integers(0, 20_000), st.integers(1, 7), st.sampled_from(["socks", "coats"])), min_size=1, max_size=5
)
_codes = st.lists(st.sampled_from(CODES), unique=True, max_size=4).map(tuple)
_offers = st.lists(st.sampled_from(OFFERS), unique=True, max_size=len(OFFERS)).map(tuple)
_cards = st.lists(st.integers(1, 30_000), max_size=2)
_buyer = Buyer(signed_in=True, statuses=frozenset({"member"}))
TAXES = TaxTable(reduced={"socks": {"FR": 550}})


def _active(offers: tuple[Promotion, ...], codes: tuple[str, ...]) -> tuple[Promotion, ...]:
    return tuple(each for each in offers if not each.terms.code or each.terms.code in codes)


@given(_lines, _codes, _offers, _cards)
@settings(max_examples=150, deadline=None)
def test_the_parts_sum_to_the_whole(lines, codes, offers, balances) -> None:
    cards = {f"gift:{number}": card(number, balance) for number, balance in enumerate(balances, start=1)}
    basket = cart(*lines, codes=(*codes, *cards))
    quote = quoted(basket, *_active(offers, codes), cards=cards, buyer=_buyer, taxes=TAXES)
    totals = quote.totals
    assert totals.total == totals.subtotal + totals.shipping - totals.discount
    assert totals.subtotal == basket.subtotal
    assert 0 <= totals.gift_cards.amount_minor <= totals.total.amount_minor
    assert totals.gift_cards.amount_minor == sum(share.used.amount_minor for share in quote.gift_cards)
    assert totals.discount.amount_minor == sum(line.discount.amount_minor for line in quote.lines)
    for line in quote.lines:
        off = sum(each.lines.get(line.variant_id, 0) for each in quote.adjustments)
        assert line.discount.amount_minor == off
        assert 0 <= line.total.amount_minor <= line.subtotal.amount_minor
        assert 0 <= line.tax.amount_minor <= line.total.amount_minor
    for each in quote.adjustments:
        assert each.amount.amount_minor == sum(each.lines.values()) + each.shipping_minor > 0
    paid = sum(share.net.amount_minor + share.tax.amount_minor for share in quote.taxes)
    assert (paid, sum(share.tax.amount_minor for share in quote.taxes)) == (
        totals.total.amount_minor,
        totals.tax.amount_minor,
    )


@given(_lines, _codes, _offers)
@settings(max_examples=60, deadline=None)
def test_the_order_of_typing_does_not_matter(lines, codes, offers) -> None:
    told = set()
    for typed in permutations(codes):
        quote = quoted(cart(*lines, codes=typed), *_active(offers, codes), buyer=_buyer)
        answers = frozenset((answer.code, answer.problem) for answer in quote.answers)
        told.add((sums(quote), tuple(each.key for each in quote.adjustments), answers))
    assert len(told) == 1


@given(
    _lines, _codes, _offers, st.tuples(st.integers(0, 20_000), st.integers(1, 3), st.sampled_from(["socks", "coats"]))
)
@settings(max_examples=250, deadline=None)
def test_one_more_article_never_makes_the_rest_dearer(lines, codes, offers, more) -> None:
    """Except by the cents that are rounded: at most one for each offer that counts."""
    chosen = _active(offers, codes)
    fewer = quoted(cart(*lines, codes=codes), *chosen, buyer=_buyer, methods=(NEVER_FREE,), chosen="van")
    all_of_it = quoted(cart(*lines, more, codes=codes), *chosen, buyer=_buyer, methods=(NEVER_FREE,), chosen="van")
    room = max(len(fewer.adjustments), len(all_of_it.adjustments))
    assert sums(all_of_it)[3] <= sums(fewer)[3] + more[0] * more[1] + room


@given(_lines, _codes, _offers, st.data())
@settings(max_examples=80, deadline=None)
def test_all_pieces_given_back_are_exactly_what_was_paid(lines, codes, offers, data) -> None:
    quote = quoted(cart(*lines, codes=codes), *_active(offers, codes), buyer=_buyer)
    for line in quote.lines:
        back = worth = 0
        while back < line.quantity:
            pieces = data.draw(st.integers(1, line.quantity - back))
            row = RefundableLine(
                id=1,
                unit_minor=line.unit.amount_minor,
                quantity=line.quantity,
                refunded_quantity=back,
                discount_minor=line.discount.amount_minor,
            )
            worth += money.line_refund(row, pieces)
            back += pieces
        assert worth == line.total.amount_minor


@given(st.integers(0, 10**8), st.integers(1, 10_000))
def test_a_share_is_the_nearest_cent(base: int, points: int) -> None:
    share = percentage(base, points)
    assert abs(share * 10_000 - base * points) * 2 <= 10_000
    assert 0 <= share <= base


def test_the_examples_of_the_guide_are_true() -> None:
    """docs/offers.md, line by line: articles, taken off, delivery, total."""
    buyer = Buyer(signed_in=True, statuses=frozenset({"member"}))
    socks = ((1200, 1, "socks"), (1000, 1, "socks"), (900, 1, "socks"))
    all_five = cart((1000, 3, "socks"), (7000, 1, "coats"), codes=("WELCOME", "PORT"))
    one = promotion(1, "code", value=100, code="ONE")
    card_pays = cart((1000, 3, "socks"), codes=("WELCOME", "PORT", "gift:a"))
    examples = (
        quoted(cart(*socks), THREE_FOR_TWO),
        quoted(all_five, THREE_FOR_TWO, TEN_PERCENT, WELCOME, MEMBER, PORT, buyer=buyer),
        quoted(cart((6000, 1, ""), codes=("FIVE", "WELCOME")), FIVE_OFF, WELCOME, methods=(NEVER_FREE,), chosen="van"),
        quoted(cart((8000, 1, ""), codes=("ONE",)), one),
        quoted(card_pays, THREE_FOR_TWO, WELCOME, PORT, cards={"gift:a": card(1, 5000)}),
    )
    page = (Path(__file__).resolve().parents[5] / "docs" / "offers.md").read_text(encoding="utf-8")
    rows = [line.split("|")[3:7] for line in page.split("## Examples")[1].split("## ")[0].splitlines()[4:9]]

    def cents(text: str) -> int:
        return int(text.replace(".", ""))

    for quote, (articles, off, delivery, total) in zip(examples, rows, strict=True):
        goods = [each.off_goods.amount_minor for each in quote.adjustments if each.off_goods] or [0]
        stated = [cents(each) for each in re.findall(r"\d+\.\d\d", off.partition("(")[0])]
        assert (cents(articles.strip()), stated) == (quote.totals.subtotal.amount_minor, goods)
        first = [cents(re.findall(r"\d+\.\d\d", each)[0]) for each in (delivery, total)]
        assert first == [quote.totals.shipping.amount_minor, quote.totals.total.amount_minor]
