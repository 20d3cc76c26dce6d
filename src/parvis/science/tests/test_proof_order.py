"""The order of proofs as a bandit: known propensities, a floor, a hold-out, and a truth to be found."""

import numpy as np
import polars as pl
import pytest

from parvis.core.tables import TableError
from parvis.science import proof_order
from parvis.science.proof_order import BUCKETS, HELD_OUT, compare, plan, weighed

SCORES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)


def proofs(scores: tuple[float, ...] = SCORES) -> pl.DataFrame:
    return pl.DataFrame({"group": [1] * len(scores), "proof": list(range(len(scores))), "score": list(scores)})


def simulated(appeal: np.ndarray, *, rounds: int, visits: int, seed: int) -> tuple[pl.DataFrame, dict[str, list[int]]]:
    """A placement of one product over ``rounds`` days: its exposures, and (looks, acts on the first proof) by arm."""
    source = np.random.default_rng(seed)
    bias = np.asarray(proof_order.PLACES[: len(appeal)])
    rows: list[tuple[int, int, int, int, int]] = []
    arms: dict[str, list[int]] = {"held_out": [0, 0], "learnt": [0, 0]}
    for day in range(rounds):
        told = pl.DataFrame(rows, schema=["group", "proof", "place", "seen", "clicked"], orient="row")
        known = proofs() if not rows else proofs().join(weighed(told), on=["group", "proof"], how="left")
        orders = plan(known, seed=seed * 1000 + day).orders.sort("bucket")
        buckets = source.integers(0, BUCKETS, visits)
        for bucket in np.unique(buckets):
            arm, order = orders["arm"][int(bucket)], orders["order"][int(bucket)].to_list()
            seen = int((buckets == bucket).sum())
            clicked = source.binomial(seen, appeal[order] * bias)
            rows += [(1, proof, place + 1, seen, int(clicked[place])) for place, proof in enumerate(order)]
            kept = arms["held_out" if arm == "held_out" else "learnt"]
            if day >= rounds // 2:
                kept[0] += seen
                kept[1] += int(clicked.sum())
    return pl.DataFrame(rows, schema=["group", "proof", "place", "seen", "clicked"], orient="row"), arms


def test_it_finds_the_better_order_and_says_so() -> None:
    appeal = np.array([0.02, 0.02, 0.03, 0.03, 0.04, 0.12])  # the least useful one is what people want to read
    exposures, arms = simulated(appeal, rounds=30, visits=600, seed=1)
    last = plan(proofs().join(weighed(exposures), on=["group", "proof"], how="left"), seed=9)
    first = last.propensities.filter((pl.col("proof") == 5) & (pl.col("place") == 1))["propensity"].item()
    assert first > 0.75
    found = compare(
        looked=arms["learnt"][0], acted=arms["learnt"][1],
        held_out_looked=arms["held_out"][0], held_out_acted=arms["held_out"][1],
    )  # fmt: skip
    assert found.verdict == "learnt_better"
    assert 0 < found.low < found.difference < found.high


def test_where_all_are_alike_it_keeps_testing() -> None:
    _, arms = simulated(np.full(6, 0.04), rounds=16, visits=400, seed=2)
    found = compare(
        looked=arms["learnt"][0], acted=arms["learnt"][1],
        held_out_looked=arms["held_out"][0], held_out_acted=arms["held_out"][1],
    )  # fmt: skip
    assert found.verdict == "keep_testing"
    assert found.low < 0 < found.high


def test_propensities_are_those_of_the_orders() -> None:
    plans = plan(proofs(), seed=3)
    free = plans.orders.filter(pl.col("arm") != "held_out")
    source = np.random.default_rng(4)
    dealt = [free["order"][int(at)].to_list() for at in source.integers(0, free.height, 40_000)]
    for proof, place, propensity in plans.propensities.select("proof", "place", "propensity").iter_rows():
        share = np.mean([order[place - 1] == proof for order in dealt])
        assert share == pytest.approx(propensity, abs=0.012)
    sums = plans.propensities.group_by("proof").agg(pl.col("propensity").sum())["propensity"].to_numpy()
    assert sums == pytest.approx(np.ones(6))


