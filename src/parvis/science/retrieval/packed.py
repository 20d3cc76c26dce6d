"""Unit vectors as whole numbers, and how many of them are compared with one at once.

A basis turns vectors so that what tells them apart stands in the first numbers, and leaves out their mean. Sixteen bits
a number are kept; of the first half of the numbers eight more, by which many rows are compared with a sixth of the
memory that floats would need; the best of them are then compared by all they have. Dot products of bytes are made by
`simsimd`; where it has no build, by numpy, slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from .vectors import Floats

try:
    import simsimd
except ImportError:  # a platform without a wheel
    simsimd = None  # type: ignore[assignment]  # asked for before use

Bytes = npt.NDArray[np.int8]
Whole = npt.NDArray[np.int16]
_HIGHEST: Final = 127 * 256  # so that the front never overflows
_ROOM: Final = 1.25  # for rows that come later
_BLOCK: Final = 32_768


class Basis(NamedTuple):
    """Row = (vector - mean) turned, in steps of `step`; None leaves vectors where they are."""

    mean: Floats
    turn: Floats | None
    step: float

    def packed(self, matrix: Floats) -> Whole:
        """Rows of whole numbers."""
        steps = np.rint(self.turned(matrix - self.mean) / np.float32(self.step))
        made: Whole = np.clip(steps, -_HIGHEST, _HIGHEST).astype(np.int16)
        return made

    def turned(self, matrix: Floats) -> Floats:
        """Vectors, or one, in this basis."""
        made: Floats = matrix if self.turn is None else matrix @ self.turn
        return made

    def floats(self, rows: Whole) -> Floats:
        """The vectors of packed rows."""
        made: Floats = rows.astype(np.float32) * np.float32(self.step)
        back: Floats = (made if self.turn is None else made @ self.turn.T) + self.mean
        return back

    def cosines(self, rows: Whole, vector: Floats) -> Floats:
        """Of packed rows with a vector."""
        made = np.empty(len(rows), np.float32)
        turned = self.turned(vector)
        for start in range(0, len(rows), _BLOCK):
            # Not by the matrix library: its threads cost more than they bring on rows this short.
            block = rows[start : start + _BLOCK].astype(np.float32)
            made[start : start + _BLOCK] = np.einsum("ij,j->i", block, turned)
        found: Floats = made * np.float32(self.step) + np.float32(self.mean @ vector)
        return found


def plain(width: int) -> Basis:
    """Vectors as they are."""
    return Basis(np.zeros(width, np.float32), None, 1.0 / _HIGHEST)


def learnt(sample: Floats) -> Basis:
    """The basis in which the vectors of a sample differ most in their first numbers."""
    mean = sample.mean(axis=0).astype(np.float32)
    centred = sample - mean
    _, turn = np.linalg.eigh(centred.T @ centred)
    turn = np.ascontiguousarray(turn[:, ::-1]).astype(np.float32)
    highest = float(np.abs(centred @ turn).max(initial=1e-6))
    return Basis(mean, turn, _ROOM * highest / _HIGHEST)


def front(rows: npt.NDArray[Any]) -> Bytes:
    """The first half of the numbers, a byte each."""
    width = rows.shape[1] // 2
    made = np.empty((len(rows), width), np.int8)
    for start in range(0, len(rows), _BLOCK):
        made[start : start + _BLOCK] = (rows[start : start + _BLOCK, :width].astype(np.int32) + 128) >> 8
    return made


def asked(vector: Floats) -> Bytes:
    """The first half of a question's numbers, a byte each, on a scale of its own."""
    return coded(vector[: vector.size // 2])


def coded(floats: Floats) -> Bytes:
    """Numbers a byte each, on the scale of the largest."""
    made: Bytes = np.rint(floats * (127 / max(float(np.abs(floats).max(initial=0.0)), 1e-9))).astype(np.int8)
    return made


def dots(rows: Bytes, vector: Bytes, parts: Sequence[tuple[int, int]]) -> npt.NDArray[Any]:
    """Dot products of some rows of bytes (from, to) with one, exact, part after part."""
    if simsimd is not None:
        # Its own argument for the result is not used: it loses count of references to None and ends the process.
        one = vector[None, :]
        each = [np.asarray(simsimd.cdist(one, rows[first:last], "dot")) for first, last in parts if first < last]
        return np.concatenate(each, axis=1)[0] if each else np.empty(0)
    wide = vector.astype(np.float32)
    blocks = [
        np.einsum("ij,j->i", rows[start : min(start + _BLOCK, last)].astype(np.float32), wide).astype(np.float64)
        for first, last in parts
        for start in range(first, last, _BLOCK)
    ]
    return np.concatenate(blocks) if blocks else np.empty(0)
