"""Train the star models: English from clothing reviews, French from film reviews (and the project's own phrases)."""

from __future__ import annotations

import numpy as np
import polars as pl
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from tools.train.table import MODELS, Table, read

from parvis.science.text.linear import Linear, save

STEPS = (1, 2, 3, 4)


def ordinal(rows: sp.csr_matrix, stars: np.ndarray, *, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Four heads: log odds of more than 1, 2, 3, 4 stars."""
    heads = [
        LogisticRegression(C=strength, solver="liblinear", tol=1e-3, random_state=0).fit(rows, stars > k) for k in STEPS
    ]
    return np.stack([h.coef_[0] for h in heads], axis=1), np.array([h.intercept_[0] for h in heads])


def clothing() -> tuple[list[tuple[str, ...]], np.ndarray]:
    """Titles and texts of the clothing reviews, duplicates dropped, with stars."""
    frame = read("womens_clothing_reviews").filter(pl.col("review_text").is_not_null())
    frame = frame.unique("review_text", keep="first", maintain_order=True)
    pairs = [(t or "", x) for t, x in frame.select("title", "review_text").rows()]
    return pairs, frame["rating"].to_numpy().astype(float)


def english(documents: list[tuple[str, ...]], stars: np.ndarray, rows: np.ndarray) -> Linear:
    """The English model learnt on the given rows."""
    table = Table.of(documents)
    vocabulary, idf = table.choose(rows, 2)
    matrix = table.matrix(vocabulary, idf)[rows]
    weights, bias = ordinal(matrix, stars[rows], strength=15.0)
    return Linear(vocabulary, idf, weights.astype(np.float32), bias, {"words": [1, 2, 3]})


def films() -> tuple[list[tuple[str, ...]], np.ndarray]:
    """French film reviews with polarity 0 or 1."""
    frame = read("fr_allocine_reviews")
    return [(x,) for x in frame["text"].to_list()], frame["label"].to_numpy()


def french(documents: list[tuple[str, ...]], positive: np.ndarray, rows: np.ndarray) -> Linear:
    """The French model: logistic regression on TF-IDF weighted by naive-Bayes log-count ratios (Wang, Manning 2012)."""
    table = Table.of(documents)
    vocabulary, idf = table.choose(rows, 2)
    matrix = table.matrix(vocabulary, idf)[rows]
    there = (matrix > 0).astype(float)
    yes = 1 + np.asarray(there[positive[rows] == 1].sum(axis=0)).ravel()
    no = 1 + np.asarray(there[positive[rows] == 0].sum(axis=0)).ravel()
    ratio = np.log(yes / yes.sum()) - np.log(no / no.sum())
    fitted = LogisticRegression(C=10, solver="liblinear", random_state=0).fit(matrix @ sp.diags(ratio), positive[rows])
    weight = fitted.coef_[0] * ratio
    steps = np.array([2.2, 0.7, -0.7, -2.2])
    return Linear(
        vocabulary,
        idf,
        np.repeat(weight[:, None], 4, axis=1).astype(np.float32),
        fitted.intercept_[0] + steps,
        {"words": [1, 2, 3]},
    )


def train() -> None:
    """Fit on everything that may be used and write the shipped files; the cards report models fitted on a part."""
    documents, stars = clothing()
    save(MODELS / "sentiment_en.npz", english(documents, stars, np.arange(len(stars))))
    documents, positive = films()
    save(MODELS / "sentiment_fr.npz", french(documents, positive, np.arange(len(positive))))


if __name__ == "__main__":
    train()
