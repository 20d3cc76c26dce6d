"""Train the toxicity and spam heads: linear tables over words, letters and kinds of words in sequence."""

from __future__ import annotations

import csv
import html
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold
from tools.train.opinions import made_up
from tools.train.sentiment import clothing, films
from tools.train.table import CHUNK, Documents, Table, read

from parvis.science.text.disguise import plain
from parvis.science.text.linear import Linear, keys
from parvis.science.text.lookup import Lookup
from parvis.science.text.safety import FLOOR, TABLES, WEIGHT, features, told
from parvis.science.text.tokens import cut

HERE = Path(__file__).parent / "data"
KEPT = 60_000
LEAST = {"words": 2, "letters": 3, "concepts": 2}  # documents that a feature must be met in
PLAIN, SCALED, SPAM = 10.0, 1.0, 10.0  # how freely each regression may learn
SHARE = 0.6  # of the sum of two regressions
POSTS = 300  # weight of all real posts together
CALM = 2000
PER_TEMPLATE = 25
MISSPELT = 0.35  # share of the made sentences that are given once more, misspelt


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
    return made + [(_misspelt(text, rng), label) for text, label in made if rng.random() < MISSPELT]


def _misspelt(text: str, rng: np.random.Generator) -> str:
    """The text with a letter of its longer words dropped or swapped, or with spaces lost, as people evade filters."""
    if rng.random() < 0.3:
        return text.replace(" ", "", int(rng.integers(2, 6)))
    out = []
    for word in text.split(" "):
        if len(word) < 5 or rng.random() < 0.4:
            out.append(word)
            continue
        at = int(rng.integers(1, len(word) - 2))
        middle = word[at + 1] + word[at] if rng.random() < 0.5 else word[at + 1]
        out.append(word[:at] + middle + word[at + 2 :])
    return " ".join(out)


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


def posts() -> tuple[list[str], np.ndarray]:
    """French posts of which annotators agree enough: only "normal", or hateful or offensive and never normal."""
    frame = read("fr_mlma_hate").unique("tweet", keep="first", maintain_order=True)
    said = pl.col("sentiment")
    rude = said.str.contains("hateful|offensive") & ~said.str.contains("normal")
    frame = frame.with_columns(rude=rude).filter(pl.col("rude") | (said == "normal"))
    return frame["tweet"].to_list(), frame["rude"].to_numpy().astype(int)


def corpus() -> Corpus:
    """All the documents that the heads may learn from."""
    hate = read("fr_hatecheck")
    said, rude = posts()
    comments = read("youtube_comment_spam").unique("CONTENT", keep="first", maintain_order=True)
    attacks = templates()
    quiet = calm()
    hateful = (hate["label_gold"] == "hateful").to_numpy().astype(int)
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
        ("posts", said, list(range(len(said))), rude, _none(said), _even(rude, POSTS)),
        ("templates", [t for t, _ in attacks], [0] * len(made), made, _none(attacks), _even(made, 1600)),
        ("comments", texts, comments["video"].to_list(), _none(comments), spam, np.ones(len(comments))),
    ]
    documents: Documents = [("", t) for _, listed, *_ in parts for t in listed] + quiet
    nothing = np.zeros(len(quiet), dtype=int)
    return Corpus(
        [tuple(map(plain, document)) for document in documents],
        np.array([name for name, listed, *_ in parts for _ in listed] + ["calm"] * len(quiet)),
        np.array([str(g) for _, _, groups, *_ in parts for g in groups] + [""] * len(quiet)),
        np.concatenate([p[3] for p in parts] + [nothing]),
        np.concatenate([p[4] for p in parts] + [nothing]),
        np.concatenate([p[5] for p in parts] + [np.full(len(quiet), 0.5)]),
    )


def _none(rows: pl.DataFrame | Sequence[object]) -> np.ndarray:
    return np.full(len(rows), -1)


def _even(labels: np.ndarray, total: float) -> np.ndarray:
    """Weights that give both labels half of ``total``."""
    share = np.bincount(labels, minlength=2)
    return total / 2 / share[labels]


@dataclass
class Tabled:
    """The corpus as counted features, made once for all folds."""

    held: Corpus
    tables: dict[str, Table]

    @staticmethod
    def of(held: Corpus) -> Tabled:
        """Count the features of every document, exactly as the reader does."""
        found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {name: [] for name in TABLES}
        for start in range(0, len(held.documents), CHUNK):
            part = held.documents[start : start + CHUNK]
            rows = np.repeat(np.arange(len(part)), [len(d) for d in part])
            pieces = [piece for document in part for piece in document]
            for name, grams in features(pieces, cut(pieces), rows).items():
                found[name].append((grams.piece + start, keys(grams.hash)))
        size = len(held.documents)
        made = {
            n: Table(np.concatenate([a for a, _ in f]), np.concatenate([b for _, b in f]), size)
            for n, f in found.items()
        }
        return Tabled(held, made)


