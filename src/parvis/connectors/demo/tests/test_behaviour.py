"""The behaviour model: repeatable, plausible, and with a true effect of proof that honest measures find."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from parvis.connectors.demo import assortment, behaviour, shelves, world
from parvis.connectors.demo.assortment import pieces, prices_on
from parvis.connectors.demo.world import KNOBS, Day, Knobs

START = date(2026, 9, 21)  # a Monday


def run(days: int, *, seed: int = 7, knobs: Knobs = KNOBS) -> list[Day]:
    """Days with endless stock, so that nothing but behaviour counts."""
    shop = shelves.the_range()
    shelf = np.full(len(shop.target), 10_000)
    made = []
    for offset in range(days):
        on = START + timedelta(days=offset)
        made.append(behaviour.day(shop, on=on, seed=seed, prices=prices_on(on), shelf=shelf, knobs=knobs))
    return made


@cache
def many_looks() -> dict[str, np.ndarray]:
    """Every look of a year of days, as columns."""
    columns: dict[str, list[np.ndarray]] = {}
    shop = shelves.the_range()
    for day in run(180):
        looks = day.looks
        ratio = np.log(prices_on(day.date) / shop.usual_minor)
        values = {
            "added": looks.variant >= 0,
            "seen": looks.seen,
            "clicked": looks.clicked,
            "available": looks.available,
            "shown": day.visits.shown_proof[looks.visit],
            "intent": day.visits.intent[looks.visit],
            "rating": shop.rating[looks.product] - world.MEAN_RATING,
            "price": shop.usual_log_price[looks.product] + ratio[looks.product],
            "reduced": ratio[looks.product] < 0,
            "answered": looks.answered,
            "unanswered": (looks.need >= 0) & ~looks.answered,
            "chance": looks.chance,
        }
        for name, column in values.items():
            columns.setdefault(name, []).append(column)
    return {name: np.concatenate(parts).astype(float) for name, parts in columns.items()}


def test_the_same_day_is_the_same_whatever_came_before() -> None:
    alone, after_others = run(1)[0], run(3)
    again = behaviour.day(
        shelves.the_range(),
        on=START,
        seed=7,
        prices=prices_on(START),
        shelf=np.full(len(shelves.the_range().target), 10_000),
    )
    for other in (after_others[0], again):
        assert other.orders == alone.orders
        np.testing.assert_array_equal(other.looks.product, alone.looks.product)
        np.testing.assert_array_equal(other.visits.start, alone.visits.start)


def test_another_seed_gives_another_day() -> None:
    assert run(1)[0].orders != run(1, seed=8)[0].orders


def test_sixty_days_look_like_a_shop() -> None:
    days = run(60)
    visits = sum(len(day.visits.start) for day in days)
    looks = sum(len(day.looks.visit) for day in days)
    orders = [order for day in days for order in day.orders]
    assert 36_000 < visits < 48_000
    assert 1.3 < looks / visits < 1.8
    assert 0.03 < len(orders) / visits < 0.05
    assert 1.1 < np.mean([len(order.lines) for order in orders]) < 1.5
    assert 0.05 < np.mean([bool(order.returned) for order in orders]) < 0.25
    asked = sum(int((day.looks.need >= 0).sum()) for day in days)
    assert 0.02 < asked / looks < 0.05
    weekend = np.mean([len(day.visits.start) for day in days if day.date.weekday() >= 5])
    weekday = np.mean([len(day.visits.start) for day in days if day.date.weekday() < 5])
    assert weekend > weekday * 1.1


def test_every_order_follows_its_steps() -> None:
    for day in run(5):
        checked_out = set(day.checkouts.tolist())
        carted = day.looks.variant >= 0
        for order in day.orders:
            assert order.visit in checked_out
            assert order.lines
            assert order.placed < order.shipped < order.delivered < order.returned_at
            assert all(index < len(order.lines) for index in order.returned)
            assert len({variant for variant, _ in order.lines}) == len(order.lines)
            assert order.lines[0][0] in day.looks.variant[carted & (day.looks.visit == order.visit)]


def test_nobody_clicks_or_sees_what_is_not_there() -> None:
    looks = many_looks()
    assert not (looks["seen"] > looks["available"]).any()
    assert not (looks["clicked"] > looks["seen"]).any()
    assert not (looks["available"] > looks["shown"]).any()


def test_the_season_moves_visits_and_tastes() -> None:
    december, june = date(2026, 12, 4), date(2026, 6, 5)
    assert behaviour.expected_visits(december) > behaviour.expected_visits(june) * 1.2
    shop = shelves.the_range()
    swim = np.array([piece.kind.key == "swim" for piece in pieces()])
    shelf = np.full(len(shop.target), 10_000)
    busy = replace(KNOBS, visits_per_day=20_000)
    share = []
    for on in (date(2026, 7, 15), date(2026, 1, 15)):
        looks = behaviour.day(shop, on=on, seed=1, prices=prices_on(on), shelf=shelf, knobs=busy).looks
        share.append(swim[looks.product].mean())
    assert share[0] > share[1] * 2


def test_sold_out_sizes_are_not_sold() -> None:
    shop = shelves.the_range()
    shelf = np.zeros(len(shop.target), dtype=np.int64)
    shelf[::2] = 1
    day = behaviour.day(shop, on=START, seed=7, prices=prices_on(START), shelf=shelf)
    sold = np.zeros_like(shelf)
    for order in day.orders:
        for variant, quantity in order.lines:
            sold[variant] += quantity
    assert sold.sum() > 5
    assert (sold <= shelf).all()


@pytest.mark.slow
class TestTrueEffect:
    """What a measure of this shop should find, and what a naive one finds instead."""

    def test_a_regression_with_everything_observed_finds_the_knobs(self) -> None:
        from sklearn.linear_model import LogisticRegression

        looks = many_looks()
        names = ["seen", "clicked", "intent", "rating", "price", "reduced", "answered", "unanswered"]
        fitted = LogisticRegression(C=1e6, max_iter=500).fit(np.column_stack([looks[n] for n in names]), looks["added"])
        found = dict(zip(names, fitted.coef_[0], strict=True))
        # One standard error of each, from simulation: about .03 (seen) to .15 (unanswered).
        assert found["seen"] == pytest.approx(KNOBS.proof_effect, abs=0.08)
        assert found["clicked"] == pytest.approx(KNOBS.click_effect, abs=0.12)
        assert found["intent"] == pytest.approx(KNOBS.adds_by_intent, abs=0.05)
        assert found["rating"] == pytest.approx(KNOBS.adds_by_rating, abs=0.20)
        assert found["price"] == pytest.approx(KNOBS.adds_by_price, abs=0.20)

    def test_the_holdout_finds_the_effect_of_showing_proof(self) -> None:
        looks = many_looks()
        shown = looks["shown"] == 1
        lift = looks["added"][shown].mean() - looks["added"][~shown].mean()
        error = np.sqrt(sum(looks["added"][arm].var() / arm.sum() for arm in (shown, ~shown)))
        true = looks["chance"][shown].mean() - looks["chance"][~shown].mean()
        assert true > 0
        assert abs(lift - true) < 3 * error
        assert lift > 2 * error

    def test_comparing_those_who_saw_with_those_who_did_not_overstates_it(self) -> None:
        looks = many_looks()
        in_shown = looks["shown"] == 1
        seen, unseen = in_shown & (looks["seen"] == 1), in_shown & (looks["seen"] == 0)

        def log_odds(rows: np.ndarray) -> float:
            share = looks["added"][rows].mean()
            return float(np.log(share / (1 - share)))

        assert log_odds(seen) - log_odds(unseen) > KNOBS.proof_effect + 0.10

    def test_without_an_effect_the_holdout_finds_none(self) -> None:
        none = replace(KNOBS, proof_effect=0.0, click_effect=0.0, holdout=0.5)
        added, shown = [], []
        for day in run(60, knobs=none):
            added.append(day.looks.variant >= 0)
            shown.append(day.visits.shown_proof[day.looks.visit])
        bought, arm = np.concatenate(added).astype(float), np.concatenate(shown)
        error = np.sqrt(sum(bought[rows].var() / rows.sum() for rows in (arm, ~arm)))
        assert abs(bought[arm].mean() - bought[~arm].mean()) < 3 * error


class TestAssortment:
    def test_every_product_of_the_data_is_there_once(self) -> None:
        assert len(pieces()) == 839
        assert len({piece.slug for piece in pieces()}) == 839
        assert sum(piece.reviews for piece in pieces()) == 15_166
        names = {piece.number: (piece.name_en, piece.name_fr) for piece in pieces()}
        assert names[1080] == ("Dress 1080", "Robe 1080")

    def test_prices_are_whole_and_only_ever_reduced(self) -> None:
        usual = shelves.the_range().usual_minor
        for offset in range(0, 120, 7):
            prices = prices_on(START + timedelta(days=offset))
            assert (prices % 100 == 0).all()
            assert (prices <= usual).all()
            assert 0.04 < (prices < usual).mean() < 0.13
            assert (prices > usual * 0.7 - 100).all()

    def test_reductions_last_a_fortnight_from_a_wednesday(self) -> None:
        changes = [
            day
            for day in (START + timedelta(days=offset) for offset in range(1, 60))
            if (prices_on(day) != prices_on(day - timedelta(days=1))).any()
        ]
        assert {day.weekday() for day in changes} == {2}
        assert {(later - earlier).days for earlier, later in pairwise(changes)} == {14}

    def test_deliveries_fill_up_on_mondays_unless_late(self) -> None:
        shop = shelves.the_range()
        empty = np.zeros_like(shop.target)
        came = shelves.delivery(empty, on=START, seed=7)
        assert (came <= shop.target).all()
        assert 0.7 < (came[shop.target > 0] > 0).mean() < 0.9
        assert not shelves.delivery(empty, on=START + timedelta(days=1), seed=7).any()
        assert not shelves.delivery(shop.target, on=START, seed=7).any()

    def test_variants_are_told_apart(self) -> None:
        skus = [piece.sku(colour, size) for piece in pieces() for colour in piece.colours for size in piece.kind.sizes]
        assert len(skus) == len(set(skus)) == len(shelves.the_range().target)

    def test_size_shares_sum_to_one_for_each_product(self) -> None:
        shop = shelves.the_range()
        sums = np.add.reduceat(shop.size_share, shop.first_variant[:-1])
        np.testing.assert_allclose(sums, 1)


def test_reduced_share_is_as_documented() -> None:
    shares = [
        (prices_on(START + timedelta(days=14 * step)) < shelves.the_range().usual_minor).mean() for step in range(30)
    ]
    assert np.mean(shares) == pytest.approx(assortment.REDUCED_SHARE, abs=0.01)
