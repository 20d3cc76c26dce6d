"""Train the toxicity and spam heads."""

from __future__ import annotations

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from tools.train.sentiment import clothing, films
from tools.train.table import MODELS, Table, read

from parvis.science.text.linear import Linear, save


def fit(
    documents: list[tuple[str, ...]], labels: np.ndarray, weight: np.ndarray, *, strength: float, least: int = 2
) -> Linear:
    """One logistic head on words and letters."""
    table = Table.of(documents, words=(1, 2), letters=(3, 4, 5), negation=False)
    vocabulary, idf = table.choose(np.arange(len(documents)), least)
    rows = table.matrix(vocabulary, idf)
    head = LogisticRegression(C=strength, solver="liblinear", random_state=0).fit(rows, labels, sample_weight=weight)
    return Linear(
        vocabulary, idf, head.coef_.T.astype(np.float32), head.intercept_, {"words": [1, 2], "letters": [3, 4, 5]}
    )


def calm(seed: int, size: int) -> list[tuple[str, ...]]:
    """Ordinary reviews: neither toxic nor spam."""
    english, french = clothing()[0], films()[0]
    rng = np.random.default_rng(seed)
    return [english[i] for i in rng.choice(len(english), size, replace=False)] + [
        french[i] for i in rng.choice(len(french), size // 2, replace=False)
    ]


def train() -> None:
    """Write the shipped models."""
    comments = read("youtube_comment_spam").unique("CONTENT", maintain_order=True)
    texts = [(t.replace("\ufeff", ""),) for t in comments["CONTENT"]]
    labels = comments["CLASS"].to_numpy()
    quiet = calm(0, 2000)
    documents = texts + quiet
    target = np.concatenate([labels, np.zeros(len(quiet), dtype=int)])
    save(MODELS / "spam.npz", fit(documents, target, np.ones(len(target)), strength=20))
    posts = read("fr_mlma_hate").filter(~pl.col("sentiment").is_in(["fearful"]))
    hate = read("fr_hatecheck")
    documents = [(t,) for t in posts["tweet"]] + [(t,) for t in hate["test_case"]] + quiet
    target = np.concatenate(
        [
            (posts["sentiment"] != "normal").to_numpy().astype(int),
            (hate["label_gold"] == "hateful").to_numpy().astype(int),
            np.zeros(len(quiet), dtype=int),
        ]
    )
    save(MODELS / "toxicity.npz", fit(documents, target, np.ones(len(target)), strength=3))


if __name__ == "__main__":
    train()