def test_logged_propensities_undo_the_choice() -> None:
    # each proof is acted on at its own rate when first; weights of 1 / propensity give it back
    truth = np.array([0.1, 0.02, 0.3, 0.05, 0.2, 0.15])
    plans = plan(proofs().with_columns(expected=pl.lit(400.0), acts=pl.Series(400 * truth)), seed=5)
    free = plans.orders.filter(pl.col("arm") != "held_out")["order"].to_list()
    at_first = plans.propensities.filter(pl.col("place") == 1)
    first = dict(zip(at_first["proof"], at_first["propensity"], strict=True))
    source = np.random.default_rng(6)
    acted = np.zeros(6)
    times = 200_000
    for at in source.integers(0, len(free), times):
        shown = free[int(at)][0]
        acted[shown] += (source.random() < truth[shown]) / first[shown]
    assert acted / times == pytest.approx(truth, abs=0.02)


def test_the_floor_and_the_hold_out_stay() -> None:
    sure = proofs().with_columns(expected=pl.lit(1e6), acts=pl.Series([1e3, 1e3, 1e3, 1e3, 1e3, 4e5]))
    plans = plan(sure, seed=7)
    at_first = plans.propensities.filter(pl.col("place") == 1)
    assert set(at_first["proof"]) == set(range(6))
    assert at_first["propensity"].min() >= 1 / (BUCKETS - HELD_OUT) - 1e-12
    held = plans.orders.filter(pl.col("arm") == "held_out")
    assert held.height == HELD_OUT
    assert held["order"].to_list() == [[0, 1, 2, 3, 4, 5]] * HELD_OUT


def test_before_anybody_has_looked_usefulness_leads() -> None:
    at_first = plan(proofs((0.95, 0.5, 0.4, 0.1)), seed=8).propensities.filter(pl.col("place") == 1)
    chances = dict(zip(at_first["proof"], at_first["propensity"], strict=True))
    assert chances[0] == max(chances.values())


def test_what_is_rearranged_is_what_is_counted() -> None:
    plans = plan(proofs(), seed=9, arrange=lambda group, order: (3, *(each for each in order if each != 3)))
    assert set(plans.orders["order"].list.first()) == {3}
    assert plans.propensities.filter((pl.col("proof") == 3) & (pl.col("place") == 1))["propensity"].item() == 1.0


def test_looking_often_seldom_finds_what_is_not_there() -> None:
    source = np.random.default_rng(10)
    wrong = 0
    for _ in range(200):
        totals = np.zeros(4, dtype=np.int64)
        for _ in range(20):
            totals += [
                800, source.binomial(800, 0.05),
                200, source.binomial(200, 0.05),
            ]  # fmt: skip
            looked, acted, held, held_acted = (int(each) for each in totals)
            if (
                compare(looked=looked, acted=acted, held_out_looked=held, held_out_acted=held_acted).verdict
                != "keep_testing"
            ):
                wrong += 1
                break
    assert wrong <= 200 * 0.05 + 5


def test_an_odd_split_is_told_and_decides_nothing() -> None:
    found = compare(looked=5000, acted=900, held_out_looked=2500, held_out_acted=50)
    assert found.sample_ratio_p < 0.001
    assert found.verdict == "keep_testing"
    assert compare(looked=0, acted=0, held_out_looked=0, held_out_acted=0).verdict == "keep_testing"


def test_strange_tables() -> None:
    one = plan(pl.DataFrame({"group": ["a"], "proof": ["x"], "score": [0.5]}), seed=1)
    assert one.orders.height == BUCKETS
    assert one.propensities["propensity"].to_list() == [1.0]
    assert plan(proofs().head(0), seed=1).orders.is_empty()
    many = pl.DataFrame({"group": [1] * 30, "proof": range(30), "score": np.linspace(0, 1, 30)})
    assert set(plan(many, seed=1).orders["order"].explode()) == set(range(22, 30))
    with pytest.raises(TableError):
        plan(pl.DataFrame({"group": [1]}), seed=1)
    assert (
        weighed(pl.DataFrame({"group": [1], "proof": [1], "place": [90], "seen": [4], "clicked": [9]}))["acts"].item()
        == 4
    )
