"""Train the usefulness model on helpful votes of clothing reviews."""

from __future__ import annotations

import numpy as np
import polars as pl
from sklearn.linear_model import Ridge
from tools.train.table import Table, read

from parvis.science.text.linear import Linear
from parvis.science.text.lookup import Lookup
from parvis.science.text.usefulness import words_score

WORDS = (1, 2)


def reviews() -> pl.DataFrame:
    """Reviews with text, duplicates dropped."""
    frame = read("womens_clothing_reviews").filter(pl.col("review_text").is_not_null())
    return frame.unique("review_text", keep="first", maintain_order=True)


def fit(frame: pl.DataFrame, rows: np.ndarray) -> Linear:
    """Ridge on the log of votes, relative to the product's mean."""
    documents: list[tuple[str, ...]] = [(t or "", x) for t, x in frame.select("title", "review_text").rows()]
    table = Table.of(documents, words=WORDS, negation=False)
    vocabulary, idf = table.choose(rows, 3)
    matrix = table.matrix(vocabulary, idf)[rows]
    votes = pl.col("positive_feedback_count").log1p()
    target = frame[rows.tolist()].select(votes - votes.mean().over("clothing_id")).to_series().to_numpy()
    head = Ridge(alpha=12.0, solver="sparse_cg").fit(matrix, target)
    recipe = {"words": list(WORDS), "spread": float(np.std(head.predict(matrix)))}
    weights = head.coef_[:, None].astype(np.float32)
    return Linear(Lookup(vocabulary), idf, weights, np.array([head.intercept_]), recipe)


def scores(model: Linear, frame: pl.DataFrame) -> np.ndarray:
    """The text part of the score, as ``rank_reviews`` uses it."""
    texts = frame["review_text"].fill_null("").to_list()
    titles = frame["title"].fill_null("").to_list()
    return np.concatenate(
        [words_score(titles[i : i + 1000], texts[i : i + 1000], model) for i in range(0, len(texts), 1000)]
    )
