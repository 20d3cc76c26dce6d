"""Find many hashes at once in a fixed set of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from parvis.science.text.tokens import I64

Keys = NDArray[np.uint32] | NDArray[np.uint64]
_MOST_BITS = 20


class Lookup:
    """A sorted set of well-mixed keys, read through a table of their leading bits: a few nanoseconds a look.

    >>> Lookup(np.array([5, 9], dtype=np.uint32)).find(np.array([9, 1], dtype=np.uint32))[0].tolist()
    [True, False]
    """

    __slots__ = ("keys", "shift", "starts")

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        width = keys.dtype.itemsize * 8
        bits = min(_MOST_BITS, max(4, len(keys).bit_length() + 2))
        self.shift = keys.dtype.type(width - bits)
        heads = (keys >> self.shift).astype(np.int64)
        self.starts = np.searchsorted(heads, np.arange((1 << bits) + 1)).astype(np.int32)

    def find(self, values: Keys) -> tuple[NDArray[np.bool_], I64]:
        """Whether each value is in the set, and its place there (0 where it is not)."""
        found = np.zeros(len(values), dtype=np.bool_)
        place = np.zeros(len(values), dtype=np.int64)
        head = (values >> self.shift).astype(np.int64)
        at, end = self.starts[head], self.starts[head + 1]
        left = np.flatnonzero(at < end)
        at, end, wanted = at[left], end[left], values[left]
        while len(left):
            hit = self.keys[at] == wanted
            found[left[hit]] = True
            place[left[hit]] = at[hit]
            more = ~hit & (at + 1 < end)
            left, at, end, wanted = left[more], at[more] + 1, end[more], wanted[more]
        return found, place
