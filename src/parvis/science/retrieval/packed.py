"""Unit vectors in two bytes a number, compared a byte at a time.

A number is a coarse byte and a fine one, on a scale of its own row. Many rows are compared by their coarse bytes alone
(four times less memory to read than floats), the best of them again by both. Dot products of bytes are made by
`simsimd`, in whole numbers; where it has no build, by numpy, slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .vectors import Floats

try:
    import simsimd
except ImportError:  # a platform without a wheel
    simsimd = None  # type: ignore[assignment]

Bytes = npt.NDArray[np.int8]
Doubles = npt.NDArray[np.float64]
_HIGHEST: Final = 127 * 256.0  # so that a coarse byte never overflows
_BLOCK: Final = 32_768
_FINE: Final = 512  # rows up to here are simply turned into floats


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows (count x width): value = scale * (256 * coarse + fine)."""

    coarse: Bytes
    fine: Bytes
    scales: Floats

    @property
    def count(self) -> int:
        """How many rows."""
        return int(self.scales.size)

    def __getitem__(self, rows: Any) -> Packed:
        return Packed(self.coarse[rows], self.fine[rows], self.scales[rows])

    def floats(self) -> Floats:
        """The rows as they were packed."""
        whole = self.coarse.astype(np.float32) * np.float32(256) + self.fine
        made: Floats = whole * self.scales[:, None]
        return made

    def cosines(self, vector: Floats) -> Floats:
        """With a vector, by both bytes."""
        if self.count <= _FINE:
            # Not by the matrix library: its threads cost more than they bring on rows this short.
            short: Floats = np.einsum("ij,j->i", self.floats(), vector)
            return short
        asked = packed(vector[None, :])
        coarse, fine = asked.coarse[0], asked.fine[0]
        found = 65_536 * dots(self.coarse, coarse) + 256 * (dots(self.fine, coarse) + dots(self.coarse, fine))
        made: Floats = ((found + dots(self.fine, fine)) * self.scales * asked.scales[0]).astype(np.float32)
        return made


def empty(width: int) -> Packed:
    """No rows."""
    none = np.empty((0, width), np.int8)
    return Packed(none, none, np.empty(0, np.float32))


def joined(several: Sequence[Packed]) -> Packed:
    """Rows after rows."""
    return Packed(
        np.concatenate([each.coarse for each in several]),
        np.concatenate([each.fine for each in several]),
        np.concatenate([each.scales for each in several]),
    )


def packed(matrix: Floats) -> Packed:
    """Rows of floats in two bytes a number."""
    scales = (np.abs(matrix).max(axis=1, initial=0.0) / _HIGHEST).astype(np.float32)
    whole = np.rint(matrix / np.where(scales > 0, scales, 1.0)[:, None]).astype(np.int32)
    coarse = np.clip((whole + 128) >> 8, -127, 127)
    return Packed(coarse.astype(np.int8), np.clip(whole - 256 * coarse, -128, 127).astype(np.int8), scales)


def dots(rows: Bytes, vector: Bytes) -> Doubles:
    """Dot products of rows of bytes with one, exact."""
    if simsimd is not None:
        # Its own argument for the result is not used: it loses count of references to None and ends the process.
        return np.asarray(simsimd.cdist(vector[None, :], rows, "dot"))[0] if len(rows) else np.empty(0)
    found = np.empty(len(rows))
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK].astype(np.float32)
        found[start : start + _BLOCK] = np.einsum("ij,j->i", block, vector.astype(np.float32))
    return found


def products(rows: Floats, vector: Floats) -> npt.NDArray[Any]:
    """Dot products of rows of floats with one."""
    native = simsimd is not None and len(rows)
    made: npt.NDArray[Any] = (
        np.asarray(simsimd.cdist(vector[None, :], rows, "dot"))[0] if native else np.einsum("ij,j->i", rows, vector)
    )
    return made
