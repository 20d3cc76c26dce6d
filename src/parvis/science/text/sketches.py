"""Few numbers by which edited copies of a text find each other in a table, one text at a time.

Claim: copies are found as texts come in, without keeping or comparing all of them. A text is known by the ``KEYS``
smallest hashes of its runs of seven letters (bottom-k sampling, Cohen and Kaplan 2007): two texts share about as many
of them as they share runs. Whoever shares a few is compared run by run (:func:`likeness`). Where all texts
are at hand, :func:`parvis.science.text.bursts` finds more.

>>> one, two, three = sketches([
...     "Superbe robe, livraison très rapide, je recommande vivement !",
...     "superbe robe livraison tres rapide, je recommande vivement",
...     "Le pull gratte un peu, mais il tient chaud et la coupe est belle."])
>>> one == two, set(one) & set(three)
(True, set())
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parvis.science.text.linear import Floats
from parvis.science.text.tokens import I64, SYMBOL, U64, cut, mix, powers

KEYS = 10
SHARED = 3
"""Keys that edited copies nearly always share, and other texts seldom do."""
LEAST_LETTERS = 40
"""Letters below which a text has no sketch: many people say "I love it" in good faith."""
ALIKE = 0.45
CHANCE = 13.0  # over the letters of the shorter text: two short texts share phrases by chance
MAX_CHARS = 2_000
_LONG, _SHORT = 7, 4


def sketches(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """The keys of each text, at most ``KEYS`` signed 32-bit numbers; none for texts of fewer than ``LEAST_LETTERS``
    letters and digits. Case, accents, spaces and marks do not count; the first 2,000 characters do."""
    owner, value, letters = _runs([text[:MAX_CHARS] for text in texts], _LONG)
    starts = np.searchsorted(owner, np.arange(len(texts) + 1))
    keys = (mix(value) >> np.uint64(32)).astype(np.uint32).view(np.int32).tolist()
    ends = np.minimum(starts[1:], starts[:-1] + KEYS)
    return [
        tuple(keys[start:end]) if enough else ()
        for start, end, enough in zip(starts[:-1], ends, letters >= LEAST_LETTERS, strict=True)
    ]


def likeness(texts: Sequence[str], pairs: Sequence[tuple[int, int]]) -> Floats:
    """How alike the two texts of each pair are, 0..1: the cosine of their sets of runs of four letters.

    pairs: positions in ``texts``.
    """
    return _compared(texts, pairs)[0]


def are_copies(texts: Sequence[str], pairs: Sequence[tuple[int, int]]) -> list[float | None]:
    """The likeness of each pair that is one text edited, None for the others. More is asked of short texts."""
    found, letters = _compared(texts, pairs)
    return [
        float(alike) if alike >= ALIKE + CHANCE / max(1, min(letters[one], letters[two])) or alike > 0.999 else None
        for alike, (one, two) in zip(found.tolist(), pairs, strict=True)
    ]


def _compared(texts: Sequence[str], pairs: Sequence[tuple[int, int]]) -> tuple[Floats, list[int]]:
    """The likeness of each pair, and the letters of each text."""
    owner, value, letters = _runs([text[:MAX_CHARS] for text in texts], _SHORT)
    starts = np.searchsorted(owner, np.arange(len(texts) + 1)).tolist()
    found = np.zeros(len(pairs))
    for number, (one, two) in enumerate(pairs):
        first, second = value[starts[one] : starts[one + 1]], value[starts[two] : starts[two + 1]]
        if len(first) and len(second):
            # both in order, each run once: what stands twice in a row is in both
            both = np.sort(np.concatenate((first, second)), kind="stable")
            common = np.count_nonzero(both[1:] == both[:-1])
            found[number] = common / np.sqrt(len(first) * len(second))
    return found, letters.tolist()


def _runs(texts: list[str], size: int) -> tuple[I64, U64, I64]:
    """Text and hash of each different run of ``size`` letters or digits, ordered by both, and the letters of each."""
    tokens = cut(texts)
    solid = tokens.kind < SYMBOL
    lengths = (tokens.letters.to - tokens.letters.at)[solid]
    owner = np.repeat(tokens.piece[solid], lengths)
    begins = np.repeat(tokens.letters.at[solid] - (np.cumsum(lengths) - lengths), lengths)
    codes = tokens.letters.folded[begins + np.arange(len(owner))].astype(np.uint64)
    up, down = powers(len(codes) + 1)
    prefix: U64 = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum((codes + np.uint64(1)) * up[:-1], out=prefix[1:])
    last = max(0, len(codes) - size + 1)
    first = np.flatnonzero(owner[:last] == owner[size - 1 :][:last])
    value = mix((prefix[first + size] - prefix[first]) * down[first])
    piece = owner[first]
    order = np.lexsort((value, piece))
    piece, value = piece[order], value[order]
    new = np.ones(len(value), dtype=np.bool_)
    new[1:] = (piece[1:] != piece[:-1]) | (value[1:] != value[:-1])
    return piece[new], value[new], np.bincount(owner, minlength=len(texts))
