"""Stars read the way one brand's customers give them: the bundled models, taught by the brand's own labels.

Claim: a few hundred labelled reviews of one's own are best used on top of what the bundled models already hear. The
learner sees the n-grams of words and letters of the labelled texts, and beside them, less restrained, the log odds that
the bundled tables give; what the labels do not tell is then left to the bundled models. Any language may be taught.

>>> import polars as pl
>>> shown = pl.DataFrame({"text": ["ça marche", "ça coupe"] * 4, "rating": [5, 1] * 4})
>>> fit(shown).read(pl.DataFrame({"id": [1], "text": ["ça coupe encore"]}))["stars"][0] < 3
True
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from parvis.core.tables import TableError, optional, require
from parvis.science.text.grams import Grams, letters, words
from parvis.science.text.language import identify
from parvis.science.text.linear import Floats, keys, sigmoid
from parvis.science.text.lookup import Lookup
from parvis.science.text.sentiment import LANGUAGES, LETTERS, WORDS, opinion_of
from parvis.science.text.tokens import cut

STEPS = (1, 2, 3, 4)
LEAST = 8  # labelled texts
_LEAST_MET = 2  # texts that a feature must be met in
_SHARPNESS = 8.0
_RARE = 0.35  # how far a leaning that is rare among the labels is favoured, so that the middle is heard
_STRENGTH = 3.0  # how freely the regression may learn
_TOLD = 3  # tables of a language, at most
_HEARD = 0.15  # size of what the bundled models say, against rows of length one
_MAX_CHARS = 20_000
_PART = 1000


@dataclass(frozen=True, slots=True)
class OwnStars:
    """Ordinal heads over one's own vocabulary and the bundled heads.

    vocabulary, idf: of the labelled texts; weights: (features + bundled columns) x steps; bias: one a step; spread: of
    each bundled column among the labelled texts; usual: share of each leaning among the labels.
    """

    vocabulary: Lookup
    idf: Floats
    weights: Floats
    bias: Floats
    spread: Floats
    usual: Floats
    labelled: int

    def read(self, voices: pl.DataFrame) -> pl.DataFrame:
        """Stars of each voice, rows in the order given.

        voices: id, text, [title], [language]. Returns id, stars 1..5, sentiment -1..1, leaning (-1, 0 or 1: 1 or 2
        stars, 3, or 4 or 5, whichever is most likely, a rare one somewhat favoured).
        """
        voices = require(voices, {"id": None, "text": pl.String})
        documents = _documents(voices)
        parts = [self._heads(documents[i : i + _PART]) for i in range(0, len(documents), _PART)]
        heads = np.concatenate(parts) if parts else np.zeros((0, len(STEPS)))
        above = np.minimum.accumulate(sigmoid(heads), axis=1)
        likely = np.stack([1 - above[:, 1], above[:, 1] - above[:, 2], above[:, 2]], axis=1)
        return pl.DataFrame(
            {
                "id": voices["id"],
                "stars": 1.0 + sigmoid(_SHARPNESS * heads).sum(axis=1),
                "sentiment": (above.sum(axis=1) - 2.0) / 2.0,
                "leaning": (likely / self.usual**_RARE).argmax(axis=1) - 1,
            }
        )

    def _heads(self, documents: list[tuple[str, str, str]]) -> Floats:
        matrix = _rows(documents, self.vocabulary, self.idf, self.spread)
        return np.asarray(matrix @ self.weights) + self.bias

    def save(self, path: Path) -> None:
        """Write the model to one ``.npz`` file."""
        np.savez_compressed(
            path,
            vocabulary=self.vocabulary.keys,
            idf=self.idf.astype(np.float32),
            weights=self.weights.astype(np.float32),
            bias=self.bias,
            spread=self.spread,
            usual=self.usual,
            facts=np.array(json.dumps({"labelled": self.labelled})),
        )

    @staticmethod
    def open(path: Path) -> OwnStars:
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as held:
            return OwnStars(
                Lookup(held["vocabulary"]),
                held["idf"].astype(np.float64),
                held["weights"].astype(np.float64),
                held["bias"],
                held["spread"],
                held["usual"],
                int(json.loads(str(held["facts"]))["labelled"]),
            )


def fit(examples: pl.DataFrame) -> OwnStars:
    """Learn from a brand's own labelled texts.

    examples: text, rating (1..5; for good / neutral / bad give 5, 3, 1), [title], [language]. Texts of several
    languages may be mixed. Raises :class:`parvis.core.tables.TableError` when fewer than ``LEAST`` rows have both, when
    a rating lies outside 1..5 or when all are equal.
    """
    from sklearn.linear_model import LogisticRegression

    examples = require(examples, {"text": pl.String, "rating": pl.Float64}).drop_nulls(["text", "rating"])
    given = examples["rating"].to_numpy()
    if len(given) < LEAST:
        raise TableError(column="rating", row="all", problem=f"at least {LEAST} labelled texts are needed")
    if given.min() < 1 or given.max() > 5:
        row = int(np.flatnonzero((given < 1) | (given > 5))[0])
        raise TableError(column="rating", row=row, problem="must lie between 1 and 5")
    if given.min() == given.max():
        raise TableError(column="rating", row="all", problem="all ratings are equal")
    documents = _documents(examples)
    vocabulary, idf = _choose(documents)
    spread = _heard(documents).std(axis=0) + 1e-6
    matrix = _rows(documents, vocabulary, idf, spread)
    weights, bias = np.zeros((matrix.shape[1], len(STEPS))), np.zeros(len(STEPS))
    for column, step in enumerate(STEPS):
        above = given > step
        if above.all() or not above.any():
            bias[column] = 10.0 if above.all() else -10.0  # a step that the labels never cross
            continue
        head = LogisticRegression(C=_STRENGTH, solver="liblinear", tol=1e-3, random_state=0).fit(matrix, above)
        weights[:, column], bias[column] = head.coef_[0], head.intercept_[0]
    counts = np.bincount(np.digitize(given, [2.5, 3.5]), minlength=3) + 1.0
    return OwnStars(vocabulary, idf, weights, bias, spread, counts / counts.sum(), len(given))


def _documents(frame: pl.DataFrame) -> list[tuple[str, str, str]]:
    """Title, text and language of each row."""
    frame = optional(frame, {"title": pl.String, "language": pl.String})
    rows = frame.select("title", "text", "language").rows()
    cleaned = [((title or "")[:500], (text or "")[:_MAX_CHARS], language) for title, text, language in rows]
    return [(title, text, identify(f"{title} {text}", language)) for title, text, language in cleaned]


def _grams(documents: list[tuple[str, str, str]]) -> Grams:
    tokens = cut([piece for title, text, _ in documents for piece in (title, text)])
    both = Grams.join([words(tokens, (1, 2)), letters(tokens, (2, 3, 4, 5))])
    return both.among(np.repeat(np.arange(len(documents)), 2))


def _choose(documents: list[tuple[str, str, str]]) -> tuple[Lookup, Floats]:
    pairs = [np.zeros(0, dtype=np.uint64)]
    for start in range(0, len(documents), _PART):
        grams = _grams(documents[start : start + _PART])
        pairs.append(np.unique((grams.piece + start).astype(np.uint64) << np.uint64(32) | keys(grams.hash)))
    found = (np.concatenate(pairs) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    vocabulary, met = np.unique(found, return_counts=True)
    kept = met >= _LEAST_MET
    return Lookup(vocabulary[kept]), np.log((1 + len(documents)) / (1 + met[kept])) + 1


def _rows(documents: list[tuple[str, str, str]], vocabulary: Lookup, idf: Floats, spread: Floats):  # type: ignore[no-untyped-def]
    """Sparse rows: counted n-grams at length one, then what the bundled models hear."""
    import scipy.sparse as sp

    parts = []
    for start in range(0, len(documents), _PART):
        part = documents[start : start + _PART]
        grams = _grams(part)
        known, place = vocabulary.find(keys(grams.hash))
        row, place = grams.piece[known], place[known]
        counts = sp.csr_matrix((np.ones(len(row)), (row, place)), shape=(len(part), len(idf)))
        counts.sum_duplicates()
        norm = np.sqrt(counts @ (idf * idf))
        counts = sp.diags(1 / np.where(norm > 0, norm, 1.0)) @ counts @ sp.diags(idf)
        parts.append(sp.hstack([counts, sp.csr_matrix(_HEARD * _heard(part) / spread)]))
    return sp.vstack(parts).tocsr()


def _heard(documents: list[tuple[str, str, str]]) -> Floats:
    """Heads of the bundled tables side by side: words, letters, general; zero where a language has none."""
    tokens = cut([piece for title, text, _ in documents for piece in (title, text)])
    rows, count = np.repeat(np.arange(len(documents)), 2), len(documents)
    said, spelt = words(tokens, WORDS).among(rows), letters(tokens, LETTERS).among(rows)
    heard = np.zeros((count, _TOLD * len(STEPS)))
    spoken = np.array([language for _, _, language in documents])
    for language in LANGUAGES:
        mine = np.flatnonzero(spoken == language)
        if len(mine):
            model = opinion_of(language)
            told = [model.words.score(said, count)[0], model.letters.score(spelt, count)[0]]
            if model.abroad:
                told.append(model.abroad.heads(said, spelt, count)[0])
            heard[mine, : len(told) * len(STEPS)] = np.hstack(told)[mine]
    return heard
