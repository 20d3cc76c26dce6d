"""Train the star models: English from clothing reviews, French from film reviews, both with the project's own phrases.

Everything random is seeded; the same data give the same files.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from tools.train.opinions import made_up
from tools.train.table import Documents, Table, read

from parvis.science.text.linear import Linear
from parvis.science.text.lookup import Lookup

STEPS = (1, 2, 3, 4)
WORDS = (1, 2, 3)
MADE_UP = 3000
WEIGHT = 3.0  # of a made-up review against a real one


def clothing() -> tuple[Documents, np.ndarray]:
    """Titles and texts of the clothing reviews, duplicates dropped, with stars."""
    frame = read("womens_clothing_reviews").filter(pl.col("review_text").is_not_null())
    frame = frame.unique("review_text", keep="first", maintain_order=True)
    pairs: Documents = [(t or "", x) for t, x in frame.select("title", "review_text").rows()]
    return pairs, frame["rating"].to_numpy().astype(float)


def films() -> tuple[Documents, np.ndarray]:
    """French film reviews with polarity 0 or 1."""
    frame = read("fr_allocine_reviews")
    return [("", x) for x in frame["text"].to_list()], frame["label"].to_numpy()


def english(documents: Documents, stars: np.ndarray) -> Linear:
    """Four ordinal heads on clothing reviews with stars."""
    made, told = made_up("en", size=MADE_UP)
    return _heads([*documents, *made], np.concatenate([stars, told]), len(documents), strength=15.0)


def french(documents: Documents, positive: np.ndarray) -> Linear:
    """Four ordinal heads on film reviews known as good or bad only, and made-up reviews with stars.

    A good film counts as 4 or 5 stars, a bad one as 1 or 2, by a fair seeded coin: the outer heads then learn their
    levels from the made-up reviews. Features are weighted by naive-Bayes log-count ratios (Wang and Manning 2012).
    """
    coin = np.random.default_rng(0).random(len(positive)) < 0.5
    stars = np.where(positive == 1, np.where(coin, 5, 4), np.where(coin, 1, 2)).astype(float)
    made, told = made_up("fr", size=MADE_UP)
    return _heads([*documents, *made], np.concatenate([stars, told]), len(documents), strength=5.0, ratios=True)


def _heads(documents: Documents, stars: np.ndarray, real: int, *, strength: float, ratios: bool = False) -> Linear:
    table = Table.of(documents, words=WORDS)
    vocabulary, idf = table.choose(np.arange(len(documents)), 2)
    matrix = table.matrix(vocabulary, idf)
    weight = np.where(np.arange(len(documents)) < real, 1.0, WEIGHT)
    ratio = _ratio(matrix, stars, np.where(weight > 1, 0.5, 1.0)) if ratios else np.ones(len(vocabulary))
    scaled = matrix @ sp.diags(ratio)
    heads = [
        LogisticRegression(C=strength, solver="liblinear", tol=1e-3, random_state=0).fit(
            scaled, stars > step, sample_weight=weight
        )
        for step in STEPS
    ]
    weights = np.stack([h.coef_[0] * ratio for h in heads], axis=1).astype(np.float32)
    return Linear(Lookup(vocabulary), idf, weights, np.array([h.intercept_[0] for h in heads]), {"words": list(WORDS)})


def _ratio(matrix: sp.csr_matrix, stars: np.ndarray, weight: np.ndarray) -> np.ndarray:
    there = sp.diags(weight) @ (matrix > 0).astype(float)
    yes = 1 + np.asarray(there[np.flatnonzero(stars > 3)].sum(axis=0)).ravel()
    no = 1 + np.asarray(there[np.flatnonzero(stars < 3)].sum(axis=0)).ravel()
    return np.log(yes / yes.sum()) - np.log(no / no.sum())
