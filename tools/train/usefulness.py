"""Train the usefulness model on helpful votes of clothing reviews."""

from __future__ import annotations

import numpy as np
import polars as pl
from sklearn.linear_model import Ridge
from tools.train.table import MODELS, Table, read

from parvis.science.text.linear import Linear, save


def reviews() -> pl.DataFrame:
    """Reviews with text, duplicates dropped."""
    frame = read("womens_clothing_reviews").filter(pl.col("review_text").is_not_null())
    return frame.unique("review_text", keep="first", maintain_order=True)


def fit(frame: pl.DataFrame, rows: np.ndarray) -> Linear:
    """Ridge on the log of votes, relative to the product's mean."""
    documents = [(t or "", x) for t, x in frame.select("title", "review_text").rows()]
    table = Table.of(documents, words=(1, 2), negation=False)
    vocabulary, idf = table.choose(rows, 3)
    matrix = table.matrix(vocabulary, idf)[rows]
    part = frame[rows.tolist()]
    votes = pl.col("positive_feedback_count").log1p()
    target = part.select(votes - votes.mean().over("clothing_id")).to_series().to_numpy()
    head = Ridge(alpha=3.0, solver="sparse_cg").fit(matrix, target)
    spread = float(np.std(head.predict(matrix)))
    return Linear(
        vocabulary,
        idf,
        head.coef_[:, None].astype(np.float32),
        np.array([head.intercept_]),
        {"words": [1, 2], "spread": spread},
    )


def train() -> None:
    """Write the shipped model."""
    frame = reviews()
    save(MODELS / "usefulness.npz", fit(frame, np.arange(len(frame))))


if __name__ == "__main__":
    train()
