"""Questions grouped by what they ask, beside k-means that is told how many groups there are, and HDBSCAN that is not.

    .venv/bin/python benchmarks/faq.py [--samples 5] [--json]

Two sets: bank customers' questions with the intent they were filed under (banking77, English, 77 intents), and the
project's own `data/questions/needs.jsonl` (French and English mixed, 26 needs). Of each, half of the needs chose our
weight and distance, and the other half is reported. Each peer has TF-IDF of words and pairs, or the vectors of the
bundled encoder as they come. Adjusted Rand index (1: the very groups, 0: chance), and what a team would see: of the
groups of three questions or more, how pure they are, and the share of all needs that get a group of which half or more
is theirs. Intervals: 95 %, bootstrap over samples (bank) or needs (own). Data of the bank come from PARVIS_DATA; where
they are absent this is said and only our own are measured.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from parvis.science.retrieval import group_questions
from parvis.science.retrieval.encoder import Encoder

DATA = Path(os.environ.get("PARVIS_DATA", ROOT / "../shared/data"))
SIZE = 400  # questions in a sample of the bank's
LEAST = 3  # questions in a group that a team would be shown
Frame = pl.DataFrame
Grouper = Callable[[Frame], Sequence[int]]


def bank(samples: int) -> list[Frame]:
    """Samples of the half of the intents on which nothing was chosen: text, need, language."""
    path = DATA / "banking77.parquet"
    if not path.exists():
        print("PARVIS_DATA has no banking77.parquet: the bank's questions are not measured", file=sys.stderr)
        return []
    rows = pl.read_parquet(path)
    text, need = rows.columns[0], rows.columns[1]
    rows = rows.select(text=pl.col(text).cast(pl.String), need=pl.col(need).cast(pl.String))
    reported = sorted(rows["need"].unique())[1::2]
    rows = rows.filter(pl.col("need").is_in(reported)).with_columns(language=pl.lit("en"))
    return [rows.sample(SIZE, seed=100 + turn, shuffle=True) for turn in range(samples)]


def own() -> Frame:
    """The project's questions, of the half of the needs on which nothing was chosen."""
    rows = pl.read_ndjson(ROOT / "data/questions/needs.jsonl")
    rows = rows.filter(pl.col("need").is_in(sorted(rows["need"].unique())[1::2]))
    return rows.select("text", "need", "language").sample(fraction=1.0, seed=5, shuffle=True)


def groupers() -> dict[str, Grouper]:
    """Everybody who takes part."""
    encoder = Encoder(threads=2)

    def ours(rows: Frame) -> Sequence[int]:
        asked = rows.with_row_index("id").select("id", "text", "language")
        return list(group_questions(asked, encoder=encoder)["group"])

    def words_only(rows: Frame) -> Sequence[int]:
        asked = rows.with_row_index("id").select("id", "text", "language")
        return list(group_questions(asked)["group"])

    def tfidf(rows: Frame) -> np.ndarray:
        table = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode")
        return np.asarray(table.fit_transform(rows["text"].to_list()).todense())

    def vectors(rows: Frame) -> np.ndarray:
        raw = encoder.raw(rows["text"].to_list(), questions=True)
        return np.asarray(raw / np.linalg.norm(raw, axis=1, keepdims=True))

    def kmeans(made: Callable[[Frame], np.ndarray]) -> Grouper:
        return lambda rows: list(
            KMeans(rows["need"].n_unique(), n_init=10, random_state=0).fit_predict(made(rows)).tolist()
        )

    def density(rows: Frame) -> Sequence[int]:
        found = HDBSCAN(min_cluster_size=LEAST, metric="euclidean", copy=True).fit_predict(vectors(rows))
        alone = iter(range(10_000, 20_000))
        return [int(group) if group >= 0 else next(alone) for group in found]

    return {
        "ours": ours,
        "ours, words only": words_only,
        "k-means told the number, TF-IDF": kmeans(tfidf),
        "k-means told the number, e5": kmeans(vectors),
        "HDBSCAN, e5": density,
    }


def judged(needs: Sequence[str], groups: Sequence[int]) -> dict[str, float]:
    """Rand index, purity of what a team would be shown, and share of needs that are shown."""
    members: dict[int, Counter[str]] = {}
    for need, group in zip(needs, groups, strict=True):
        members.setdefault(group, Counter())[need] += 1
    shown = [held for held in members.values() if held.total() >= LEAST]
    right = sum(held.most_common(1)[0][1] for held in shown)
    found = {held.most_common(1)[0][0] for held in shown if 2 * held.most_common(1)[0][1] >= held.total()}
    asked = {need for need, count in Counter(needs).items() if count >= LEAST}
    return {
        "rand": float(adjusted_rand_score(needs, groups)),
        "purity": right / max(1, sum(held.total() for held in shown)),
        "needs": len(found & asked) / max(1, len(asked)),
    }


def interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % of the means of resampled ``values``."""
    rng = np.random.default_rng(3)
    drawn = rng.choice(np.asarray(values), (2000, len(values))).mean(axis=1)
    return float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def over_needs(needs: Sequence[str], groups: Sequence[int]) -> tuple[float, float]:
    """95 % interval of the Rand index when other needs had been written."""
    rng = np.random.default_rng(3)
    kinds, told, given = sorted(set(needs)), np.asarray(needs), np.asarray(groups)
    drawn = []
    for _ in range(400):
        chosen = rng.choice(len(kinds), len(kinds))
        rows = np.concatenate([np.flatnonzero(told == kinds[at]) for at in np.unique(chosen)])
        drawn.append(float(adjusted_rand_score(told[rows], given[rows])))
    return float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def measure(samples: int) -> list[dict[str, object]]:
    """One row for each set and grouper."""
    taking = groupers()
    rows: list[dict[str, object]] = []
    asked, drawn = own(), bank(samples)
    for name, group in taking.items():
        start = time.process_time()
        found = group(asked)
        spent = time.process_time() - start
        low, high = over_needs(asked["need"].to_list(), found)
        rows.append(
            {"set": "own", "of": name, **judged(asked["need"].to_list(), found), "low": low, "high": high, "s": spent}
        )
        if drawn:
            start = time.process_time()
            each = [judged(sample["need"].to_list(), group(sample)) for sample in drawn]
            spent = (time.process_time() - start) / len(drawn)
            low, high = interval([one["rand"] for one in each])
            means = {key: float(np.mean([one[key] for one in each])) for key in each[0]}
            rows.append({"set": "bank", "of": name, **means, "low": low, "high": high, "s": spent})
    return sorted(rows, key=lambda row: str(row["set"]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = measure(options.samples)
    if options.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{'set':5} {'grouped by':34} {'Rand':>6} {'95 %':>13} {'pure':>6} {'needs':>6} {'CPU s':>6}")
    for row in rows:
        print(
            f"{row['set']:5} {row['of']:34} {row['rand']:6.3f} {row['low']:6.3f}–{row['high']:.3f} "
            f"{row['purity']:6.3f} {row['needs']:6.3f} {row['s']:6.1f}"
        )


if __name__ == "__main__":
    main()
