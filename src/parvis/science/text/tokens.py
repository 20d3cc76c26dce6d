"""Cut a batch of texts into hashed tokens with numpy, keeping the way back to the original code points.

Claim: one pass over a whole batch (no Python loop over characters or words) gives, for every token, a 64-bit hash of
its folded form (lower case, no accents, compatibility letters such as 𝐀 or ﬁ made plain, combining marks dropped),
its place in the original text, and the clause and sentence it stands in.

The hash of a token is a polynomial in its code points modulo 2**64, read from prefix sums (Karp-Rabin), then mixed by
the finaliser of splitmix64. It depends on the token alone, never on its neighbours or on the batch.

>>> cut(["Très doux !"]).words()
['tres', 'doux', '!']
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SPACE, LETTER, DIGIT, SYMBOL, DROP = 0, 1, 2, 3, 4
_TABLE = 0x20000
_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
_DOUBLES = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"}
_CLAUSE = ',;:()[]{}…–—|/•"«»“”'
_SENTENCE = ".!?\n\r。！？\u2028\u2029"
_PLAIN_MARKS = "!?"

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch, in reading order. All arrays are as long as there are tokens.

    piece: index of the text in the batch; start, end: code points of that text; hash: of the folded token;
    clause, sentence: numbers that grow through the batch and never span two texts; kind: LETTER, DIGIT or SYMBOL
    (one emoji, or one of ``!`` and ``?``); upper: whether all its letters are capitals.
    """

    pieces: int
    piece: I64
    start: I64
    end: I64
    hash: U64
    clause: I64
    sentence: I64
    kind: NDArray[np.uint8]
    upper: NDArray[np.bool_]
    letters: Letters

    def words(self) -> list[str]:
        """Folded tokens as text, for tests and explanations."""
        return [
            "".join(map(chr, self.letters.folded[a:b])) for a, b in zip(self.letters.at, self.letters.to, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Letters:
    """The folded code points of a batch and where each token lies among them (``at`` to ``to``)."""

    folded: NDArray[np.uint32]
    at: I64
    to: I64


@lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.bool_]]:
    """Folded code point, its second half if any, kind, break (1 clause, 2 sentence) and capital, by code point."""
    fold = np.arange(_TABLE, dtype=np.uint32)
    second = np.zeros(_TABLE, dtype=np.uint32)
    kind = np.full(_TABLE, LETTER, dtype=np.uint8)
    upper = np.zeros(_TABLE, dtype=np.bool_)
    breaks = np.zeros(_TABLE, dtype=np.uint8)
    for point in range(_TABLE):
        char = chr(point)
        category = unicodedata.category(char)
        kind[point] = _kind(point, char, category)
        if category[0] == "L":
            low = char.lower()
            plain = _DOUBLES.get(low) or "".join(
                c for c in unicodedata.normalize("NFKD", low).lower() if unicodedata.category(c)[0] != "M"
            )
            upper[point] = category == "Lu"
            if plain:
                fold[point] = ord(plain[0])
                second[point] = ord(plain[1]) if len(plain) > 1 and plain[1].isalpha() else 0
        elif category == "Nd":
            fold[point] = ord("0") + unicodedata.digit(char)
    for char in _CLAUSE:
        breaks[ord(char)] = 1
    for char in _SENTENCE:
        breaks[ord(char)] = 2
    return fold, second, kind, breaks, upper


def _kind(point: int, char: str, category: str) -> int:
    if category[0] == "L":
        return LETTER
    if category == "Nd":
        return DIGIT
    # marks that ride on a letter, joiners, soft hyphens, skin tones, null and other controls add nothing to a word
    if category[0] == "M" or 0x1F3FB <= point <= 0x1F3FF or (category in ("Cf", "Cc") and not char.isspace()):
        return DROP
    if char in _PLAIN_MARKS or category == "So" or 0x1F000 <= point <= 0x1FAFF:
        return SYMBOL
    return SPACE


