"""Which reviews help most: the shipped recipe beside length, TF-IDF with ridge, and LightGBM, on products never seen.

    .venv/bin/python benchmarks/usefulness.py [--json] [--cuts 5]

Reviews of half the products (by a hash of their number) chose every setting; the other half is reported, each product
scored by models that learnt from all other products of its cut. A cut deals the reported products anew into five parts.
Figures are means over products; intervals are bootstrapped over products. Peers learn from the same reviews in the same
run: TF-IDF (1, 2) with ridge, as strong as scikit-learn makes it, and LightGBM over counts and shapes, when it is
installed (it is no dependency of Parvis). ``transfer`` learns without a whole department and is scored on it: the
nearest thing to another trade that the data allow. ``taught`` is a simulation with known truth: do clicks that come
by position fool what learns from them? Data come from PARVIS_DATA; where they are absent this is said and nothing is
measured.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from hashlib import md5
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import spearmanr
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("OMP_NUM_THREADS", "1")

from tools.train import usefulness
from tools.train.table import DATA

from parvis.science.text import signs

PARTS = 5
LEAST = (20, 8)  # reviews of a product for it to be counted
Learner = Callable[[pl.DataFrame, np.ndarray, np.ndarray], np.ndarray]
Row = dict[str, object]


# -- who is compared ------------------------------------------------------------------------------------------


def parvis(frame: pl.DataFrame, train: np.ndarray, held: np.ndarray) -> np.ndarray:
    """The recipe of the shipped model."""
    return usefulness.scores(usefulness.fit(frame, train), frame[held.tolist()])


def length(frame: pl.DataFrame, train: np.ndarray, held: np.ndarray) -> np.ndarray:
    """The longest first."""
    return frame["review_text"].str.len_chars().to_numpy()[held].astype(float)


def _texts(frame: pl.DataFrame) -> np.ndarray:
    return np.array([f"{title or ''} {text}" for title, text in frame.select("title", "review_text").rows()])


def _target(frame: pl.DataFrame, rows: np.ndarray) -> np.ndarray:
    votes = pl.col("positive_feedback_count").log1p()
    return frame[rows.tolist()].select(votes - votes.mean().over("clothing_id")).to_series().to_numpy()


def tfidf_ridge(frame: pl.DataFrame, train: np.ndarray, held: np.ndarray) -> np.ndarray:
    """TF-IDF with ridge, strength chosen on the tuning half."""
    texts = _texts(frame)
    fitted = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True)
    head = Ridge(alpha=12.0, solver="sparse_cg").fit(fitted.fit_transform(texts[train]), _target(frame, train))
    return np.asarray(head.predict(fitted.transform(texts[held])))


def lightgbm(frame: pl.DataFrame, train: np.ndarray, held: np.ndarray) -> np.ndarray:
    """LightGBM over the counts and shapes that Parvis sees, and the stars."""
    from lightgbm import LGBMRegressor

    table = signs.read(frame["title"].fill_null("").to_list(), frame["review_text"].to_list())[0]
    table = np.column_stack([table, frame["rating"].to_numpy()])
    model = LGBMRegressor(
        n_estimators=200, learning_rate=0.04, num_leaves=15, min_child_samples=40, reg_lambda=5.0, subsample=0.8,
        subsample_freq=1, colsample_bytree=0.6, random_state=0, n_jobs=1, verbose=-1,
    )  # fmt: skip
    return np.asarray(model.fit(table[train], _target(frame, train)).predict(table[held]))


def learners() -> dict[str, Learner]:
    """Everybody who is compared and installed."""
    found: dict[str, Learner] = {"Parvis": parvis, "length": length, "TF-IDF ridge": tfidf_ridge}
    try:
        import lightgbm as _  # noqa: F401 - only whether it is there
    except ImportError:
        print("LightGBM is not installed: left out", file=sys.stderr)
        return found
    return found | {"LightGBM": lightgbm}


# -- the measure ----------------------------------------------------------------------------------------------


def reported(products: np.ndarray) -> np.ndarray:
    """Which products are for the report: half of them, by a hash of their number."""
    return np.array([int(md5(str(p).encode(), usedforsecurity=False).hexdigest(), 16) % 2 == 1 for p in products])


def cuts(products: np.ndarray, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows to learn from and reported rows, part by part; tuning products are always learnt from."""
    names = np.unique(products)
    names = names[reported(names)]
    dealt = dict(
        zip(np.random.default_rng(seed).permutation(names).tolist(), np.arange(len(names)) % PARTS, strict=True)
    )
    part = np.array([dealt.get(product, -1) for product in products.tolist()])
    for number in range(PARTS):
        yield np.flatnonzero(part != number), np.flatnonzero(part == number)


