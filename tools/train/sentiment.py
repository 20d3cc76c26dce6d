"""Train the star models of English, French and Dutch.

Three sources of knowledge are blended: n-grams of words weighted by naive-Bayes ratios (Wang and Manning 2012), n-grams
of letters (they hear misspelt words), and the project's own lists of words that judge, of which only the sixteen or so
strengths are learnt. The lists are folded into the weights of the words, so that reading stays one look-up. How much
each source counts is learnt on folds inside the training part, never on what is reported.

Everything random is seeded; the same data give the same files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from tools.train.lexicon import Prior, prior
from tools.train.opinions import made_up
from tools.train.table import Documents, Table, read

from parvis.science.text.linear import Linear
from parvis.science.text.lookup import Lookup
from parvis.science.text.sentiment import LETTERS, WORDS, Opinion

HERE = Path(__file__).parent / "data"
STEPS = (1, 2, 3, 4)
MADE_UP = 3000
MADE, WRITTEN = 0.15, 1.5  # weight of a review put together from phrases, and of one written, against a real one
LISTED = 8.0  # times more when the strengths of the lists are learnt: they should know shops and services as well
KEPT = 100_000  # n-grams of letters
LISTED_IDF = 5.0  # of a listed word that the training texts never use
_SEED = 0


@dataclass
class Lessons:
    """Documents with stars and weights; the first ``real`` of them were written by customers."""

    documents: Documents
    stars: np.ndarray
    weight: np.ndarray
    real: int


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


def written(language: str) -> tuple[Documents, np.ndarray]:
    """Reviews written for the project, with stars; none for a language without a file."""
    path = HERE / f"reviews_{language}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [("", line[2:].strip()) for line in lines], np.array([float(line[0]) for line in lines])


def english(documents: Documents, stars: np.ndarray) -> Opinion:
    """From clothing reviews with stars; off that ground, from the project's own phrases and list alone."""
    home = blend(lessons("en", documents, stars), "en", strength=3.0)
    return Opinion(home.words, home.letters, blend(lessons("en", [], np.zeros(0)), "en", strength=3.0))


def french(documents: Documents, positive: np.ndarray) -> Opinion:
    """From film reviews known as good or bad only.

    A good film counts as 4 or 5 stars, a bad one as 1 or 2, by a fair seeded coin: the outer heads then learn their
    levels from the reviews made for the project.
    """
    coin = np.random.default_rng(_SEED).random(len(positive)) < 0.5
    stars = np.where(positive == 1, np.where(coin, 5, 4), np.where(coin, 1, 2)).astype(float)
    return blend(lessons("fr", documents, stars), "fr", strength=3.0)


def dutch() -> Opinion:
    """From the project's own Dutch phrases and list alone."""
    return blend(lessons("nl", [], np.zeros(0)), "nl", strength=3.0)


def lessons(language: str, documents: Documents, stars: np.ndarray) -> Lessons:
    """Real reviews first, then the project's own of that language."""
    made, told = made_up(language, size=MADE_UP)
    own, said = written(language)
    weight = np.concatenate([np.ones(len(documents)), np.full(len(made), MADE), np.full(len(own), WRITTEN)])
    return Lessons([*documents, *made, *own], np.concatenate([stars, told, said]), weight, len(documents))


def blend(held: Lessons, language: str, *, strength: float) -> Opinion:
    """Learn the three sources, then how much each counts, and fold them into two tables."""
    words = Table.of(held.documents, words=WORDS)
    letters = Table.of(held.documents, words=(), letters=LETTERS, negation=False)
    known = prior(language)
    every = np.arange(len(held.documents))
    share = _shares(words, letters, held, known, strength)
    return _fold(_learn(words, letters, held, every, known, strength, STEPS), share)


@dataclass
class _Sources:
    """Weights (features x heads) and biases of the three sources, and the tables they read."""

    vocabulary: np.ndarray
    idf: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    listed: np.ndarray
    listed_bias: np.ndarray
    small: Linear


