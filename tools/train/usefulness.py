"""Train the usefulness model on helpful votes of clothing reviews."""

from __future__ import annotations

import numpy as np
import polars as pl
import scipy.sparse as sp
from sklearn.linear_model import Ridge
from tools.train.table import Table, read

from parvis.science.text import signs
from parvis.science.text.linear import Linear
from parvis.science.text.lookup import Lookup
from parvis.science.text.usefulness import few_words, text_score

WORDS = (1, 2)
# Chosen on one half of the products (see benchmarks/usefulness.py); the other half is what is reported.
STRENGTH, STRENGTH_ALONE = 8.0, 300.0
SIGNS = 0.08  # how freely signs may weigh beside words


def reviews() -> pl.DataFrame:
    """Reviews with text, duplicates dropped."""
    frame = read("womens_clothing_reviews").filter(pl.col("review_text").is_not_null())
    return frame.unique("review_text", keep="first", maintain_order=True)


def fit(frame: pl.DataFrame, rows: np.ndarray) -> Linear:
    """Ridge on the log of votes, relative to the product's mean: words and signs together, and signs alone."""
    titles, texts = _pieces(frame)
    documents: list[tuple[str, ...]] = list(zip(titles, texts, strict=True))
    table = Table.of(documents, words=WORDS, negation=False)
    vocabulary, idf = table.choose(rows, 3)
    matrix = table.matrix(vocabulary, idf)[rows]
    matrix = sp.csr_matrix(sp.diags(few_words(matrix.getnnz(axis=1).astype(float))) @ matrix)
    seen = signs.read(titles, texts)[0][rows]
    mean, scale = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    shape = np.clip((seen - mean) / scale, -signs.FAR, signs.FAR)
    votes = pl.col("positive_feedback_count").log1p()
    target = frame[rows.tolist()].select(votes - votes.mean().over("clothing_id")).to_series().to_numpy()
    joint = sp.hstack([matrix, sp.csr_matrix(SIGNS * shape)]).tocsr()
    head = Ridge(alpha=STRENGTH, solver="sparse_cg").fit(joint, target)
    alone = Ridge(alpha=STRENGTH_ALONE).fit(shape, target)
    size = len(vocabulary)
    recipe = {
        "words": list(WORDS),
        "spread": float(np.std(head.predict(joint))),
        "spread_alone": float(np.std(alone.predict(shape))),
        "signs": {
            "names": list(signs.NAMES),
            "mean": mean.round(6).tolist(),
            "scale": scale.round(6).tolist(),
            "with_words": (SIGNS * head.coef_[size:]).round(6).tolist(),
            "alone": alone.coef_.round(6).tolist(),
        },
    }
    weights = head.coef_[:size, None].astype(np.float32)
    return Linear(Lookup(vocabulary), idf, weights, np.array([head.intercept_]), recipe)


def scores(model: Linear, frame: pl.DataFrame) -> np.ndarray:
    """The text part of the score, as ``rank_reviews`` uses it."""
    titles, texts = _pieces(frame)
    return np.concatenate(
        [text_score(titles[i : i + 1000], texts[i : i + 1000], model)[0] for i in range(0, len(texts), 1000)]
    )


def _pieces(frame: pl.DataFrame) -> tuple[list[str], list[str]]:
    return frame["title"].fill_null("").to_list(), frame["review_text"].fill_null("").to_list()
