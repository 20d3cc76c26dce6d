"""Kinds of words in sequence: what a sentence does, whoever it is about.

Claim: an attack is a pattern of roles ("all GROUP are VILE", "someone MUST KILL GROUP") that stays the same when the
people named change, and that is shared by languages. Each word that ``data/concepts.csv`` lists is replaced by its
kind, other words are passed over, and runs of one to four kinds within one text are features; so are the kinds met
together with quotation marks, since to quote an attack is seldom to make one.
"""

from __future__ import annotations

import csv
from functools import lru_cache

import numpy as np

from parvis.science.text.files import folder
from parvis.science.text.grams import Grams
from parvis.science.text.lookup import Lookup
from parvis.science.text.tokens import I64, U64, Tokens, cut, mix

_LONGEST = 4
_STEP = np.uint64(0x9FB21C651E98DF25)
_SEED = np.uint64(0xC2B2AE3D27D4EB4F)
_QUOTED = np.uint64(0x165667B19E3779F9)
_CLAUSE = np.uint64(99)


@lru_cache(maxsize=1)
def _kinds() -> tuple[Lookup, U64]:
    """Hashes of all listed single words of both languages, and the number of the kind of each."""
    with (folder("data") / "concepts.csv").open(encoding="utf-8", newline="") as held:
        rows = [(row["concept"], word) for row in csv.DictReader(held) for word in row["words"].split("|")]
    order = {name: number for number, name in enumerate(dict.fromkeys(name for name, _ in rows), start=1)}
    tokens = cut([word for _, word in rows])
    single = np.bincount(tokens.piece, minlength=len(rows))[tokens.piece] == 1
    kinds = np.array([order[name] for name, _ in rows], dtype=np.uint64)[tokens.piece[single]]
    hashes, first = np.unique(tokens.hash[single], return_index=True)
    return Lookup(hashes), kinds[first]


def concepts(tokens: Tokens, quoted: np.ndarray) -> Grams:
    """Runs of kinds by piece; ``quoted`` tells which pieces hold quotation marks."""
    lookup, kind = _kinds()
    found, place = lookup.find(tokens.hash)
    at = np.flatnonzero(found)
    piece, kinds = tokens.piece[at], kind[place[at]]
    parts = [_runs(piece, kinds, size) for size in range(1, _LONGEST + 1)]
    marked = quoted[piece]
    parts.append(Grams(piece[marked], mix(kinds[marked] * _STEP ^ _QUOTED)))
    return Grams.join(parts)


def _runs(piece: I64, kinds: U64, size: int) -> Grams:
    count = max(0, len(kinds) - size + 1)
    if not count:
        return Grams(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64))
    first = np.flatnonzero(piece[:count] == piece[size - 1 :])
    total = np.full(len(first), _SEED, dtype=np.uint64)
    for step in range(size):
        total = mix(total * _STEP + kinds[first + step])
    return Grams(piece[first], total)
