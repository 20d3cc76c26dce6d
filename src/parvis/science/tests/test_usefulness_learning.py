"""Learning from clicks whose places are known to lie: simulations with a known truth."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from parvis.core.tables import TableError
from parvis.science.usefulness_learning import Learned, learn

PRODUCTS, REVIEWS, DAYS, VISITS = 40, 12, 20, 60
BIAS = 1 / np.arange(1, REVIEWS + 1) ** 0.8


def shop(appeal: np.ndarray, *, seed: int, shuffled: float = 0.15, order: np.ndarray | None = None) -> pl.DataFrame:
    """Days of a shop that shows reviews by a fixed order, some visits by another sort; clicks by appeal and place."""
    source = np.random.default_rng(seed)
    first = np.argsort(source.random(appeal.shape), axis=1) if order is None else order
    rows = []
    for product in range(len(appeal)):
        for _ in range(DAYS):
            shown = first[product] if source.random() >= shuffled else source.permutation(REVIEWS)
            seen = source.binomial(VISITS, 0.9, REVIEWS)
            clicked = source.binomial(seen, np.minimum(appeal[product, shown] * BIAS, 1))
            for place, review in enumerate(shown):
                rows.append((product, product * 100 + int(review), place + 1, int(seen[place]), int(clicked[place])))
    return pl.DataFrame(rows, schema=["product", "voice", "place", "seen", "clicked"], orient="row")


def agreement(told: pl.DataFrame, column: str, appeal: np.ndarray) -> float:
    """Rank correlation with the truth within products."""
    truth = np.array([appeal[voice // 100, voice % 100] for voice in told["voice"]])
    found = []
    for product in range(len(appeal)):
        own = (told["product"] == product).to_numpy()
        found.append(spearmanr(told[column].to_numpy()[own], truth[own]).statistic)
    return float(np.mean(found))


def naive(log: pl.DataFrame) -> pl.DataFrame:
    return log.group_by("product", "voice").agg(rate=pl.col("clicked").sum() / pl.col("seen").sum())


def test_places_do_not_fool_it() -> None:
    source = np.random.default_rng(1)
    appeal = 0.08 * np.exp(source.normal(0, 0.4, (PRODUCTS, REVIEWS)))
    log = shop(appeal, seed=2)
    learned = learn(log)
    ours, plain = agreement(learned.reviews, "shift", appeal), agreement(naive(log), "rate", appeal)
    assert ours > plain + 0.15
    assert ours > 0.6
    known = learned.places.filter(pl.col("place") <= REVIEWS)["propensity"].to_numpy()
    assert np.abs(known - BIAS).max() < 0.12


def test_the_worst_shown_first_is_found_out() -> None:
    source = np.random.default_rng(3)
    appeal = 0.08 * np.exp(source.normal(0, 0.4, (PRODUCTS, REVIEWS)))
    log = shop(appeal, seed=4, order=np.argsort(appeal, axis=1))  # as wrong as an order can be
    assert agreement(naive(log), "rate", appeal) < 0
    assert agreement(learn(log).reviews, "shift", appeal) > 0.4


def test_nothing_is_learnt_where_all_are_alike() -> None:
    learned = learn(shop(np.full((PRODUCTS, REVIEWS), 0.06), seed=5))
    shifts = learned.reviews["shift"].to_numpy()
    assert np.quantile(np.abs(shifts), 0.95) < 0.1


def test_an_order_that_never_changed_teaches_little() -> None:
    # place and review cannot be told apart: the place takes the blame
    learned = learn(shop(np.full((PRODUCTS, REVIEWS), 0.06), seed=6, shuffled=0.0))
    assert np.abs(learned.reviews["shift"].to_numpy()).max() < 0.25


def test_few_visits_move_little_and_many_more() -> None:
    def one(times: int) -> Learned:
        rows = [
            (1, voice, place, 20 * times, (4 if voice == 1 else 1) * times) for voice in (1, 2, 3) for place in (1, 2)
        ]
        return learn(pl.DataFrame(rows, schema=["product", "voice", "place", "seen", "clicked"], orient="row"))

    few, many = (one(n).reviews.filter(pl.col("voice") == 1).row(0, named=True) for n in (1, 100))
    assert 0 < few["shift"] < many["shift"]
    assert many["low"] > 0
    assert few["high"] - few["low"] > many["high"] - many["low"]


def test_purchases_count_and_cannot_outnumber_clicks() -> None:
    rows = [(1, 1, 1, 500, 40, 30), (1, 2, 1, 500, 40, 0), (1, 1, 2, 500, 40, 900), (1, 2, 2, 500, 40, 0)]
    log = pl.DataFrame(rows, schema=["product", "voice", "place", "seen", "clicked", "led"], orient="row")
    first, second = learn(log).reviews.sort("voice")["shift"]
    assert first > second


def test_empty_and_strange_tables() -> None:
    empty = pl.DataFrame(
        schema={"product": pl.Int64, "voice": pl.Int64, "place": pl.Int64, "seen": pl.Int64, "clicked": pl.Int64}
    )
    assert learn(empty).reviews.is_empty()
    zero = pl.DataFrame({"product": [1], "voice": [1], "place": [0], "seen": [0], "clicked": [9]})
    assert learn(zero).reviews.is_empty()
    odd = pl.DataFrame({"product": ["a"], "voice": ["x"], "place": [400], "seen": [3], "clicked": [9]})
    assert np.isfinite(learn(odd).reviews["shift"].to_numpy()).all()
    with pytest.raises(TableError):
        learn(pl.DataFrame({"product": [1]}))