def fit(tabled: Tabled, rows: np.ndarray) -> dict[str, Linear]:
    """Both heads learnt on the given rows: the mean of a plain regression and of one on naive-Bayes ratios.

    Real posts, whose labels are noisy, are kept from the ratios: with them unseen templates were read less well.
    """
    held = tabled.held
    blocks, vocabularies = [], []
    for name in TABLES:
        vocabulary, idf = tabled.tables[name].choose(rows, LEAST[name])
        matrix = tabled.tables[name].matrix(vocabulary, idf)
        if len(vocabulary) > KEPT:
            some = rows[held.toxic[rows] >= 0]
            matter = np.abs(_ratio(matrix[some], held.toxic[some], held.weight[some])) * np.sqrt(_mass(matrix[rows]))
            other = rows[held.spam[rows] >= 0]
            spam = np.abs(_ratio(matrix[other], held.spam[other], held.weight[other])) * np.sqrt(_mass(matrix[rows]))
            kept = np.sort(np.argsort(-np.maximum(matter, spam), kind="stable")[:KEPT])
            vocabulary, idf, matrix = vocabulary[kept], idf[kept], matrix[:, kept]
        blocks.append(matrix)
        vocabularies.append((vocabulary, idf))
    matrix = sp.hstack(blocks).tocsr()
    toxic, spam_head = _toxic(held, matrix, rows), _spam(held, matrix, rows)
    weights = np.stack([toxic[0], spam_head[0]], axis=1).astype(np.float32)
    bias = np.array([toxic[1], spam_head[1]])
    found, start = {}, 0
    for name, (vocabulary, idf) in zip(TABLES, vocabularies, strict=True):
        part = weights[start : start + len(vocabulary)]
        found[name] = Linear(Lookup(vocabulary), idf, part, bias if name == "words" else np.zeros(2), {"table": name})
        start += len(vocabulary)
    return found


def _toxic(held: Corpus, matrix: sp.csr_matrix, rows: np.ndarray) -> tuple[np.ndarray, float]:
    use = rows[held.toxic[rows] >= 0]
    told = held.toxic[use]
    simple = _regression(matrix[use], told, held.weight[use], PLAIN)
    sure = use[held.source[use] != "posts"]
    ratio = _ratio(matrix[sure], held.toxic[sure], held.weight[sure])
    scaled = _regression(matrix[sure] @ sp.diags(ratio), held.toxic[sure], held.weight[sure], SCALED)
    weights, bias = simple[0] + ratio * scaled[0], simple[1] + scaled[1]
    return SHARE * weights, SHARE * bias


def _spam(held: Corpus, matrix: sp.csr_matrix, rows: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights, and the bias at which folds inside the training rows are told apart best together with the cues."""
    use = rows[held.spam[rows] >= 0]
    weight = np.where(held.source[use] == "calm", 0.1 * held.weight[use], held.weight[use])
    mine = np.flatnonzero(held.source[use] == "comments")
    odds = np.zeros(len(use))
    for _, part in KFold(5, shuffle=True, random_state=0).split(mine):
        left = np.setdiff1d(np.arange(len(use)), mine[part])
        found, bias = _regression(matrix[use[left]], held.spam[use[left]], weight[left], SPAM)
        odds[mine[part]] = matrix[use[mine[part]]] @ found + bias
    pieces = [held.documents[i][1] for i in use[mine]]
    tokens = cut(pieces)
    cues = told(tokens, np.arange(len(pieces)), len(pieces), "solicitation")
    said, true = odds[mine] + WEIGHT[1] * cues + FLOOR[1], held.spam[use[mine]]
    tried = np.quantile(said, np.linspace(0.3, 0.7, 81))
    scores = np.array([f1_score(true, said > t) for t in tried])
    middle = float(np.median(tried[scores >= scores.max() - 0.002]))  # the middle of what is as good as the best
    weights, bias = _regression(matrix[use], held.spam[use], weight, SPAM)
    return weights, bias - middle


def _regression(
    matrix: sp.csr_matrix, labels: np.ndarray, weight: np.ndarray, strength: float
) -> tuple[np.ndarray, float]:
    learnt = LogisticRegression(C=strength, solver="liblinear", tol=1e-3, random_state=0)
    learnt.fit(matrix, labels, sample_weight=weight)
    return learnt.coef_[0], float(learnt.intercept_[0])


def _ratio(matrix: sp.csr_matrix, labels: np.ndarray, weight: np.ndarray) -> np.ndarray:
    there = (matrix > 0).astype(float)
    yes = 1 + np.asarray((sp.diags(weight * (labels == 1)) @ there).sum(axis=0)).ravel()
    no = 1 + np.asarray((sp.diags(weight * (labels == 0)) @ there).sum(axis=0)).ravel()
    return np.log(yes / yes.sum()) - np.log(no / no.sum())


def _mass(matrix: sp.csr_matrix) -> np.ndarray:
    return np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel()
