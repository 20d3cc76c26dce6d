"""Orders of quotes that learn, beside orders that do not: share of the best possible acts in a simulated shop.

What a visitor would act on is known here: appeals differ by quote (log-normal), agree with usefulness only partly, and
places hide what stands further down. Every order sees the same visitors. `drawn` is ours without its hold-out, `ours
with hold-out` is what a shop really gets; `greedy` puts the highest observed rate first; `useful` never learns.

    .venv/bin/python benchmarks/proof_order.py [--json] [--products 60] [--days 30] [--visits 150] [--shops 5]
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from parvis.science import proof_order

QUOTES, SHOWN = 8, 6
BIAS = np.asarray(proof_order.PLACES)
Orders = Callable[[pl.DataFrame, int], np.ndarray]  # of each product, 40 buckets of orders


def shop(seed: int, products: int) -> tuple[np.ndarray, np.ndarray]:
    """(appeal, usefulness) of each quote: their logarithms agree with a correlation of about .4."""
    source = np.random.default_rng(seed)
    common, own, other = (source.normal(size=(products, QUOTES)) for _ in range(3))
    appeal = 0.05 * np.exp(0.5 * (0.63 * common + 0.78 * own))
    return np.minimum(appeal, 0.6), 1 / (1 + np.exp(-(0.63 * common + 0.78 * other)))


def known(score: np.ndarray, told: pl.DataFrame | None) -> pl.DataFrame:
    """What a planner is given."""
    products = len(score)
    frame = pl.DataFrame(
        {
            "group": np.repeat(np.arange(products), QUOTES),
            "proof": np.tile(np.arange(QUOTES), products),
            "score": score.ravel(),
        }
    )
    return frame if told is None else frame.join(proof_order.weighed(told), on=["group", "proof"], how="left")


def ours(frame: pl.DataFrame, seed: int) -> np.ndarray:
    plans = proof_order.plan(frame, seed=seed).orders.sort("group", "bucket")
    return np.array(plans["order"].to_list()).reshape(-1, proof_order.BUCKETS, QUOTES)


def greedy(frame: pl.DataFrame, seed: int) -> np.ndarray:
    filled = frame.with_columns(pl.col("expected", "acts").fill_null(0.0)) if "acts" in frame.columns else None
    rate = frame["score"] if filled is None else (filled["acts"] + frame["score"]) / (filled["expected"] + 20)
    order = np.argsort(-rate.to_numpy().reshape(-1, QUOTES), axis=1)
    return np.repeat(order[:, None, :], proof_order.BUCKETS, axis=1)


def useful(frame: pl.DataFrame, seed: int) -> np.ndarray:
    order = np.argsort(-frame["score"].to_numpy().reshape(-1, QUOTES), axis=1)
    return np.repeat(order[:, None, :], proof_order.BUCKETS, axis=1)


def shuffled(frame: pl.DataFrame, seed: int) -> np.ndarray:
    source = np.random.default_rng(seed)
    keys = source.random((frame.height // QUOTES, proof_order.BUCKETS, QUOTES))
    return np.argsort(keys, axis=2)


def run(
    plan: Orders, appeal: np.ndarray, score: np.ndarray, *, days: int, visits: int, seed: int
) -> tuple[float, float]:
    """Shares of the best possible expected acts: of everybody, and of those who are not in the hold-out."""
    best = (np.sort(appeal, axis=1)[:, ::-1][:, :SHOWN] * BIAS[:SHOWN]).sum()
    everybody, free, told = [], [], None
    for day in range(days):
        orders = plan(known(score, told), seed * 100 + day)[:, :, :SHOWN]
        worth = np.take_along_axis(appeal[:, None, :].repeat(orders.shape[1], 1), orders, axis=2) * BIAS[:SHOWN]
        total = worth.sum(axis=2)
        everybody.append(total.mean(axis=1).sum() / best)
        free.append(total[:, proof_order.HELD_OUT :].mean(axis=1).sum() / best)
        source = np.random.default_rng([seed, day])
        seen = source.multinomial(visits, [1 / orders.shape[1]] * orders.shape[1], size=len(appeal))[:, :, None]
        clicked = source.binomial(np.broadcast_to(seen, worth.shape), worth)
        group, _, place = np.indices(orders.shape)
        rows = pl.DataFrame(
            {
                "group": group.ravel(), "proof": orders.ravel(), "place": place.ravel() + 1,
                "seen": np.broadcast_to(seen, worth.shape).ravel(), "clicked": clicked.ravel(),
            }
        )  # fmt: skip
        rows = rows.group_by("group", "proof", "place").agg(pl.col("seen", "clicked").sum())
        told = rows if told is None else pl.concat([told, rows]).group_by("group", "proof", "place").agg(
            pl.col("seen", "clicked").sum()
        )  # fmt: skip
    return float(np.mean(everybody)), float(np.mean(free))


def main() -> None:
    """Print the shares of each order with their standard errors over shops."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    for name, default in (("products", 60), ("days", 30), ("visits", 150), ("shops", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    began, found = time.monotonic(), {}
    for name, plan in (("shuffled", shuffled), ("useful", useful), ("greedy", greedy), ("ours", ours)):
        shares = []
        for seed in range(100, 100 + asked.shops):  # others than those it was tuned on
            appeal, score = shop(seed, asked.products)
            shares.append(run(plan, appeal, score, days=asked.days, visits=asked.visits, seed=seed))
        table = np.array(shares)
        errors = table.std(axis=0, ddof=1) / np.sqrt(len(table)) if len(table) > 1 else [0.0, 0.0]
        found[name] = {"share": table[:, 0].mean(), "se": errors[0]}
        if name == "ours":
            found["ours with hold-out"] = found.pop("ours")
            found["drawn"] = {"share": table[:, 1].mean(), "se": errors[1]}
    if asked.json:
        print(json.dumps({"shares": found, "seconds": round(time.monotonic() - began, 1)}))
        return
    for name, row in found.items():
        print(f"{name:20} {row['share']:.3f} ± {row['se']:.3f}")


if __name__ == "__main__":
    main()
