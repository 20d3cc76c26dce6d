"""Spherical k-means over packed rows: centres that tell which rows are worth comparing."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from .packed import Basis, Whole
from .vectors import Floats

SMALL: Final = 8_000  # rows up to here need no clusters
_SAMPLE: Final = 32  # rows a cluster is learnt from
_ROUNDS: Final = 5
_BLOCK: Final = 8_192
_PIECE: Final = 8  # clusters
Places = npt.NDArray[np.int64]


def clusters(rows: Whole, basis: Basis) -> tuple[Floats, Places]:
    """Centres of clusters (learnt on a sample drawn with a fixed seed) and the cluster of each row."""
    if len(rows) <= SMALL:
        return np.zeros((1 if len(rows) else 0, rows.shape[1]), np.float32), np.zeros(len(rows), np.int64)
    count = int(2 ** round(np.log2(4 * np.sqrt(len(rows)))))
    chance = np.random.default_rng(1)
    drawn = chance.choice(len(rows), min(len(rows), _SAMPLE * count), replace=False)
    sample = basis.floats(rows[np.sort(drawn)])
    centres = sample[chance.choice(len(sample), min(count, len(sample)), replace=False)]
    for _ in range(_ROUNDS):
        where = np.concatenate([_nearest(sample[a : a + _BLOCK], centres) for a in range(0, len(sample), _BLOCK)])
        ones = np.ones(len(sample), np.float32)
        member = sparse.csr_matrix((ones, (where, np.arange(len(sample)))), shape=(len(centres), len(sample)))
        sums = np.asarray(member @ sample)
        filled = np.bincount(where, minlength=len(centres)) > 0
        centres = _unit(np.where(filled[:, None], sums, sample[chance.choice(len(sample), len(centres))]))
    centres = centres[_neighbours(centres)]
    blocks = (basis.floats(rows[start : start + _BLOCK]) for start in range(0, len(rows), _BLOCK))
    return centres, np.concatenate([_nearest(block, centres) for block in blocks])


def _neighbours(centres: Floats) -> Places:
    """An order in which centres that are alike stand near one another: halved again and again where they differ most,
    so that what a question needs lies in few pieces of the file."""
    pieces, done = [np.arange(len(centres))], list[Places]()
    while pieces:
        piece = pieces.pop()
        if piece.size <= _PIECE:
            done.append(piece)
            continue
        rows = centres[piece] - centres[piece].mean(axis=0)
        _, directions = np.linalg.eigh(rows.T @ rows)
        order = piece[np.argsort(rows @ directions[:, -1], kind="stable")]
        pieces += [order[piece.size // 2 :], order[: piece.size // 2]]
    return np.concatenate(done)


def _unit(rows: Floats) -> Floats:
    unit: Floats = (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return unit


def _nearest(block: Floats, centres: Floats) -> Places:
    found: Places = np.argmax(block @ centres.T, axis=1).astype(np.int64)
    return found
