"""The chance of an answer, taught by one's own questions: what the search tells, and the words of the question.

The shipped chance (:mod:`.answerable`) knows how a question is covered. Which questions people leave unanswered differs
from one shop to the next ("does it fit a …" is answered among cases, hardly among books): a logistic regression over
the search's own figures and the question's words (one and two, weighted by rarity) learns that from a few hundred
questions whose outcome is known.

>>> asked = pl.DataFrame({"text": ["Does it fit?", "Who made it?"] * 20, "answers": [True, False] * 20,
...                       "score": [0.6, 0.5] * 20})
>>> chance = teach(asked, signals=("score",))
>>> [round(each) for each in chance.of(asked.head(2))]
[1, 0]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from parvis.core.tables import require

from .errors import BadTable

LEAST: Final = 20  # examples of each kind
_SHARE: Final = 0.5  # of the signals beside the words
_RESTRAINT: Final = 0.5
_SEEN: Final = 3  # questions that share a word before it counts
_EDGE: Final = 1e-4
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class OwnChance:
    """What was learnt, as plain values: by signal (mean, spread, weight), by word (rarity, weight)."""

    signals: Mapping[str, tuple[float, float, float]]
    words: Mapping[str, tuple[float, float]]
    intercept: float

    def of(self, asked: pl.DataFrame) -> Floats:
        """The chance 0..1 of each row of ``asked``: text (the question) and the signals that were taught. Raises
        :class:`parvis.core.tables.TableError` for a missing column."""
        told = _signals(asked, tuple(self.signals))
        spread = np.array([[mean, scale, weight] for mean, scale, weight in self.signals.values()]).reshape(-1, 3)
        scores = self.intercept + ((told - spread[:, 0]) / spread[:, 1] * _SHARE) @ spread[:, 2]
        scores += np.array([self._worded(text or "") for text in asked["text"]])
        chances: Floats = 1.0 / (1.0 + np.exp(-np.clip(scores, -30.0, 30.0)))
        return chances

    def _worded(self, text: str) -> float:
        counts: dict[str, int] = {}
        for word in _analyse(text):
            if word in self.words:
                counts[word] = counts.get(word, 0) + 1
        told = {word: (1.0 + np.log(count)) * self.words[word][0] for word, count in counts.items()}
        length = float(np.sqrt(sum(value * value for value in told.values())))
        return sum(value * self.words[word][1] for word, value in told.items()) / length if length else 0.0


def teach(examples: pl.DataFrame, *, signals: Sequence[str]) -> OwnChance:
    """Learn from questions whose outcome is known.

    examples: text (the question), answers (whether it was answered, by anything or by the passage that the row is
    about), and the ``signals``, figures of the search such as score and answerable. Raises ``BadTable`` with fewer than
    ``LEAST`` examples of either kind, :class:`parvis.core.tables.TableError` for a missing column.
    """
    from scipy.sparse import csr_matrix, hstack  # only who teaches needs them
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    examples = require(examples, {"text": pl.String, "answers": pl.Boolean})
    answers = examples["answers"].to_numpy()
    for kind, count in (("answered", int(answers.sum())), ("not answered", int((~answers).sum()))):
        if count < LEAST:
            raise BadTable(row="-", column="answers", reason=f"{count} examples are {kind}; {LEAST} are needed")
    told = _signals(examples, signals)
    mean, scale = told.mean(axis=0), told.std(axis=0) + 1e-9
    reader = TfidfVectorizer(analyzer=_analyse, min_df=_SEEN, sublinear_tf=True)
    try:
        words = reader.fit_transform([text or "" for text in examples["text"]])
        names, rarity = reader.get_feature_names_out(), reader.idf_
    except ValueError:  # no word is shared by enough questions
        words, names, rarity = csr_matrix((examples.height, 0)), np.empty(0, object), np.empty(0)
    learner = LogisticRegression(C=_RESTRAINT, max_iter=1_000)
    learner.fit(hstack([csr_matrix((told - mean) / scale * _SHARE), words]).tocsr(), answers)
    weights = learner.coef_[0]
    own, of_words = weights[: len(signals)], weights[len(signals) :]
    return OwnChance(
        signals={
            name: (float(mean[at]), float(scale[at]), float(own[at])) for at, name in enumerate(signals)
        },
        words={str(name): (float(rarity[at]), float(of_words[at])) for at, name in enumerate(names)},
        intercept=float(learner.intercept_[0]),
    )  # fmt: skip


def _signals(rows: pl.DataFrame, names: Sequence[str]) -> Floats:
    """The columns, chances as log odds: what is added up is evidence."""
    rows = require(rows, {"text": pl.String, **dict.fromkeys(names, pl.Float64)})
    told = rows.select(names).fill_null(0.0).to_numpy().astype(np.float64)
    if "answerable" in names:
        at = list(names).index("answerable")
        chance = np.clip(told[:, at], _EDGE, 1.0 - _EDGE)
        told = told.copy()
        told[:, at] = np.log(chance / (1.0 - chance))
    return told


def _analyse(text: str) -> list[str]:
    words = [word for word in "".join(c if c.isalnum() else " " for c in text.casefold()).split() if len(word) > 1]
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]
