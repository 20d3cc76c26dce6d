"""Decisions without a database: every path through an order's life, every split of money, every order of news."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.errors import Invalid
from parvis.domains.checkout.contracts import Address, OrderState, PaymentState, ShippingKind, ShippingMethod, ZoneRate
from parvis.domains.checkout.rules import addresses, money, orders, payments, shipping, taxes
from parvis.domains.checkout.rules.addresses import AddressProblem
from parvis.domains.checkout.rules.money import OverRefund, RefundableLine
from parvis.domains.checkout.rules.orders import NotPossible, Verb
from parvis.domains.checkout.rules.payments import Standing

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


class Life:
    """An order walked through the table, with the facts that the table alone does not know."""

    def __init__(self) -> None:
        self.state = OrderState.AWAITING_PAYMENT
        self.path: list[Verb] = []

    def try_(self, verb: Verb) -> bool:
        try:
            self.state = orders.follow(
                self.state, verb, shipped=Verb.SHIP in self.path, delivered=Verb.DELIVER in self.path
            )
        except NotPossible:
            return False
        self.path.append(verb)
        return True


@given(st.lists(st.sampled_from(list(Verb)), max_size=30))
def test_no_path_breaks_the_promises(verbs: list[Verb]) -> None:
    life = Life()
    for verb in verbs:
        life.try_(verb)
    path = life.path
    assert path.count(Verb.SHIP) <= 1
    assert path.count(Verb.DELIVER) <= 1
    assert path.count(Verb.REFUND_WHOLE) <= 1
    assert path.count(Verb.PAY) + path.count(Verb.PAY_LATE) <= 1
    if Verb.DELIVER in path:
        assert path.index(Verb.SHIP) < path.index(Verb.DELIVER)
    if Verb.SHIP in path:
        paid = Verb.PAY if Verb.PAY in path else Verb.PAY_LATE
        assert path.index(paid) < path.index(Verb.SHIP)
    if Verb.REFUND_WHOLE in path:
        assert path[-1] is Verb.REFUND_WHOLE
    if Verb.PAY in path:
        assert life.state is not OrderState.CANCELLED


def test_every_state_has_its_row_and_is_reached() -> None:
    assert set(orders.TRANSITIONS) == set(OrderState)
    reached = {OrderState.AWAITING_PAYMENT}
    for _ in OrderState:
        reached |= {after for state in reached for after in orders.TRANSITIONS[state].values()}
    assert reached == set(OrderState)
    assert set(orders.TRAIL) == set(Verb)


def test_sources_agree_with_the_table() -> None:
    for verb in Verb:
        for state in OrderState:
            assert (state in orders.sources(verb)) == (verb in orders.TRANSITIONS[state])


def test_a_partly_refunded_order_can_still_be_sent_once() -> None:
    state = OrderState.PARTLY_REFUNDED
    assert orders.can(state, Verb.SHIP)
    assert not orders.can(state, Verb.SHIP, shipped=True)
    assert not orders.can(state, Verb.DELIVER)
    assert orders.can(state, Verb.DELIVER, shipped=True)


# -- news of payments -----------------------------------------------------------------------------------------


def news(state: PaymentState, second: int, authorised: int = 0, captured: int = 0, code: str = "") -> Standing:
    return Standing(
        state=state,
        authorised_minor=authorised,
        captured_minor=captured,
        decline_code=code,
        news_at=AT + timedelta(seconds=second),
    )


HISTORY = (
    news(PaymentState.DECLINED, 1, code="card_declined"),
    news(PaymentState.ACTION_REQUIRED, 2),
    news(PaymentState.AUTHORISED, 3, authorised=8900),
    news(PaymentState.CAPTURED, 4, authorised=8900, captured=8900),
)


def test_news_in_any_order_ends_the_same() -> None:
    ends = set()
    for order in permutations(HISTORY):
        standing = Standing()
        for item in order:
            standing = payments.merge(standing, item)
        ends.add(standing)
    assert ends == {HISTORY[-1]}


_states = st.sampled_from(list(PaymentState))
_news = st.builds(
    news,
    _states,
    st.integers(0, 5),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(["", "card_declined", "try_again"]),
)


@given(st.lists(_news, max_size=8), st.randoms(use_true_random=False))
def test_repeated_and_shuffled_news_changes_nothing(items: list[Standing], random: object) -> None:
    shuffled = items + items[: len(items) // 2]
    random.shuffle(shuffled)
    straight, mixed = Standing(), Standing()
    for item in items:
        straight = payments.merge(straight, item)
    for item in shuffled:
        mixed = payments.merge(mixed, item)
    assert straight == mixed


def test_attempts_to_pay_hold_goods_for_an_hour_at_most() -> None:
    until = AT + payments.RESERVED_FOR
    for minute in range(0, 58, 2):
        until = payments.reserved_until(placed_at=AT, known=until, at=AT + timedelta(minutes=minute))
    assert until == AT + timedelta(hours=1)
    assert payments.reserved_until(placed_at=AT, known=AT + payments.RESERVED_FOR, at=AT) == AT + payments.RESERVED_FOR


def test_captures_are_given_up_in_the_end() -> None:
    waits = [payments.next_capture(attempts, at=AT) for attempts in range(1, 7)]
    assert waits[-1] is None
    known = [wait for wait in waits if wait]
    assert known == sorted(known)


# -- money ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "basis", "tax"), [(12000, 2000, 2000), (8900, 2000, 1483), (1, 2000, 0), (3, 2000, 1), (10000, 0, 0)]
)
def test_tax_is_the_part_inside(amount: int, basis: int, tax: int) -> None:
    assert taxes.included(amount, basis) == tax


@given(st.integers(0, 10**9), st.integers(0, 3000))
def test_tax_is_the_nearest_whole(amount: int, basis: int) -> None:
    tax = taxes.included(amount, basis)
    assert abs(tax * (10_000 + basis) - amount * basis) * 2 <= 10_000 + basis
    assert 0 <= tax <= amount


_line = st.builds(
    lambda unit, quantity, share: (unit, quantity, share), st.integers(0, 50_000), st.integers(1, 20), st.floats(0, 1)
)


@given(st.lists(_line, min_size=1, max_size=6), st.data())
def test_pieces_given_back_one_by_one_sum_to_what_was_paid(
    rows: list[tuple[int, int, float]], data: st.DataObject
) -> None:
    totals = [unit * quantity for unit, quantity, _ in rows]
    discount = int(sum(totals) * rows[0][2])
    shares = money.share_discount(totals, discount)
    assert sum(shares) == discount
    for (unit, quantity, _), share in zip(rows, shares, strict=True):
        back, given_back = 0, 0
        while back < quantity:
            pieces = data.draw(st.integers(1, quantity - back))
            line = RefundableLine(
                id=1, unit_minor=unit, quantity=quantity, refunded_quantity=back, discount_minor=share
            )
            worth = money.line_refund(line, pieces)
            assert worth >= 0
            given_back += worth
            back += pieces
        assert given_back == unit * quantity - share


LINES = (
    RefundableLine(id=1, unit_minor=1000, quantity=2, refunded_quantity=0),
    RefundableLine(id=2, unit_minor=500, quantity=1, refunded_quantity=0),
)


def test_a_complete_return_gives_shipping_back_too() -> None:
    assert money.refund_amount(LINES, {1: 2, 2: 1}, amount_minor=None, left_minor=2990) == 2990
    assert money.refund_amount(LINES, {1: 2}, amount_minor=None, left_minor=2990) == 2000


def test_refunds_that_cannot_be() -> None:
    with pytest.raises(OverRefund) as over:
        money.refund_amount(LINES, {}, amount_minor=3000, left_minor=2990)
    assert over.value.params["left"] == 2990
    for wanted, amount in (({3: 1}, None), ({1: 3}, None), ({1: -1}, None), ({}, None), ({}, 0), ({}, -5)):
        with pytest.raises(Invalid):
            money.refund_amount(LINES, wanted, amount_minor=amount, left_minor=2990)


# -- shipping and addresses -----------------------------------------------------------------------------------


def test_each_country_we_ship_to_has_a_home_delivery() -> None:
    for country in shipping.COUNTRIES:
        kinds = [method.kind for method in shipping.serving(shipping.DEFAULT_METHODS, country)]
        assert ShippingKind.HOME in kinds


def test_a_method_that_does_not_serve_is_refused() -> None:
    with pytest.raises(Invalid):
        shipping.choose(shipping.DEFAULT_METHODS, "home", "US")
    with pytest.raises(Invalid):
        shipping.choose(shipping.DEFAULT_METHODS, "drone", "FR")
    assert shipping.choose(shipping.DEFAULT_METHODS, "abroad", "US").key == "abroad"


@pytest.mark.parametrize("country", sorted(addresses.EXAMPLES))
def test_the_examples_are_good(country: str) -> None:
    region = "NY" if country in addresses.WITH_REGION else ""
    address = Address(
        line1="1 street", postcode=addresses.EXAMPLES[country], city="Town", country=country, region=region
    )
    assert addresses.faults(addresses.normalise(address), countries=shipping.COUNTRIES) == ()


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("FR", " 75 011 ", "75011"),
        ("FR", "F-75011", "75011"),
        ("GB", "sw1a1aa", "SW1A 1AA"),
        ("PT", "1100148", "1100-148"),
        ("CH", "CH-1201", "1201"),
        ("US", "10001", "10001"),
    ],
)
def test_postcodes_are_written_as_post_offices_do(country: str, typed: str, kept: str) -> None:
    assert addresses.normalise(Address(postcode=typed, country=country)).postcode == kept


@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        ({"postcode": "7501"}, "postcode", AddressProblem.POSTCODE),
        ({"line1": ""}, "line1", AddressProblem.MISSING),
        ({"city": "x" * 81}, "city", AddressProblem.TOO_LONG),
        ({"country": "KP"}, "country", AddressProblem.COUNTRY),
        ({"phone": "call me"}, "phone", AddressProblem.PHONE),
        ({"line1": "12 rue\x00"}, "line1", AddressProblem.CHARACTERS),
        ({"country": "US", "postcode": "10001"}, "region", AddressProblem.MISSING),
    ],
)
def test_faults_name_their_field(change: dict[str, str], field: str, problem: AddressProblem) -> None:
    good = {"line1": "12 rue des Lilas", "postcode": "75011", "city": "Paris", "country": "FR"}
    address = addresses.normalise(Address(**{**good, **change}))
    assert (field, problem) in [
        (fault.field, fault.problem) for fault in addresses.faults(address, countries=shipping.COUNTRIES)
    ]


ZONED = ShippingMethod(
    key="home",
    kind=ShippingKind.HOME,
    name_en="Home",
    name_fr="Domicile",
    price_minor=490,
    free_from_minor=8000,
    countries=("FR", "BE", "DE", "CH"),
    rates=(
        ZoneRate(name="Benelux", countries=("BE", "LU"), price_minor=690, free_from_minor=12000),
        ZoneRate(name="Far", countries=("CH", "DE"), price_minor=1490, bands=((20000, 500), (10000, 990))),
    ),
)


@pytest.mark.parametrize(
    ("country", "goods", "cost"),
    [
        ("FR", 7999, 490),
        ("FR", 8000, 0),
        ("BE", 8000, 690),
        ("BE", 12000, 0),
        ("DE", 9999, 1490),
        ("DE", 10000, 990),
        ("CH", 10**7, 500),
        ("XX", 100, 490),
    ],
)
def test_a_method_costs_what_its_zone_says(country: str, goods: int, cost: int) -> None:
    assert shipping.price(ZONED, country, goods) == cost


def test_a_zone_without_a_threshold_is_never_free() -> None:
    assert shipping.free_from(ZONED, "DE") is None
    assert shipping.free_from(ZONED, "BE") == 12000
    assert shipping.free_from(ZONED, "FR") == 8000
