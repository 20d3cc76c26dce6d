"""A reduction is announced against the lowest price of the thirty days before it, or not at all."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.errors import Conflict, Invalid, NotFound
from parvis.core.models import OutboxEvent
from parvis.core.money import Money
from parvis.domains.catalog import actions, queries, rules
from parvis.domains.catalog.contracts import NewPrice
from parvis.domains.catalog.testing import AT, SmallCatalogue, small_catalogue

DAY = timedelta(days=1)


def euros(amount: float) -> Money:
    return Money(round(amount * 100), "EUR")


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


class TestRules:
    def test_a_first_reduction_names_the_price_before_it(self) -> None:
        assert rules.prior_price([(AT, 8900)], amount=6900, at=AT + 40 * DAY) == 8900

    def test_a_price_raised_to_look_reduced_is_not_a_reduction(self) -> None:
        history = [(AT, 6900), (AT + 35 * DAY, 9900)]
        assert rules.prior_price(history, amount=7900, at=AT + 40 * DAY) is None
        assert rules.prior_price(history, amount=5900, at=AT + 40 * DAY) == 6900

    def test_a_low_price_counts_until_thirty_days_after_it_ended(self) -> None:
        history = [(AT, 6900), (AT + DAY, 9900)]
        assert rules.prior_price(history, amount=8900, at=AT + 31 * DAY - timedelta(seconds=1)) is None
        assert rules.prior_price(history, amount=8900, at=AT + 31 * DAY) == 9900

    def test_a_price_never_sold_at_cannot_be_announced(self) -> None:
        assert rules.prior_price([], amount=100, at=AT) is None
        assert rules.prior_price([(AT, 200)], amount=100, at=AT) is None

    @given(
        st.lists(st.tuples(st.integers(0, 90), st.integers(1, 50)), max_size=12, unique_by=lambda point: point[0]),
        st.integers(0, 100),
    )
    def test_the_lowest_price_is_that_of_the_dearest_way_to_compute_it(
        self, points: list[tuple[int, int]], day: int
    ) -> None:
        """Against looking at the price of every hour in the window."""
        history = [(AT + from_day * DAY, amount) for from_day, amount in points]
        until = AT + day * DAY
        hours = [until - timedelta(hours=hour) for hour in range(1, 30 * 24 + 1)]
        in_force = [
            max((point for point in history if point[0] <= hour), default=(None, None), key=lambda point: point[0])[1]
            for hour in hours
        ]
        expected = min((amount for amount in in_force if amount is not None), default=None)
        assert rules.lowest_in_force(history, since=until - 30 * DAY, until=until) == expected


@pytest.mark.database
@pytest.mark.django_db
class TestSetPrice:
    def test_a_reduction_shows_on_variant_and_product(self, shop: SmallCatalogue) -> None:
        small, product = shop.variants["DR-S"], shop.products["linen-dress"]
        actions.set_price(variant_id=small, amount_minor=6900, reason="sale", actor_id=3, at=AT + 5 * DAY)
        variant = queries.variant(small)
        assert (variant.price, variant.price_was) == (euros(69), euros(89))
        listed = queries.products([product], locale="en")[product]
        assert (listed.price_from, listed.price_was) == (euros(69), euros(89))
        assert [(point.amount, point.reason, point.actor_id) for point in queries.price_history(small)] == [
            (euros(69), "sale", 3),
            (euros(89), "opening price", None),
        ]

    def test_the_end_of_a_reduction_takes_the_prior_price_away(self, shop: SmallCatalogue) -> None:
        small, product = shop.variants["DR-S"], shop.products["linen-dress"]
        actions.set_price(variant_id=small, amount_minor=6900, at=AT + 5 * DAY)
        actions.set_price(variant_id=small, amount_minor=8900, at=AT + 9 * DAY)
        assert queries.variant(small).price_was is None
        listed = queries.products([product], locale="en")[product]
        assert (listed.price_from, listed.price_was) == (euros(89), None)

    def test_the_lowest_price_looks_back_from_any_moment(self, shop: SmallCatalogue) -> None:
        small = shop.variants["DR-S"]
        actions.set_price(variant_id=small, amount_minor=6900, at=AT + 5 * DAY)
        actions.set_price(variant_id=small, amount_minor=8900, at=AT + 9 * DAY)
        assert queries.lowest_price(small, at=AT + 5 * DAY) == euros(89)
        assert queries.lowest_price(small, at=AT + 38 * DAY) == euros(69)
        assert queries.lowest_price(small, at=AT + 40 * DAY) == euros(89)
        assert queries.lowest_price(small, days=3, at=AT + 12 * DAY) == euros(89)
        assert queries.lowest_price(small, at=AT) is None

    def test_a_change_is_told_and_the_same_price_is_not(self, shop: SmallCatalogue) -> None:
        small = shop.variants["DR-S"]
        OutboxEvent.objects.all().delete()
        actions.set_price(variant_id=small, amount_minor=8900, at=AT + DAY)
        assert not OutboxEvent.objects.exists()
        actions.set_price(variant_id=small, amount_minor=6900, at=AT + DAY)
        (payload,) = OutboxEvent.objects.filter(name="catalog.price_changed").values_list("payload", flat=True)
        assert (payload["old_minor"], payload["new_minor"], payload["variant_id"]) == (8900, 6900, small)

    def test_bad_prices_are_refused(self, shop: SmallCatalogue) -> None:
        small = shop.variants["DR-S"]
        with pytest.raises(Invalid):
            actions.set_price(variant_id=small, amount_minor=0, at=AT + DAY)
        with pytest.raises(NotFound):
            actions.set_price(variant_id=10**9, amount_minor=100, at=AT + DAY)
        with pytest.raises(Conflict):
            actions.set_price(variant_id=small, amount_minor=100, at=AT - DAY)

    def test_past_prices_come_in_bulk_and_again(self, shop: SmallCatalogue) -> None:
        small, product = shop.variants["DR-S"], shop.products["linen-dress"]
        rows = [
            NewPrice(variant_id=small, amount_minor=9900, from_at=AT - 20 * DAY),
            NewPrice(variant_id=small, amount_minor=7500, from_at=AT + 10 * DAY, provenance={"row": "simulated"}),
        ]
        actions.record_prices(rows)
        actions.record_prices(rows)
        assert len(queries.price_history(small)) == 3
        assert queries.price_history(small)[0].provenance == {"row": "simulated"}
        listed = queries.products([product], locale="en")[product]
        assert (listed.price_from, listed.price_was) == (euros(75), euros(89))
