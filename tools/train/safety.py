"""Train the toxicity and spam heads: two logistic regressions on one table of words and letters."""

from __future__ import annotations

import csv
import html
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from tools.train.opinions import made_up
from tools.train.sentiment import clothing, films
from tools.train.table import Documents, Table, read

from parvis.science.text.linear import Linear
from parvis.science.text.lookup import Lookup

HERE = Path(__file__).parent / "data"
WORDS, LETTERS = (1, 2), (3, 4, 5)
KEPT = 60_000
CALM = 2000
PER_TEMPLATE = 40


@dataclass
class Corpus:
    """Documents with the two labels (-1 = says nothing about it), the weight of each, and what must not be split."""

    documents: Documents
    source: np.ndarray
    group: np.ndarray
    toxic: np.ndarray
    spam: np.ndarray
    weight: np.ndarray


def templates(language: str | None = None, *, seed: int = 3) -> list[tuple[str, int]]:
    """Sentences made from the project's own templates: text, and whether it attacks someone."""
    with (HERE / "toxic_slots.csv").open(encoding="utf-8") as held:
        slots: dict[tuple[str, str], list[str]] = {}
        for row in csv.DictReader(held):
            slots.setdefault((row["slot"], row["language"]), []).append(row["value"])
    rng = np.random.default_rng(seed)
    made = []
    with (HERE / "toxic_templates.csv").open(encoding="utf-8") as held:
        for row in csv.DictReader(held):
            if language not in (None, row["language"]):
                continue
            names = re.findall(r"\{(\w+)\}", row["template"])
            choices = list(itertools.product(*(slots[n, row["language"]] for n in names)))
            for pick in rng.permutation(len(choices))[:PER_TEMPLATE]:
                text = row["template"]
                for name, value in zip(names, choices[pick], strict=True):
                    text = text.replace("{" + name + "}", value, 1)
                made.append((text, int(row["label"])))
    return made


def calm(size: int = CALM, *, seed: int = 0) -> Documents:
    """Ordinary reviews, real and made up, praise and anger: neither toxic nor spam."""
    rng = np.random.default_rng(seed)
    chosen: Documents = []
    for documents, share in ((clothing()[0], 0.75), (films()[0], 0.25)):
        chosen += [documents[i] for i in rng.choice(len(documents), int(size * share), replace=False)]
    # anger at a shop is not an attack on a person
    for language in ("en", "fr"):
        chosen += made_up(language, size=size // 2, seed=11)[0]
    return chosen


def corpus() -> Corpus:
    """All the documents that the heads may learn from."""
    hate = read("fr_hatecheck")
    posts = read("fr_mlma_hate")
    comments = read("youtube_comment_spam").unique("CONTENT", keep="first", maintain_order=True)
    attacks = templates()
    quiet = calm()
    hateful = (hate["label_gold"] == "hateful").to_numpy().astype(int)
    rude = (posts["sentiment"] != "normal").to_numpy().astype(int)
    spam = comments["CLASS"].to_numpy().astype(int)
    # byte-order marks leak the class in this set
    texts = [html.unescape(t.replace("\ufeff", "")) for t in comments["CONTENT"]]
    made = np.array([label for _, label in attacks])
    parts: list[tuple[str, list[str], list[object], np.ndarray, np.ndarray, np.ndarray]] = [
        (
            "hatecheck",
            hate["test_case"].to_list(),
            hate["templ_id"].to_list(),
            hateful,
            _none(hate),
            _even(hateful, 2300),
        ),
        ("posts", posts["tweet"].to_list(), list(range(len(posts))), rude, _none(posts), _even(rude, 500)),
        ("templates", [t for t, _ in attacks], [0] * len(made), made, _none(attacks), _even(made, 2000)),
        ("comments", texts, comments["video"].to_list(), _none(comments), spam, np.ones(len(comments))),
    ]
    documents: Documents = [("", t) for _, listed, *_ in parts for t in listed] + quiet
    nothing = np.zeros(len(quiet), dtype=int)
    return Corpus(
        documents,
        np.array([name for name, listed, *_ in parts for _ in listed] + ["calm"] * len(quiet)),
        np.array([str(g) for _, _, groups, *_ in parts for g in groups] + [""] * len(quiet)),
        np.concatenate([p[3] for p in parts] + [nothing]),
        np.concatenate([p[4] for p in parts] + [nothing]),
        np.concatenate([p[5] for p in parts] + [np.full(len(quiet), 0.5)]),
    )


def _none(rows: pl.DataFrame | list[tuple[str, int]]) -> np.ndarray:
    return np.full(len(rows), -1)


def _even(labels: np.ndarray, total: float) -> np.ndarray:
    """Weights that give both labels half of ``total``."""
    share = np.bincount(labels, minlength=2)
    return total / 2 / share[labels]


def fit(held: Corpus, rows: np.ndarray) -> Linear:
    """Both heads learnt on the given rows; the features that matter least are dropped and the rest learnt again."""
    table = Table.of(held.documents, words=WORDS, letters=LETTERS, negation=False)
    vocabulary, idf = table.choose(rows, 2)
    weights, _ = _learn(table, held, rows, vocabulary, idf)
    counts = np.bincount(Lookup(vocabulary).find(table.key)[1], minlength=len(vocabulary))
    matter = (np.abs(weights).max(axis=1) * idf) * np.sqrt(counts)
    kept = np.sort(np.argsort(-matter, kind="stable")[:KEPT])
    vocabulary, idf = vocabulary[kept], idf[kept]
    weights, bias = _learn(table, held, rows, vocabulary, idf)
    return Linear(Lookup(vocabulary), idf, weights, bias, {"words": list(WORDS), "letters": list(LETTERS)})


def _learn(
    table: Table, held: Corpus, rows: np.ndarray, vocabulary: np.ndarray, idf: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    matrix = table.matrix(vocabulary, idf)
    heads = []
    for labels, strength, quiet in ((held.toxic, 10.0, 1.0), (held.spam, 20.0, 0.1)):
        use = rows[labels[rows] >= 0]
        weight = np.where(held.source[use] == "calm", held.weight[use] * quiet, held.weight[use])
        heads.append(
            LogisticRegression(C=strength, solver="liblinear", random_state=0).fit(
                matrix[use], labels[use], sample_weight=weight
            )
        )
    return (
        np.stack([h.coef_[0] for h in heads], axis=1).astype(np.float32),
        np.array([h.intercept_[0] for h in heads]),
    )
