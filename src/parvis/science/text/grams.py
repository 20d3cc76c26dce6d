"""Hashed n-grams of a batch: words in sequence, negated words, and letters in sequence."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from parvis.science.text.files import folder
from parvis.science.text.lookup import Lookup
from parvis.science.text.tokens import I64, LETTER, U64, Tokens, cut, mix, powers

SCOPE = 4  # words after a negator that it turns
_STEP = np.uint64(0xD6E8FEB86659FD93)
_NEGATED = np.uint64(0xA0761D6478BD642F)
_LETTERS = np.uint64(0xE7037ED1A0B428DB)


@dataclass(frozen=True, slots=True)
class Grams:
    """Features met in a batch, one row each: the piece they were met in and their hash (repeats are kept)."""

    piece: I64
    hash: U64

    def among(self, rows: I64) -> Grams:
        """The same features counted for ``rows[piece]``: a title and its text are one document."""
        return Grams(rows[self.piece], self.hash)

    @staticmethod
    def join(parts: list[Grams]) -> Grams:
        """All rows of ``parts``, one after the other."""
        return Grams(np.concatenate([p.piece for p in parts]), np.concatenate([p.hash for p in parts]))


@lru_cache(maxsize=8)
def listed(role: str) -> Lookup:
    """The words that play a role in ``data/negation.csv``, English and French.

    turns_meaning: negators; cancels: words after a negator that undo it ("not only", "pas mal", "no doubt");
    opens_thought: words after which another thought begins although no mark says so; supposes: words after which
    something is hoped for or looked for, not stated; ends_negation: words beyond which a negator does not reach.
    """
    with (folder("data") / "negation.csv").open(encoding="utf-8", newline="") as held:
        words = [row["word"] for row in csv.DictReader(held) if row["role"] == role]
    return Lookup(np.unique(cut(words).hash))


def link(total: U64, following: U64) -> U64:
    """Hash of runs of tokens that go on with one token more."""
    return mix(total * _STEP + following)


def chain_at(tokens: Tokens, first: I64, size: int) -> U64:
    """Hash of the ``size`` tokens from each of ``first`` on."""
    total = tokens.hash[first]
    for step in range(1, size):
        total = link(total, tokens.hash[first + step])
    return total


def chain(tokens: Tokens, size: int) -> tuple[I64, U64]:
    """First token and hash of each run of ``size`` tokens of one text."""
    count = max(0, len(tokens.hash) - size + 1)
    first = np.flatnonzero(tokens.piece[:count] == tokens.piece[size - 1 :]) if count else np.zeros(0, dtype=np.int64)
    return first, chain_at(tokens, first, size)


def thoughts(tokens: Tokens) -> I64:
    """Number of the thought each token stands in: a clause, cut again before words such as "but"."""
    turns = listed("opens_thought").find(tokens.hash)[0]
    opens = np.zeros(len(turns), dtype=np.bool_)
    opens[1:] = (tokens.clause[1:] != tokens.clause[:-1]) | turns[1:]
    return np.cumsum(opens)


def negators(tokens: Tokens) -> np.ndarray:
    """Which tokens are negators that really turn what follows."""
    flags = listed("turns_meaning").find(tokens.hash)[0]
    flags[:-1] &= ~listed("cancels").find(tokens.hash[1:])[0]
    return flags


def negated(tokens: Tokens) -> np.ndarray:
    """Whether a negator stands at most ``SCOPE`` tokens before, in the same thought."""
    flags, thought = negators(tokens), thoughts(tokens)
    count = len(flags)
    inside = np.zeros(count, dtype=np.bool_)
    for step in range(1, min(SCOPE, count - 1) + 1):
        inside[step:] |= flags[:-step] & (thought[step:] == thought[:-step])
    return inside


def turned(hashes: U64) -> U64:
    """The feature that a word becomes when it is negated."""
    return mix(hashes ^ _NEGATED)


def words(tokens: Tokens, sizes: tuple[int, ...] = (1, 2, 3), *, negation: bool = True) -> Grams:
    """Word n-grams of the given sizes, and each negated word once more as another feature."""
    parts = []
    for size in sizes:
        first, value = chain(tokens, size)
        parts.append(Grams(tokens.piece[first], value))
    if negation:
        inside = negated(tokens) & (tokens.kind == LETTER)
        parts.append(Grams(tokens.piece[inside], turned(tokens.hash[inside])))
    return Grams.join(parts)


def letters(tokens: Tokens, sizes: tuple[int, ...] = (3, 4, 5)) -> Grams:
    """Letter n-grams inside words; a space marks each edge of a word, as scikit-learn's ``char_wb`` does."""
    at, to = tokens.letters.at, tokens.letters.to
    lengths = to - at + 2
    ends = np.cumsum(lengths)
    begins = ends - lengths
    total = int(ends[-1]) if len(ends) else 0
    padded = np.full(total, ord(" "), dtype=np.uint64)
    if total:
        owner = np.repeat(np.arange(len(at)), lengths)
        place = np.arange(total) - begins[owner]
        inner = (place > 0) & (place <= (to - at)[owner])
        padded[inner] = tokens.letters.folded[(at[owner] + place - 1)[inner]]
    else:
        owner = np.zeros(0, dtype=np.int64)
    up, down = powers(total + 1)
    prefix = np.zeros(total + 1, dtype=np.uint64)
    np.cumsum((padded + np.uint64(1)) * up[:-1], out=prefix[1:])
    parts = [Grams(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64))]
    for size in sizes:
        if total < size:
            continue
        first = np.flatnonzero(owner[: total - size + 1] == owner[size - 1 :])
        value = mix(((prefix[first + size] - prefix[first]) * down[first]) ^ _LETTERS)
        parts.append(Grams(tokens.piece[owner[first]], value))
    return Grams.join(parts)
