"""Stars read the way one brand's customers give them: the bundled models, taught by the brand's own labels.

Claim: a few hundred labelled reviews of one's own are best used on top of what the bundled models already hear. Two
learners, one of words and one of letters, each see beside their n-grams what the bundled tables say and the form
of the text (:mod:`parvis.science.text.own_columns`), less restrained than the n-grams; their log odds are averaged. An
n-gram is stretched by its naive-Bayes ratio (Wang and Manning 2012), so that those that judge are learnt first. Where
vectors of the texts by a multilingual encoder are at hand, a third learner reads them and counts as much as the
other two together. Any language may be taught, several at once.

>>> import polars as pl
>>> shown = pl.DataFrame({"text": ["ça marche", "ça coupe"] * 4, "rating": [5, 1] * 4})
>>> fit(shown).read(pl.DataFrame({"id": [1], "text": ["ça coupe encore"]}))["stars"][0] < 3
True
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import polars as pl

from parvis.core.tables import TableError, optional, require
from parvis.science.text.grams import Grams, letters, words
from parvis.science.text.linear import Floats, Linear, keys, sigmoid
from parvis.science.text.lookup import Lookup
from parvis.science.text.own_columns import SHAPE, STEPS, TOLD, Documents, columns, documents
from parvis.science.text.sentiment import NEUTRAL_STARS
from parvis.science.text.tokens import cut

LEAST = 8  # labelled texts
_LEAST_MET = 2  # texts that a feature must be met in
_WORDS, _LETTERS = (1, 2), (2, 3, 4, 5)
_SHARPNESS = 8.0
_RARE = 0.35  # how far a leaning that is rare among the labels is favoured, so that the middle is heard
_STRENGTH = 3.0  # how freely the regressions may learn
_BESIDE = np.repeat([0.15, 0.2], [TOLD, SHAPE])  # size of the columns against n-grams of length one
_BESIDE_VECTORS = np.repeat([0.3, 0.2], [TOLD, SHAPE])
_FAR = 4.0  # standard deviations beyond which a column says no more
_RATIO = 0.3  # so that an n-gram that judges nothing still counts
_PART = 1000


@dataclass(frozen=True, slots=True)
class OwnStars:
    """Ordinal heads over one's own vocabulary, the bundled heads, the outer form and, where taught, vectors.

    words, letters: tables of n-grams; beside: columns x steps; middle, spread: of each column among the labels;
    usual: share of each leaning among the labels; vectors: (width + columns + 1) x steps, none where no vectors
    were given; middle_vector: their mean.
    """

    words: Linear
    letters: Linear
    beside: Floats
    middle: Floats
    spread: Floats
    usual: Floats
    labelled: int
    vectors: Floats | None = None
    middle_vector: Floats | None = None

    def read(self, voices: pl.DataFrame, *, vectors: Floats | None = None) -> pl.DataFrame:
        """Stars of each voice, rows in the order given.

        voices: id, text, [title], [language]. vectors: rows x width, by the encoder that :func:`fit` was given; left
        out, words and letters decide alone. Returns id, stars 1..5, sentiment -1..1, leaning (-1, 0 or 1: 1 or 2
        stars, 3, or 4 or 5, whichever is most likely, a rare one somewhat favoured). Raises
        :class:`parvis.core.tables.TableError` where vectors do not fit.
        """
        voices = require(voices, {"id": None, "text": pl.String})
        held = documents(optional(voices, {"title": pl.String, "language": pl.String}))
        if vectors is not None:
            width = None if self.middle_vector is None else len(self.middle_vector)
            if vectors.shape != (len(held), width):
                raise TableError(column="vectors", row="all", problem=f"must have {len(held)} rows of {width} numbers")
        parts = []
        for start in range(0, len(held), _PART):
            some = slice(start, start + _PART)
            parts.append(self._heads(held[some], None if vectors is None else vectors[some]))
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

    def _heads(self, held: Documents, vectors: Floats | None) -> Floats:
        said, spelt, raw = _seen(held)
        seen = np.clip((raw - self.middle) / self.spread, -_FAR, _FAR)
        count = len(held)
        heads: Floats = (self.words.score(said, count)[0] + self.letters.score(spelt, count)[0]) / 2
        heads = heads + seen @ self.beside
        if vectors is None or self.vectors is None or self.middle_vector is None:
            return heads
        rows = np.hstack([vectors - self.middle_vector, seen, np.ones((count, 1))])
        return (heads + rows @ self.vectors) / 2

    def save(self, path: Path | BinaryIO) -> None:
        """Write the model to one ``.npz`` file, or to an open one."""
        tables = {"words": self.words, "letters": self.letters}
        vectors = {"vectors": self.vectors, "middle_vector": self.middle_vector}
        arrays: dict[str, Any] = {name: held for name, held in vectors.items() if held is not None}
        for name, table in tables.items():
            arrays |= {f"{name}_vocabulary": table.vocabulary.keys, f"{name}_idf": table.idf}
            arrays |= {f"{name}_weights": table.weights, f"{name}_bias": table.bias}
        arrays |= {"beside": self.beside, "middle": self.middle, "spread": self.spread, "usual": self.usual}
        np.savez_compressed(path, facts=np.array(json.dumps({"labelled": self.labelled})), **arrays)

    @staticmethod
    def open(path: Path | BinaryIO) -> OwnStars:
        """Read what :meth:`save` wrote; data only, nothing in the file is ever run."""
        with np.load(path, allow_pickle=False) as file:
            held = {name: file[name] for name in file.files}
        tables = [
            Linear(
                Lookup(held[f"{name}_vocabulary"]),
                held[f"{name}_idf"],
                held[f"{name}_weights"],
                held[f"{name}_bias"],
                {},
            )
            for name in ("words", "letters")
        ]
        labelled = int(json.loads(str(held["facts"]))["labelled"])
        beside, middle, spread, usual = (held[name] for name in ("beside", "middle", "spread", "usual"))
        vectors, centre = held.get("vectors"), held.get("middle_vector")
        return OwnStars(tables[0], tables[1], beside, middle, spread, usual, labelled, vectors, centre)


@dataclass(frozen=True, slots=True)
class Taught:
    """A brand's own model and the languages (ISO 639-1) in which it may speak instead of the bundled one."""

    model: OwnStars
    languages: frozenset[str]

    def judge(
        self, titles: list[str], texts: list[str], languages: list[str], opinion: Floats, stars: Floats
    ) -> tuple[Floats, Floats]:
        """Sentiment and stars, the own model's in its languages and those given elsewhere; rows as given. A row that
        the bundled models heard nothing in keeps their silence."""
        mine = np.array([language in self.languages for language in languages], dtype=bool)
        mine &= (opinion != 0) | (stars != NEUTRAL_STARS)
        if not mine.any():
            return opinion, stars
        rows = np.flatnonzero(mine)
        chosen = {"id": rows, "title": [titles[r] for r in rows], "text": [texts[r] for r in rows]}
        heard = self.model.read(pl.DataFrame(chosen | {"language": [languages[r] for r in rows]}))
        opinion, stars = opinion.copy(), stars.copy()
        opinion[rows], stars[rows] = heard["sentiment"].to_numpy(), heard["stars"].to_numpy()
        return opinion, stars


