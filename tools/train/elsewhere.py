"""Stars of reviews that no shipped model may learn from: as shipped, and when the brand's own labels are given.

The second figure is the one a brand gets that labels a few hundred of its reviews: ten folds, each read by a model that
learnt from the other nine. The peer is TF-IDF of words and letters with the same regressions on the same folds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold
from tools.train.table import read

from parvis.science import text
from parvis.science.text.linear import sigmoid

FOLDS, SEED, DRAWS = 10, 1, 500
ENOUGH = 200  # reviews from which own labels can be cross-validated
LEANING = {"negative": 1.0, "neutral": 3.0, "positive": 5.0}
NAMES = ("insurance_fr", "bank_fr", "bank_nl", "bank_en", "airline_en", "beauty_en")


@dataclass(frozen=True)
class Ground:
    """Texts with the stars their authors gave."""

    frame: pl.DataFrame
    stars: np.ndarray


def ground(name: str) -> Ground:
    """One of ``NAMES`` as id, title, text, rating."""
    if name == "insurance_fr":
        frame = read("fr_insurance_reviews").select(title=pl.lit(""), text="avis", rating=pl.col("note").cast(float))
    elif name == "airline_en":
        stars = pl.col("airline_sentiment").replace_strict(LEANING, return_dtype=pl.Float64)
        frame = read("airline_tweets").unique("text", keep="first", maintain_order=True)
        frame = frame.select(title=pl.lit(""), text="text", rating=stars)
    elif name == "beauty_en":
        frame = read("sephora_reviews_2026").filter(pl.col("review_text").is_not_null())
        frame = frame.select("title", text="review_text", rating=pl.col("rating").cast(float))
    else:
        frame = read("trustpilot_bank_fr_nl_en").unique("review_id", keep="first", maintain_order=True)
        frame = frame.filter((pl.col("language") == name[-2:]) & pl.col("text").is_not_null())
        frame = frame.select("title", "text", rating=pl.col("rating").cast(float))
    frame = frame.with_row_index("id")
    return Ground(frame, frame["rating"].to_numpy())


def shipped(held: Ground) -> tuple[np.ndarray, np.ndarray]:
    """Stars and leaning (-1, 0, 1) by the bundled models."""
    stars = text.read(held.frame.drop("rating"))["stars"].to_numpy()
    return stars, np.digitize(stars, [2.5, 3.5]) - 1


def taught(held: Ground) -> tuple[np.ndarray, np.ndarray]:
    """The same by models that learnt from the other folds."""
    stars, leaning = np.zeros(len(held.stars)), np.zeros(len(held.stars), dtype=int)
    for train, part in KFold(FOLDS, shuffle=True, random_state=SEED).split(held.stars):
        found = text.fit(held.frame[train.tolist()]).read(held.frame[part.tolist()])
        stars[part], leaning[part] = found["stars"].to_numpy(), found["leaning"].to_numpy()
    return stars, leaning


def peer(held: Ground) -> tuple[np.ndarray, np.ndarray]:
    """TF-IDF of words and letters with four ordinal logistic regressions, on the same folds."""
    texts = [f"{title or ''} {said}" for title, said in held.frame.select("title", "text").rows()]
    stars, leaning = np.zeros(len(held.stars)), np.zeros(len(held.stars), dtype=int)
    for train, part in KFold(FOLDS, shuffle=True, random_state=SEED).split(held.stars):
        blocks = []
        for kind, size in (("word", (1, 2)), ("char_wb", (2, 5))):
            made = TfidfVectorizer(analyzer=kind, ngram_range=size, min_df=2, sublinear_tf=True)
            blocks.append((made.fit_transform([texts[i] for i in train]), made.transform([texts[i] for i in part])))
        heads = []
        for step in (1, 2, 3, 4):
            learnt = [
                LogisticRegression(C=10, solver="liblinear", tol=1e-3)
                .fit(a, held.stars[train] > step)
                .decision_function(b)
                for a, b in blocks
            ]
            heads.append(np.mean(learnt, axis=0))
        above = np.minimum.accumulate(sigmoid(np.stack(heads, axis=1)), axis=1)
        stars[part] = 1 + sigmoid(8.0 * np.stack(heads, axis=1)).sum(axis=1)
        likely = np.stack([1 - above[:, 1], above[:, 1] - above[:, 2], above[:, 2]], axis=1)
        leaning[part] = likely.argmax(axis=1) - 1
    return stars, leaning


def figures(held: Ground, stars: np.ndarray, leaning: np.ndarray) -> dict[str, object]:
    """Mean absolute error, macro-F1 of bad / middling / good, and polarity without the middle, with 95 % intervals."""
    true = np.digitize(held.stars, [2.5, 3.5]) - 1
    clear = true != 0

    def each(rows: np.ndarray) -> tuple[float, float, float]:
        some = rows[clear[rows]]
        return (
            float(np.abs(stars[rows] - held.stars[rows]).mean()),
            float(f1_score(true[rows], leaning[rows], average="macro", labels=[-1, 0, 1], zero_division=0)),
            float(((stars[some] > 3) == (true[some] > 0)).mean()),
        )

    rng = np.random.default_rng(0)
    drawn = np.array([each(rng.integers(0, len(true), len(true))) for _ in range(DRAWS)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0).round(3)
    values = each(np.arange(len(true)))
    names = ("mae", "macro_f1", "polarity")
    return {n: [round(v, 3), float(a), float(b)] for n, v, a, b in zip(names, values, low, high, strict=True)} | {
        "reviews": len(true)
    }


def main() -> None:
    """Print every figure."""
    for name in NAMES:
        held = ground(name)
        print(name, "shipped", figures(held, *shipped(held)), flush=True)
        if name not in ("bank_en", "beauty_en"):
            print(name, "own labels", figures(held, *taught(held)), flush=True)
            print(name, "peer", figures(held, *peer(held)), flush=True)


if __name__ == "__main__":
    main()
