"""The tax inside refunds: at the rate of what comes back, to the cent in the end, and whose it is."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.errors import NotFound
from parvis.core.money import Money
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import RefundState, Seller, TaxReportRow, TaxShare, TaxTable
from parvis.domains.checkout.rules import taxes
from parvis.domains.checkout.testing import AT, filled_cart, paid_order

BOOKS, COATS = 550, 2000


def share(points: int, gross: int) -> TaxShare:
    tax = taxes.included(gross, points)
    return TaxShare(basis_points=points, net=Money(gross - tax, "EUR"), tax=Money(tax, "EUR"), country="FR")


def amounts(shares: tuple[TaxShare, ...]) -> dict[int, tuple[int, int]]:
    return {each.basis_points: (each.net.amount_minor, each.tax.amount_minor) for each in shares}


def test_a_book_goes_back_with_the_tax_of_a_book() -> None:
    paid = [share(COATS, 12_000), share(BOOKS, 1055)]
    assert amounts(taxes.given_back(paid, {}, goods={BOOKS: 1055}, amount_minor=1055)) == {BOOKS: (1000, 55)}
    less = taxes.given_back(paid, {}, goods={COATS: 12_000}, amount_minor=6000)
    assert amounts(less) == {COATS: (5000, 1000)}
    gesture = taxes.given_back(paid, {BOOKS: 1055}, goods={}, amount_minor=1200)
    assert amounts(gesture) == {COATS: (1000, 200)}, "nothing is left of the books"


@given(
    st.lists(st.tuples(st.sampled_from([0, BOOKS, 1000, COATS]), st.integers(1, 30_000)), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(1, 9000), st.integers(0, 3), st.integers(0, 9000)), max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_all_refunds_together_hold_exactly_the_tax_that_was_paid(rates, refunds) -> None:
    gross: Counter[int] = Counter()
    for points, amount in rates:
        gross[points] += amount
    paid = [share(points, amount) for points, amount in gross.items()]
    left, before, tax = sum(gross.values()), Counter[int](), Counter[int]()
    for wanted, which, goods in [*refunds, (left, 0, 0)]:
        amount = min(wanted, left)
        rate = list(gross)[which % len(gross)]
        if not amount:
            continue
        found = taxes.given_back(paid, before, goods={rate: min(goods, amount)}, amount_minor=amount)
        assert sum((each.net + each.tax).amount_minor for each in found) == amount
        for each in found:
            assert each.tax.amount_minor >= 0
            before[each.basis_points] += (each.net + each.tax).amount_minor
            tax[each.basis_points] += each.tax.amount_minor
        left -= amount
    assert left or before == gross
    assert left or all(tax[each.basis_points] == each.tax.amount_minor for each in paid)


@pytest.fixture
def shop(db: None) -> SmallCatalogue:
    actions.save_seller(Seller(name="Maison", address="1 place", registration="RCS"), at=AT)
    return small_catalogue()


def reported() -> dict[tuple[str, int], TaxReportRow]:
    rows = queries.tax_report(begins=AT - timedelta(days=1), ends=AT + timedelta(days=9), currency="EUR")
    return {(row.country, row.basis_points): row for row in rows}


@pytest.mark.database
def test_a_credit_note_and_the_declaration_tell_the_same_tax(shop: SmallCatalogue) -> None:
    """A dress at 5.5 % and a sweater at 20 %: the sweater comes back, then, for a word of regret, one euro."""
    dress = queries.cart(filled_cart({"DR-S": 1}, catalogue=shop).token, locale="en").lines[0]
    actions.save_taxes(table=TaxTable(reduced={dress.category: {"FR": BOOKS}}), at=AT)
    order = paid_order({"DR-S": 1, "SW-M": 1}, token="another-cart-of-claire")
    rates = {line.sku: line.tax_basis_points for line in order.lines}
    if rates["DR-S"] == rates["SW-M"]:  # one category: the sweater's line alone is taxed in full
        pytest.fail("the small catalogue needs two categories")
    sweater = next(line for line in order.lines if line.sku == "SW-M")
    one = actions.refund(order_id=order.id, lines={sweater.id: 1}, reason="x", key="a", at=AT)
    actions.refund(order_id=order.id, lines={}, amount_minor=100, reason="x", key="b", at=AT)
    note = actions.issue_credit(refund_id=one.id, at=AT)
    content = models.Paper.objects.get(id=note.id).content
    assert content["taxes"] == [{"rate": COATS, "net": 5417, "tax": 1083, "country": "FR"}]
    assert content["other"] == 0
    left = reported()
    assert left["FR", COATS].tax.amount_minor == 0
    assert (left["FR", BOOKS].net + left["FR", BOOKS].tax).amount_minor == 8900 - 100


@pytest.mark.database
def test_money_of_an_order_that_was_never_sold_holds_no_tax(shop: SmallCatalogue) -> None:
    order = paid_order({"DR-S": 1})
    models.Order.objects.filter(id=order.id).update(paid_at=None, state="cancelled")
    made = actions.refund(order_id=order.id, lines={}, amount_minor=8900, reason="late", key="k", at=AT)
    assert made.state is RefundState.SUCCEEDED
    assert reported() == {}
    with pytest.raises(NotFound):
        actions.issue_credit(refund_id=made.id, at=AT)
    assert not models.Paper.objects.exists()


@pytest.mark.database
def test_below_the_threshold_the_tax_is_that_of_home(shop: SmallCatalogue) -> None:
    """Without the one-stop shop a parcel to Belgium is taxed in France: invoice and declaration say so."""
    actions.save_taxes(table=TaxTable(oss=False), at=AT)
    cart = queries.cart(filled_cart({"DR-S": 1}, catalogue=shop).token, locale="en")
    (taxed,) = queries.quote(cart, country="BE", at=AT).taxes
    assert (taxed.country, taxed.basis_points) == ("FR", 2000)
    order = paid_order({"DR-S": 1}, token="another-cart-of-claire")
    models.Order.objects.filter(id=order.id).update(address={**models.Order.objects.get().address, "country": "BE"})
    content = models.Paper.objects.get(id=actions.issue_invoice(order_id=order.id, at=AT).id).content
    assert (content["country"], [each["country"] for each in content["taxes"]]) == ("BE", ["FR"])
    assert set(reported()) == {("FR", 2000)}


@pytest.mark.database
def test_delivery_is_counted_from_the_shops_day(shop: SmallCatalogue) -> None:
    """23:30 in UTC on Wednesday 4 March is Thursday in Paris."""
    cart = queries.cart(filled_cart({"DR-S": 1}, catalogue=shop).token, locale="en")
    evening = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    offers = [queries.quote(cart, at=at).offers[0].earliest for at in (evening, evening - timedelta(hours=1))]
    assert offers[0] > offers[1]
