"""Linear models over hashed n-grams: TF-IDF rows, several heads, read from a compact ``.npz``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parvis.science.text.files import folder
from parvis.science.text.grams import Grams, member
from parvis.science.text.tokens import I64, U64

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linear:
    """TF-IDF (1 + ln tf, smoothed idf, unit length) followed by linear heads.

    vocabulary: the high 32 bits of feature hashes, sorted; idf: one a feature; weights: features x heads;
    bias: one a head; recipe: sizes of the word and letter n-grams and what else the training chose.
    """

    vocabulary: NDArray[np.uint32]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: Floats
    recipe: dict[str, Any]

    def rows(self, grams: Grams) -> tuple[I64, I64, Floats]:
        """Piece, feature and unit-length TF-IDF value of each known feature of each piece."""
        known, place = member(keys(grams.hash), self.vocabulary)
        piece, feature, count = tally(grams.piece[known], place[known], len(self.vocabulary))
        value = (1.0 + np.log(count)) * self.idf[feature]
        pieces = int(piece.max()) + 1 if len(piece) else 0
        norm = np.sqrt(np.bincount(piece, weights=value * value, minlength=pieces))
        return piece, feature, value / norm[piece]

    def score(self, grams: Grams, pieces: int) -> tuple[Floats, Floats]:
        """Heads' raw scores (pieces x heads), and how many known features each piece has."""
        piece, feature, value = self.rows(grams)
        heads = [
            np.bincount(piece, weights=value * self.weights[feature, head], minlength=pieces)
            for head in range(self.weights.shape[1])
        ]
        return np.stack(heads, axis=1) + self.bias, np.bincount(piece, minlength=pieces).astype(np.float64)


def keys(hashes: U64) -> NDArray[np.uint32]:
    """The 32 bits of a hash that a model file keeps."""
    return (hashes >> np.uint64(32)).astype(np.uint32)


def tally(piece: I64, feature: I64, features: int) -> tuple[I64, I64, Floats]:
    """Unique (piece, feature) pairs, sorted, with their counts."""
    pair, count = np.unique(piece * features + feature, return_counts=True)
    return pair // max(features, 1), pair % max(features, 1), count.astype(np.float64)


def sigmoid(value: Floats) -> Floats:
    """Logistic function, safe for large values."""
    return 1.0 / (1.0 + np.exp(-np.clip(value, -60.0, 60.0)))


@lru_cache(maxsize=16)
def load(name: str) -> Linear:
    """The bundled model of that name; read once."""
    import json

    with np.load(folder("models") / f"{name}.npz", allow_pickle=False) as held:
        return Linear(
            vocabulary=held["vocabulary"],
            idf=held["idf"].astype(np.float32),
            weights=held["weights"].astype(np.float32),
            bias=held["bias"].astype(np.float64),
            recipe=json.loads(str(held["recipe"])),
        )


def save(path: Path, model: Linear) -> None:
    """Write a model compactly (16-bit floats); the same model gives the same bytes."""
    import json

    np.savez_compressed(
        path,
        vocabulary=model.vocabulary,
        idf=model.idf.astype(np.float16),
        weights=model.weights.astype(np.float16),
        bias=model.bias.astype(np.float64),
        recipe=np.array(json.dumps(model.recipe, sort_keys=True)),
    )
