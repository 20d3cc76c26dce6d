"""Linear models over hashed n-grams: TF-IDF rows, several heads, read from a compact ``.npz``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parvis.science.text.files import folder
from parvis.science.text.grams import Grams
from parvis.science.text.lookup import Lookup
from parvis.science.text.tokens import U64

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linear:
    """Linear heads over n-grams weighted by rarity.

    A document's score is the sum, over every n-gram met, of its idf times its weight, divided by the length of the
    vector of those idfs, plus a bias. Repeats count once each, which measured as well as the usual sublinear counts and
    needs no sorting. vocabulary: the high 32 bits of feature hashes; idf: one a feature; weights: features x heads;
    bias: one a head; recipe: what the training chose.
    """

    vocabulary: Lookup
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: Floats
    recipe: dict[str, Any]

    def score(self, grams: Grams, rows: int) -> tuple[Floats, Floats]:
        """Raw score of each head (rows x heads), and how many known n-grams each row has."""
        known, place = self.vocabulary.find(keys(grams.hash))
        row, place = grams.piece[known], place[known]
        rarity = self.idf[place].astype(np.float64)
        norm = np.sqrt(np.bincount(row, weights=rarity * rarity, minlength=rows))
        norm[norm == 0] = 1.0
        weighed = self.weights[place] * rarity[:, None]  # one gather for all heads
        heads = [np.bincount(row, weights=column, minlength=rows) / norm for column in weighed.T]
        return np.stack(heads, axis=1) + self.bias, np.bincount(row, minlength=rows).astype(np.float64)


def keys(hashes: U64) -> NDArray[np.uint32]:
    """The 32 bits of a hash that a model file keeps."""
    return (hashes >> np.uint64(32)).astype(np.uint32)


def sigmoid(value: Floats) -> Floats:
    """Logistic function, safe for large values."""
    return 1.0 / (1.0 + np.exp(-np.clip(value, -60.0, 60.0)))


@lru_cache(maxsize=16)
def load(name: str) -> Linear:
    """The bundled model of that name; read once."""
    import json

    with np.load(folder("models") / f"{name}.npz", allow_pickle=False) as held:
        return Linear(
            vocabulary=Lookup(held["vocabulary"]),
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
        vocabulary=model.vocabulary.keys,
        idf=model.idf.astype(np.float16),
        weights=model.weights.astype(np.float16),
        bias=model.bias.astype(np.float64),
        recipe=np.array(json.dumps(model.recipe, sort_keys=True)),
    )