def ndcg(score: np.ndarray, votes: np.ndarray, depth: int = 5) -> float:
    """Normalised gain of the first ``depth``; the gain of a review is the log of its votes."""
    gain, discount = np.log1p(votes), 1 / np.log2(np.arange(2, depth + 2))
    first, best = gain[np.argsort(-score, kind="stable")[:depth]], np.sort(gain)[::-1][:depth]
    return float((first * discount[: len(first)]).sum() / (best * discount[: len(best)]).sum())


def each_product(
    frame: pl.DataFrame, score: np.ndarray, rows: np.ndarray, least: int
) -> dict[int, tuple[float, float]]:
    """Rank correlation with votes and NDCG@5 of each product with at least ``least`` reviews and any difference."""
    votes, products = frame["positive_feedback_count"].to_numpy().astype(float), frame["clothing_id"].to_numpy()
    found = {}
    for product in np.unique(products[rows]):
        own = rows[products[rows] == product]
        if len(own) >= least and votes[own].max() > votes[own].min() and np.ptp(score[own]) > 0:
            found[int(product)] = (float(spearmanr(score[own], votes[own]).statistic), ndcg(score[own], votes[own]))
    return found


def summed(found: list[dict[int, tuple[float, float]]], place: int) -> Row:
    """Mean over products (of their mean over cuts) with its 95 % interval, and each cut's own mean."""
    products = sorted(found[0])
    values = np.array([[cut[product][place] for product in products] for cut in found])
    means = values.mean(axis=0)
    rng = np.random.default_rng(0)
    drawn = [means[rng.integers(0, len(means), len(means))].mean() for _ in range(2000)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return {
        "mean": round(float(means.mean()), 4),
        "interval": [round(float(low), 4), round(float(high), 4)],
        "cuts": [round(float(cut.mean()), 4) for cut in values],
        "products": len(products),
    }


def gap(
    ours: list[dict[int, tuple[float, float]]], peer: list[dict[int, tuple[float, float]]], place: int
) -> list[float]:
    """95 % interval of the mean difference, product by product."""
    both = sorted(ours[0].keys() & peer[0].keys())
    means = [np.array([[cut[p][place] for p in both] for cut in side]).mean(axis=0) for side in (ours, peer)]
    difference, rng = means[0] - means[1], np.random.default_rng(0)
    drawn = [difference[rng.integers(0, len(both), len(both))].mean() for _ in range(2000)]
    return [round(float(bound), 4) for bound in np.quantile(drawn, (0.025, 0.975))]


def unseen_products(frame: pl.DataFrame, count: int) -> list[Row]:
    """Everybody on the reported products, ``count`` cuts."""
    products = frame["clothing_id"].to_numpy()
    kept: dict[str, dict[int, list[dict[int, tuple[float, float]]]]] = {}
    for name, learner in learners().items():
        for seed in range(count):
            score, rows = np.zeros(len(frame)), []
            for train, held in cuts(products, seed):
                score[held] = learner(frame, train, held)
                rows.append(held)
            for least in LEAST:
                found = each_product(frame, score, np.sort(np.concatenate(rows)), least)
                kept.setdefault(name, {}).setdefault(least, []).append(found)
        print(f"{name}: done", file=sys.stderr)
    rows_out: list[Row] = []
    for name, by_least in kept.items():
        for least, found in by_least.items():
            row: Row = {"who": name, "least": least}
            row |= {"spearman": summed(found, 0), "ndcg5": summed(found, 1)}
            if name != "Parvis":
                row |= {
                    "ours_over_it": {
                        key: gap(kept["Parvis"][least], found, n) for n, key in ((0, "spearman"), (1, "ndcg5"))
                    }
                }
            rows_out.append(row)
    return rows_out


def transfer(frame: pl.DataFrame) -> list[Row]:
    """Each large department scored by models that have never seen it."""
    kinds = frame["department"].fill_null("").to_numpy()
    rows: list[Row] = []
    for name, learner in learners().items():
        found: dict[int, tuple[float, float]] = {}
        for kind in ("Dresses", "Tops", "Bottoms", "Intimate", "Jackets"):
            held = np.flatnonzero(kinds == kind)
            if len(held) < 100:
                continue
            score = np.zeros(len(frame))
            score[held] = learner(frame, np.flatnonzero(kinds != kind), held)
            found |= each_product(frame, score, held, LEAST[0])
        rows.append({"who": name, "spearman": summed([found], 0), "ndcg5": summed([found], 1)})
    return rows


def taught(times: int = 5) -> list[Row]:
    """Shops whose clicks fall with the place: does the order learnt from them agree with the true appeal?"""
    from parvis.science.tests.test_usefulness_learning import BIAS, PRODUCTS, REVIEWS, agreement, naive, shop
    from parvis.science.usefulness_learning import learn

    found: dict[tuple[str, str], list[float]] = {}
    for seed in range(times):
        appeal = 0.08 * np.exp(np.random.default_rng(seed).normal(0, 0.4, (PRODUCTS, REVIEWS)))
        orders = {"any order first": None, "the worst first": np.argsort(appeal, axis=1)}
        for name, order in orders.items():
            log = shop(appeal, seed=100 + seed, order=order)
            known = pl.DataFrame({"place": np.arange(1, REVIEWS + 1), "propensity": BIAS})
            oracle = (
                log.join(known, on="place")
                .group_by("product", "voice")
                .agg(rate=pl.col("clicked").sum() / (pl.col("seen") * pl.col("propensity")).sum())
            )
            for who, told, column in (
                ("Parvis", learn(log).reviews, "shift"),
                ("clicks over views", naive(log), "rate"),
                ("propensities known", oracle, "rate"),
            ):
                found.setdefault((who, name), []).append(agreement(told, column, appeal))
    return [
        {"who": who, "shown": name, "spearman": round(float(np.mean(each)), 3), "runs": [round(v, 3) for v in each]}
        for (who, name), each in found.items()
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--cuts", type=int, default=5, help="how many times the products are dealt anew")
    parser.add_argument("--taught", action="store_true", help="only the simulation of clicks, which needs no data")
    asked = parser.parse_args()
    simulated = taught()
    for row in simulated:
        print(json.dumps(row))
    if asked.taught:
        return
    if not (DATA / "womens_clothing_reviews.parquet").exists():
        print(f"no data under {DATA}: nothing measured")
        return
    frame = usefulness.reviews()
    rows, moved = unseen_products(frame, asked.cuts), transfer(frame)
    for row in (*rows, *({"transfer": True} | row for row in moved)):
        print(json.dumps(row))
    told = {row["who"]: row["spearman"]["mean"] for row in rows if row["least"] == LEAST[0]}
    if asked.json:
        whole = {"name": "usefulness_spearman", "ours": told["Parvis"], "peer": told["TF-IDF ridge"]}
        whole |= {"ratio": round(told["Parvis"] / told["TF-IDF ridge"], 3), "rows": rows, "transfer": moved}
        whole |= {"taught": simulated}
        print(json.dumps(whole))


if __name__ == "__main__":
    main()
