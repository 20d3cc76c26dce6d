"""Give texts a label from a few examples, from the labels' names alone, or from both; abstain when unsure."""

from __future__ import annotations

import numpy as np
import polars as pl

from parvis.core.tables import TableError, require
from parvis.science.text.grams import Grams, letters, words
from parvis.science.text.linear import Floats, keys
from parvis.science.text.lookup import Lookup
from parvis.science.text.reading import MAX_CHARS
from parvis.science.text.tokens import cut

_ROUNDS = 200
_DECAY = 1e-4
_SURE = 0.35  # probability under which nothing is said
_NAME_WEIGHT = 1.0
_PART = 1000


def classify(texts: pl.DataFrame, examples: pl.DataFrame, *, labels: pl.DataFrame | None = None) -> pl.DataFrame:
    """The label of each text, rows in the order given.

    texts: id, text; examples: text, label (may be empty); labels: label, name (what the label means
    in a few words: the way to sort without any example). Returns id, label (null = abstains), probability.

    A multinomial logistic regression on TF-IDF of words and letters, learnt on the examples and the labels' names.
    Raises :class:`TableError` when there is neither an example nor a label.
    """
    texts = require(texts, {"id": None, "text": pl.String})
    shown, known = _lessons(examples, labels)
    kinds = sorted(set(known))
    space = _Space.of(shown)
    weights, bias = _learn(space.rows(shown), np.array([kinds.index(k) for k in known]), len(kinds))
    said = [(t or "")[:MAX_CHARS] for t in texts["text"]]
    parts = [_softmax(space.rows(said[i : i + _PART]) @ weights + bias) for i in range(0, len(said), _PART)]
    odds = np.concatenate(parts) if parts else np.zeros((0, len(kinds)))
    best = odds.argmax(axis=1) if len(odds) else np.zeros(0, dtype=int)
    sure = odds[np.arange(len(odds)), best]
    least = min(_SURE, 1.5 / len(kinds))
    return pl.DataFrame(
        {
            "id": texts["id"],
            "label": pl.Series(
                [kinds[b] if p >= least else None for b, p in zip(best, sure, strict=True)], dtype=pl.String
            ),
            "probability": sure,
        }
    )


def _lessons(examples: pl.DataFrame, labels: pl.DataFrame | None) -> tuple[list[str], list[str]]:
    shown: list[str] = []
    known: list[str] = []
    if examples.width:
        examples = require(examples, {"text": pl.String, "label": pl.String}).drop_nulls(["text", "label"])
        shown, known = examples["text"].to_list(), examples["label"].to_list()
    if labels is not None:
        labels = require(labels, {"label": pl.String, "name": pl.String}).drop_nulls("label")
        shown += [name or label.replace("_", " ") for label, name in labels.select("label", "name").rows()]
        known += labels["label"].to_list()
    if not shown:
        raise TableError(column="label", row="all", problem="neither an example nor a label is given")
    return shown, known


class _Space:
    """TF-IDF over the features of the examples."""

    def __init__(self, vocabulary: Lookup, idf: Floats) -> None:
        self.vocabulary, self.idf = vocabulary, idf

    @staticmethod
    def _grams(texts: list[str]) -> Grams:
        tokens = cut(texts)
        return Grams.join([words(tokens, (1, 2), negation=False), letters(tokens, (3, 4))])

    @classmethod
    def of(cls, texts: list[str]) -> _Space:
        grams = cls._grams(texts)
        pairs = np.unique(grams.piece.astype(np.uint64) << np.uint64(32) | keys(grams.hash))
        vocabulary, seen = np.unique((pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32), return_counts=True)
        return cls(Lookup(vocabulary), np.log((1 + len(texts)) / (1 + seen)) + 1)

    def rows(self, texts: list[str]):  # type: ignore[no-untyped-def]  # scipy has no types
        """Unit-length rows as a scipy sparse matrix."""
        import scipy.sparse as sp

        grams = self._grams(texts)
        known, place = self.vocabulary.find(keys(grams.hash))
        piece, place = grams.piece[known], place[known]
        value = self.idf[place]
        norm = np.sqrt(np.bincount(piece, weights=value * value, minlength=len(texts)))
        return sp.csr_matrix((value / norm[piece], (piece, place)), shape=(len(texts), len(self.idf)))


def _softmax(scores: Floats) -> Floats:
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def _learn(rows, kind: np.ndarray, kinds: int) -> tuple[Floats, Floats]:  # type: ignore[no-untyped-def]  # scipy has no types
    """Multinomial logistic regression by L-BFGS, each label weighing the same."""
    from scipy.optimize import minimize

    if kinds == 1:
        return np.zeros((rows.shape[1], 1)), np.zeros(1)
    target = np.zeros((rows.shape[0], kinds))
    target[np.arange(rows.shape[0]), kind] = 1
    weight = (rows.shape[0] / kinds / np.bincount(kind, minlength=kinds))[kind] / rows.shape[0]

    def cost(flat: Floats) -> tuple[float, Floats]:
        w = flat[:-kinds].reshape(rows.shape[1], kinds)
        odds = _softmax(rows @ w + flat[-kinds:])
        loss = -(weight * np.log(odds[np.arange(len(kind)), kind] + 1e-12)).sum() + _DECAY * (w * w).sum()
        gap = (odds - target) * weight[:, None]
        return float(loss), np.concatenate([(rows.T @ gap + 2 * _DECAY * w).ravel(), gap.sum(axis=0)])

    start = np.zeros(rows.shape[1] * kinds + kinds)
    flat = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}).x
    return flat[:-kinds].reshape(rows.shape[1], kinds), flat[-kinds:]
