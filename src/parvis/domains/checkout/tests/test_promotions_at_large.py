"""What is taken off, whatever the cart and however codes are typed: the parts sum to the whole, nothing is lost."""

import re
from itertools import permutations
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.domains.checkout.contracts import (
    Promotion,
    TaxTable,
)
from parvis.domains.checkout.rules import money
from parvis.domains.checkout.rules.money import RefundableLine
from parvis.domains.checkout.rules.promotions import Buyer
from parvis.domains.checkout.rules.reductions import percentage
from parvis.domains.checkout.tests.carts_in_hand import (
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