def mix(value: U64) -> U64:
    """Spread hashes over all 64 bits (finaliser of splitmix64, Steele, Lea and Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@lru_cache(maxsize=1)
def _powers_store() -> dict[str, tuple[U64, U64]]:
    return {}


def powers(size: int) -> tuple[U64, U64]:
    """``size`` powers of the hash base and of its inverse modulo 2**64."""
    store = _powers_store()
    have = store.get("it")
    if have is None or len(have[0]) < size:
        length = max(size, 1 << 16)
        up = np.full(length, _BASE, dtype=np.uint64)
        down = np.full(length, _INVERSE, dtype=np.uint64)
        up[0] = down[0] = np.uint64(1)
        have = store["it"] = np.multiply.accumulate(up), np.multiply.accumulate(down)
    return have[0][:size], have[1][:size]


def span_hash(folded: NDArray[np.uint32], at: I64, to: I64) -> U64:
    """Mixed polynomial hash of ``folded[at:to]`` for each pair."""
    up, down = powers(len(folded) + 1)
    prefix = np.zeros(len(folded) + 1, dtype=np.uint64)
    np.cumsum((folded.astype(np.uint64) + np.uint64(1)) * up[:-1], out=prefix[1:])
    return mix((prefix[to] - prefix[at]) * down[at])


def cut(texts: list[str]) -> Tokens:
    """Tokens of each text, in order. Texts may be empty; nothing is ever read across two of them."""
    lengths = np.fromiter((len(t) for t in texts), dtype=np.int64, count=len(texts))
    # a line feed between two texts ends the token, the clause and the sentence of the first
    joined = "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    begins = np.zeros(len(texts), dtype=np.int64)
    np.cumsum(lengths[:-1] + 1, out=begins[1:])
    fold, second, kinds, breaks, capitals = _tables()
    safe = np.where(codes < _TABLE, codes, ord("一"))
    kind = kinds[safe]
    keep = np.flatnonzero(kind != DROP)
    codes, safe, kind = codes[keep], safe[keep], kind[keep]
    folded = np.where(codes < _TABLE, fold[safe], codes)
    halves = second[safe]
    if halves.any():
        many = 1 + (halves > 0)
        last = np.cumsum(many) - 1
        take = np.repeat(np.arange(len(codes)), many)
        doubled = last[halves > 0]
        keep, codes, safe, kind, folded = keep[take], codes[take], safe[take], kind[take], folded[take]
        folded[doubled] = halves[halves > 0]
    return _assemble(len(texts), begins, keep, codes, kind, folded, breaks[safe], capitals[safe])


def _assemble(
    pieces: int,
    begins: I64,
    keep: I64,
    codes: NDArray[np.uint32],
    kind: NDArray[np.uint8],
    folded: NDArray[np.uint32],
    brk: NDArray[np.uint8],
    capital: NDArray[np.bool_],
) -> Tokens:
    solid = (kind == LETTER) | (kind == DIGIT)
    before = np.zeros(len(kind), dtype=np.uint8)
    before[1:] = kind[:-1]
    opens = (kind != SPACE) & ((kind != before) | (kind == SYMBOL))
    # "5.5" is one thing said, not two sentences
    inside = np.zeros(len(kind), dtype=np.bool_)
    inside[1:-1] = (codes[1:-1] != ord("\n")) & (kind[:-2] == DIGIT) & (kind[2:] == DIGIT)
    brk = np.where(inside, 0, brk)
    at = np.flatnonzero(opens)
    after = np.zeros(len(kind), dtype=np.uint8)
    after[:-1] = kind[1:]
    to = np.flatnonzero((kind != SPACE) & ((kind != after) | (kind == SYMBOL))) + 1
    # a mark such as "!" belongs to the sentence that it ends
    sentences: I64 = np.cumsum(brk == 2) - (brk == 2)
    clauses: I64 = np.cumsum(brk > 0) - (brk > 0)
    start = keep[at]
    end = keep[to - 1] + 1
    piece = np.searchsorted(begins, start, side="right") - 1
    offset = begins[piece] if pieces else start
    capitals = np.concatenate(([0], np.cumsum(capital)))
    upper = (capitals[to] - capitals[at]) == (to - at)
    return Tokens(
        pieces=pieces,
        piece=piece,
        start=start - offset,
        end=end - offset,
        hash=span_hash(folded, at, to),
        clause=clauses[at],
        sentence=sentences[at],
        kind=kind[at],
        upper=upper & solid[at],
        letters=Letters(folded, at, to),
    )


@lru_cache(maxsize=65536)
def word_hash(word: str) -> int:
    """Hash of one word as ``cut`` gives it.

    >>> word_hash("Été") == word_hash("ete")
    True
    """
    found = cut([word]).hash
    if len(found) != 1:
        raise ValueError(f"not one token: {word!r}")
    return int(found[0])
