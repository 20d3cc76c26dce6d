"""How many letters must be changed to make one text of another, for many pairs at once.

Levenshtein's distance inside a band around the diagonal (Ukkonen 1985), one row of letters at a time for all pairs of a
part; pairs that have already cost too much leave early, which most pairs of different reviews do after a line.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parvis.science.text.linear import Floats
from parvis.science.text.tokens import I64

BAND = 40  # letters by which insertions and deletions may move what follows
_WIDTH = 2 * BAND + 1
_PART = 512  # pairs
_LOOK = 24  # letters between two looks at which pairs may leave
_SLACK = 8.0  # changes that are let pass at first
_FAR = np.int16(20_000)


class Runs(NamedTuple):
    """Folded letters of texts one after the other, and where each text begins (and the end)."""

    codes: NDArray[np.int32]
    starts: I64


def changed(held: Runs, first: I64, second: I64, most: float) -> Floats:
    """Changes over the letters of the longer text, for each pair; 1 where more than about ``most`` or out of the band.

    Texts of at most 10,000 letters.
    """
    sizes = np.diff(held.starts)
    share = np.ones(len(first))
    near = np.flatnonzero((np.abs(sizes[first] - sizes[second]) <= BAND) & (sizes[first] > 0) & (sizes[second] > 0))
    near = near[np.argsort(sizes[first[near]], kind="stable")]
    for start in range(0, len(near), _PART):
        part = near[start : start + _PART]
        distance = _distances(held, first[part], second[part], most)
        share[part] = np.minimum(distance / np.maximum(sizes[first[part]], sizes[second[part]]), 1.0)
    return share


def _distances(held: Runs, first: I64, second: I64, most: float) -> Floats:
    """Distance of each pair, very large where it left early. Column c of a row stands for letter row + c - BAND."""
    size_one, size_two = np.diff(held.starts)[first], np.diff(held.starts)[second]
    rows = int(size_one.max())
    one, two = _padded(held, first, rows, 0), _padded(held, second, rows + 1, BAND)
    column = np.arange(_WIDTH, dtype=np.int16)
    line = np.where(column >= BAND, column - BAND, _FAR)[None].repeat(len(first), axis=0).astype(np.int16)
    result = np.full(len(first), float(_FAR))
    left = np.arange(len(first))
    for row in range(1, rows + 1):
        line = _next(line, one[:, row - 1 : row] != two[:, row - 1 : row - 1 + _WIDTH], row, column)
        ended = np.flatnonzero(size_one[left] == row)
        result[left[ended]] = line[ended, size_two[left[ended]] - row + BAND]
        if row % _LOOK == 0 or len(ended):
            stay = np.flatnonzero((size_one[left] > row) & (line.min(axis=1) <= most * row + _SLACK))
            left, line, one, two = left[stay], line[stay], one[stay], two[stay]
            if not len(left):
                break
    return result


def _next(line: NDArray[np.int16], differ: NDArray[np.bool_], row: int, column: NDArray[np.int16]) -> NDArray[np.int16]:
    best = line + differ  # a letter kept or replaced
    best[:, :-1] = np.minimum(best[:, :-1], line[:, 1:] + np.int16(1))  # dropped
    if row <= BAND:
        best[:, : BAND - row] = _FAR
        best[:, BAND - row] = row
    # put in: the cheapest of all letters to the left, one change a letter
    return np.minimum.accumulate(best - column, axis=1) + column


def _padded(held: Runs, texts: I64, rows: int, before: int) -> NDArray[np.int32]:
    """Letters of each text (texts x before + rows + BAND), with marks that match nothing around them."""
    wide = before + rows + BAND
    filled = np.full((len(texts), wide), -1 if before else -2, dtype=np.int32)
    for place, text in enumerate(texts):
        run = held.codes[held.starts[text] : held.starts[text + 1]][: wide - before]
        filled[place, before : before + len(run)] = run
    return filled
