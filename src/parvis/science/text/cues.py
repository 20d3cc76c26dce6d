"""Cues: the runs of words by which a text is heard to speak of something.

Cues are rows of a table that a brand can edit (``data/aspects.csv``): aspect, language, cue and, for a cue that judges
by itself ("scratchy", "runs small"), its polarity; kinds of product it is used for (none: all); and whether it is weak,
which means that it counts only where its thought names no other aspect ("pretty" speaks of the colour in "a pretty
colour"). A cue is a run of words; ``a|b`` allows either word,
``(one|or more words)`` either phrase, ``[a|b]`` makes it optional. Case, accents and apostrophes do not matter.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from parvis.core.tables import TableError, require
from parvis.science.text.files import folder
from parvis.science.text.grams import chain, link
from parvis.science.text.linear import Floats
from parvis.science.text.lookup import Lookup
from parvis.science.text.tokens import I64, Tokens, cut

CUE_COLUMNS = {"aspect": pl.String, "language": pl.String, "cues": pl.String, "polarity": pl.Float64}
CUE_COLUMNS |= {"kinds": pl.String, "weak": pl.Boolean}
MOST_PHRASES = 4000  # phrases that one cue may stand for
_PART = re.compile(r"\[[^\]]*\]|\([^)]*\)|[^\s\[\]()]+")


@dataclass(frozen=True, slots=True)
class Cue:
    """One row of a cue table; without a polarity it names its aspect and does not judge."""

    aspect: str
    language: str
    pattern: str
    polarity: float | None
    kinds: tuple[str, ...] = ()
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Cues of one language. openers: first words; by_size: for each number of words, the phrases and whose they are."""

    aspects: list[str]
    polarity: Floats
    weak: NDArray[np.bool_]
    openers: Lookup
    by_size: dict[int, tuple[Lookup, I64]]

    def hits(self, tokens: Tokens, mine: np.ndarray) -> tuple[I64, I64, I64]:
        """First token, number of tokens and cue of each cue met among ``mine``, in reading order.

        A cue stays inside one clause; where two overlap the longer one counts, then the earlier one.
        """
        first = np.flatnonzero(self.openers.find(tokens.hash)[0] & mine)
        total, length = tokens.hash[first], 1
        met: list[tuple[int, int, int]] = []
        for size, (phrases, owner) in sorted(self.by_size.items()):
            # each size goes on where the one before stopped: a run that left its clause never comes back
            for step in range(length, size):
                stays = first + step < len(tokens.hash)
                stays[stays] = tokens.clause[first[stays]] == tokens.clause[first[stays] + step]
                first = first[stays]
                total = link(total[stays], tokens.hash[first + step])
            length = size
            if not len(first):
                break
            found, place = phrases.find(total)
            met += [
                (-size, at, cue) for at, cue in zip(first[found].tolist(), owner[place[found]].tolist(), strict=True)
            ]
        met.sort()
        taken = bytearray(len(tokens.hash))
        kept = []
        for minus, at, cue in met:
            end = at - minus
            if not any(taken[at:end]):
                taken[at:end] = b"\1" * -minus
                kept.append((at, -minus, cue))
        kept.sort()
        table = np.array(kept, dtype=np.int64).reshape(-1, 3)
        return table[:, 0], table[:, 1], table[:, 2]


def expand(pattern: str) -> Iterator[str]:
    """Every phrase that a cue stands for.

    >>> list(expand("[very] soft|silky"))
    ['soft', 'silky', 'very soft', 'very silky']
    """
    choices = []
    for part in _PART.findall(pattern):
        options = [o.strip() for o in part.strip("[]()").split("|")]
        choices.append(["", *options] if part.startswith("[") else options)
    for words in itertools.product(*choices):
        yield " ".join(w for w in words if w)


class Cues(tuple[Cue, ...]):
    """Cues whose hash is computed once: they are the key of what is compiled from them, asked for at every reading."""

    _hash: int

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            self._hash = super().__hash__()
            return self._hash


@cache
def bundled(name: str = "aspects") -> tuple[Cue, ...]:
    """The cues of a table shipped with the package."""
    with (folder("data") / f"{name}.csv").open(encoding="utf-8", newline="") as held:
        return Cues(
            Cue(
                r["aspect"],
                r["language"],
                r["cue"],
                float(r["polarity"]) if r["polarity"] else None,
                tuple((r.get("kinds") or "").split()),
                bool(r.get("weak")),
            )
            for r in csv.DictReader(held)
        )