def fit(examples: pl.DataFrame, *, vectors: Floats | None = None) -> OwnStars:
    """Learn from a brand's own labelled texts.

    examples: text, rating (1..5; for good / neutral / bad give 5, 3, 1), [title], [language]. Texts of several
    languages may be mixed, and should be: one teaches the other. vectors: one a row of ``examples`` (any width; of the
    multilingual encoder, say), for a reader that is slower where vectors must first be made and errs less. Raises
    :class:`parvis.core.tables.TableError` when fewer than ``LEAST`` rows have both text and rating, when a rating lies
    outside 1..5, when all are equal, or when vectors do not fit.
    """
    examples = require(examples, {"text": pl.String, "rating": pl.Float64})
    usable = (examples["text"].is_not_null() & examples["rating"].is_not_null()).to_numpy()
    if vectors is not None:
        if vectors.ndim != 2 or len(vectors) != len(examples):
            raise TableError(column="vectors", row="all", problem=f"must have {len(examples)} rows")
        vectors = vectors[usable]
    examples = examples.filter(pl.Series(usable))
    given = examples["rating"].to_numpy()
    _check(given)
    said, spelt, raw = _seen(held := documents(optional(examples, {"title": pl.String, "language": pl.String})))
    middle, spread = raw.mean(axis=0), raw.std(axis=0) + 1e-6
    seen = np.clip((raw - middle) / spread, -_FAR, _FAR)
    tables, beside = [], np.zeros((seen.shape[1], len(STEPS)))
    for grams in (said, spelt):
        table, told = _table(grams, seen * _BESIDE, given)
        tables.append(table)
        beside += told * _BESIDE[:, None] / 2
    counts = np.bincount(np.digitize(given, [2.5, 3.5]), minlength=3) + 1.0
    usual = counts / counts.sum()
    if vectors is None:
        return OwnStars(tables[0], tables[1], beside, middle, spread, usual, len(held))
    centre = vectors.mean(axis=0).astype(np.float64)
    learnt = _by_vectors(vectors - centre, seen, given)
    return OwnStars(tables[0], tables[1], beside, middle, spread, usual, len(held), learnt, centre)