def _learn(
    words: Table, letters: Table, held: Lessons, rows: np.ndarray, known: Prior, strength: float, steps: tuple[int, ...]
) -> _Sources:
    vocabulary, idf = words.choose(rows, 2)
    every = np.union1d(vocabulary, known.keys)
    rarity = np.full(len(every), LISTED_IDF, dtype=np.float32)
    rarity[np.searchsorted(every, vocabulary)] = idf
    matrix, indicator = words.matrix(every, rarity), known.indicator(every)
    stars, weight = held.stars[rows], held.weight[rows]
    ratio = _ratio(matrix[rows], stars, weight)
    found, bias = _heads(matrix[rows] @ sp.diags(ratio), stars, weight, strength, steps)
    columns = np.asarray(matrix[rows] @ indicator)
    scale = columns.std(axis=0) + 1e-6
    lists = np.where(rows < held.real, weight, LISTED * weight)
    told, listed_bias = _heads(columns / scale, stars, lists, 1.0, steps)
    small = _small(letters, rows, stars, weight, 1.0, steps)
    return _Sources(
        every, rarity, found * ratio[:, None], bias, indicator @ (told / scale[:, None]), listed_bias, small
    )


def _small(
    letters: Table, rows: np.ndarray, stars: np.ndarray, weight: np.ndarray, strength: float, steps: tuple[int, ...]
) -> Linear:
    vocabulary, idf = letters.choose(rows, 3)
    matrix = letters.matrix(vocabulary, idf)[rows]
    ratio = _ratio(matrix, stars, weight)
    matter = np.abs(ratio) * np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel())
    kept = np.sort(np.argsort(-matter, kind="stable")[:KEPT])
    vocabulary, idf, ratio = vocabulary[kept], idf[kept], ratio[kept]
    matrix = letters.matrix(vocabulary, idf)[rows]
    found, bias = _heads(matrix @ sp.diags(ratio), stars, weight, strength, steps)
    weights = (found * ratio[:, None]).astype(np.float32)
    return Linear(Lookup(vocabulary), idf, weights, bias, {"letters": list(LETTERS)})


def _heads(
    matrix: sp.csr_matrix | np.ndarray, stars: np.ndarray, weight: np.ndarray, strength: float, steps: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    heads = [
        LogisticRegression(C=strength, solver="liblinear", tol=1e-3, random_state=_SEED).fit(
            matrix, stars > step, sample_weight=weight
        )
        for step in steps
    ]
    return np.stack([h.coef_[0] for h in heads], axis=1), np.array([h.intercept_[0] for h in heads])


def _ratio(matrix: sp.csr_matrix, stars: np.ndarray, weight: np.ndarray) -> np.ndarray:
    there = sp.diags(weight) @ (matrix > 0).astype(float)
    yes = 1 + np.asarray(there[np.flatnonzero(stars > 3)].sum(axis=0)).ravel()
    no = 1 + np.asarray(there[np.flatnonzero(stars < 3)].sum(axis=0)).ravel()
    return np.log(yes / yes.sum()) - np.log(no / no.sum())


def _shares(words: Table, letters: Table, held: Lessons, known: Prior, strength: float) -> np.ndarray:
    """How much words, list and letters count: a regression on what each says of real reviews it has not seen."""
    if held.real == 0:
        return np.array([0.5, 0.5, 0.25])
    every = np.arange(len(held.documents))
    said = np.zeros((held.real, 3))
    for _, part in KFold(3, shuffle=True, random_state=_SEED).split(np.arange(held.real)):
        found = _learn(words, letters, held, np.setdiff1d(every, part), known, strength, (3,))
        rows = words.matrix(found.vocabulary, found.idf)[part]
        said[part, 0] = (rows @ found.weights)[:, 0] + found.bias
        said[part, 1] = (rows @ found.listed)[:, 0] + found.listed_bias
        small = letters.matrix(found.small.vocabulary.keys, found.small.idf)[part]
        said[part, 2] = (small @ found.small.weights)[:, 0] + found.small.bias
    judge = LogisticRegression(C=10.0).fit(said, held.stars[: held.real] > 3)
    return np.asarray(np.maximum(judge.coef_[0], 0.05))


def _fold(found: _Sources, share: np.ndarray) -> Opinion:
    weights = (share[0] * found.weights + share[1] * found.listed).astype(np.float32)
    bias = share[0] * found.bias + share[1] * found.listed_bias + share[2] * found.small.bias
    recipe = {"words": list(WORDS), "shares": [round(float(s), 3) for s in share]}
    small = Linear(
        found.small.vocabulary,
        found.small.idf,
        (share[2] * found.small.weights).astype(np.float32),
        np.zeros_like(bias),
        found.small.recipe,
    )
    return Opinion(Linear(Lookup(found.vocabulary), found.idf, weights, bias, recipe), small)