def cue_table(name: str = "aspects") -> pl.DataFrame:
    """A table of bundled cues, to add to: aspect, language, cues, polarity, kinds (with spaces between), weak."""
    rows = [(c.aspect, c.language, c.pattern, c.polarity, " ".join(c.kinds), c.weak) for c in bundled(name)]
    return pl.DataFrame(rows, schema=CUE_COLUMNS, orient="row")


def given(frame: pl.DataFrame) -> tuple[Cue, ...]:
    """Cues of a brand's own frame: aspect, language, cues (a list, or one cue), [polarity], [kinds] (a list, or names
    with spaces between), [weak].

    Raises :class:`TableError` naming the row and column of a cue that cannot be read.
    """
    if "cue" in frame.columns and "cues" not in frame.columns:
        frame = frame.rename({"cue": "cues"})
    frame = require(frame, {"aspect": pl.String, "language": pl.String, "cues": None})
    cues = []
    for number, row in enumerate(frame.iter_rows(named=True)):
        listed = [row["cues"]] if isinstance(row["cues"], str) else row["cues"] or []
        polarity = row.get("polarity")
        for pattern in listed:
            check(row, pattern, polarity, number)
            said = None if polarity is None else float(polarity)
            kinds = row.get("kinds") or ()
            kinds = tuple(kinds.split() if isinstance(kinds, str) else kinds)
            cues.append(Cue(row["aspect"], row["language"], pattern, said, kinds, bool(row.get("weak"))))
    return Cues(cues)


def check(row: dict[str, object], pattern: object, polarity: object, number: int) -> None:
    """Raises :class:`TableError` where a cue cannot be read."""
    for column in ("aspect", "language"):
        if not row[column]:
            raise TableError(column=column, row=number, problem="empty")
    if not isinstance(pattern, str) or not any(map(str.isalnum, pattern)):
        raise TableError(column="cues", row=number, problem="a cue needs at least one word")
    if sum(1 for _ in itertools.islice(expand(pattern), MOST_PHRASES + 1)) > MOST_PHRASES:
        raise TableError(column="cues", row=number, problem=f"stands for more than {MOST_PHRASES} phrases")
    if polarity is not None and not (isinstance(polarity, int | float) and -1 <= polarity <= 1):
        raise TableError(column="polarity", row=number, problem="must lie between -1 and 1")


@lru_cache(maxsize=48)
def compiled(cues: tuple[Cue, ...]) -> dict[str, Lexicon]:
    """Lexicons by language, ready for matching."""
    spoken = sorted({c.language for c in cues})
    return {language: _compile([c for c in cues if c.language == language]) for language in spoken}


@lru_cache(maxsize=64)
def compiled_for(cues: tuple[Cue, ...], kind: str) -> dict[str, Lexicon]:
    """Lexicons by language of the cues used for a kind of product."""
    return compiled(tuple(c for c in cues if not c.kinds or kind in c.kinds))


def _compile(cues: list[Cue]) -> Lexicon:
    pairs = [(phrase, number) for number, cue in enumerate(cues) for phrase in expand(cue.pattern)]
    owner = np.array([number for _, number in pairs])
    tokens = cut([phrase for phrase, _ in pairs])
    sizes = np.bincount(tokens.piece, minlength=len(pairs))
    by_size = {}
    for size in sorted(set(sizes.tolist()) - {0}):
        first, value = chain(tokens, size)
        whole = sizes[tokens.piece[first]] == size
        # a phrase listed twice belongs to the first cue that names it
        phrases, place = np.unique(value[whole], return_index=True)
        by_size[int(size)] = Lookup(phrases), owner[tokens.piece[first][whole][place]]
    heads = np.unique(tokens.hash[np.flatnonzero(np.diff(tokens.piece, prepend=-1))])
    polarity = np.array([np.nan if c.polarity is None else c.polarity for c in cues])
    weak = np.array([c.weak for c in cues], dtype=np.bool_)
    return Lexicon([c.aspect for c in cues], polarity, weak, Lookup(heads), by_size)