def _check(given: Floats) -> None:
    if len(given) < LEAST:
        raise TableError(column="rating", row="all", problem=f"at least {LEAST} labelled texts are needed")
    if given.min() < 1 or given.max() > 5:
        row = int(np.flatnonzero((given < 1) | (given > 5))[0])
        raise TableError(column="rating", row=row, problem="must lie between 1 and 5")
    if given.min() == given.max():
        raise TableError(column="rating", row="all", problem="all ratings are equal")


def _seen(held: Documents) -> tuple[Grams, Grams, Floats]:
    """N-grams of words and of letters by document, and the columns beside them."""
    parts: list[tuple[Grams, Grams, Floats]] = []
    for start in range(0, max(len(held), 1), _PART):
        some = held[start : start + _PART]
        tokens = cut([piece for title, text, _ in some for piece in (title, text)])
        rows = np.repeat(np.arange(len(some)), 2)
        shifted = rows + start
        said, spelt = words(tokens, _WORDS).among(shifted), letters(tokens, _LETTERS).among(shifted)
        parts.append((said, spelt, columns(some, tokens, rows)))
    both = Grams.join([part[0] for part in parts]), Grams.join([part[1] for part in parts])
    return *both, np.concatenate([part[2] for part in parts])


def _table(grams: Grams, beside: Floats, given: Floats) -> tuple[Linear, Floats]:
    """Learn the n-grams with the columns beside them: the table, and the weights of the columns."""
    import scipy.sparse as sp

    hashes, count = keys(grams.hash), len(given)
    every, place = np.unique(hashes, return_inverse=True)
    counts = sp.csr_matrix((np.ones(len(place)), (grams.piece, place)), shape=(count, len(every)))
    counts.sum_duplicates()
    met = np.bincount(counts.indices, minlength=len(every))
    kept = np.flatnonzero(met >= _LEAST_MET)
    counts, vocabulary = counts[:, kept], every[kept]
    idf = np.log((1 + count) / (1 + met[kept])) + 1
    norm = np.sqrt(counts @ (idf * idf))
    ratio = _ratio(counts, given)
    rows = sp.diags(1 / np.where(norm > 0, norm, 1.0)) @ counts @ sp.diags(idf * ratio)
    weights, bias = _regress(sp.hstack([rows, sp.csr_matrix(beside)]).tocsr(), given)
    told = (weights[: len(kept)] * ratio[:, None]).astype(np.float32)
    return Linear(Lookup(vocabulary), idf.astype(np.float32), told, bias, {}), weights[len(kept) :]


def _ratio(counts, given: Floats) -> Floats:  # type: ignore[no-untyped-def]  # scipy has no types
    """How much each n-gram tells good from bad, gently, around one."""
    there = (counts > 0).astype(float)
    good = 1 + np.asarray(there[np.flatnonzero(given > 3)].sum(axis=0)).ravel()
    bad = 1 + np.asarray(there[np.flatnonzero(given < 3)].sum(axis=0)).ravel()
    ratio = np.sqrt(_RATIO + np.abs(np.log(good / good.sum()) - np.log(bad / bad.sum())))
    return np.asarray(ratio / ratio.mean()) if len(ratio) else ratio


def _by_vectors(centred: Floats, seen: Floats, given: Floats) -> Floats:
    """Weights of vectors, columns and bias: (width + columns + 1) x steps."""
    size = 1 / max(float(np.linalg.norm(centred, axis=1).mean()), 1e-9)
    weights, bias = _regress(np.hstack([centred * size, seen * _BESIDE_VECTORS]), given)
    scale = np.concatenate([np.full(centred.shape[1], size), _BESIDE_VECTORS])
    return np.vstack([weights * scale[:, None], bias])


def _regress(matrix, given: Floats) -> tuple[Floats, Floats]:  # type: ignore[no-untyped-def]  # scipy has no types
    """Logistic regressions of more than 1, 2, 3 and 4 stars: weights (columns x steps) and biases."""
    from sklearn.linear_model import LogisticRegression

    weights, bias = np.zeros((matrix.shape[1], len(STEPS))), np.zeros(len(STEPS))
    last: tuple[bytes, int] | None = None
    for column, step in enumerate(STEPS):
        above = given > step
        if above.all() or not above.any():
            bias[column] = 10.0 if above.all() else -10.0  # a step that the labels never cross
            continue
        if last is not None and last[0] == above.tobytes():  # no label between the two steps
            weights[:, column], bias[column] = weights[:, last[1]], bias[last[1]]
            continue
        head = LogisticRegression(C=_STRENGTH, solver="liblinear", tol=1e-3, random_state=0).fit(matrix, above)
        weights[:, column], bias[column] = head.coef_[0], head.intercept_[0]
        last = above.tobytes(), column
    return weights, bias
