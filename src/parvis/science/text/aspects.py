"""What a text says about fit, fabric, colour …: cues, what they say here, and the passage to quote.

Cues are rows of ``data/aspects.csv``, editable by a brand: a cue is a run of words; ``a|b`` allows either word,
``(one|or more words)`` either phrase, ``[a|b]`` makes it optional. Case, accents and apostrophes do not matter. A cue
that judges by itself ("scratchy", "runs small") has a polarity, turned by a negator before it ("not scratchy"); the
polarity of a neutral cue ("fabric") is read from the words of the same thought.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import polars as pl

from parvis.core.tables import TableError, require
from parvis.science.text.files import folder
from parvis.science.text.grams import SCOPE, chain, member, negators, thoughts
from parvis.science.text.linear import Floats
from parvis.science.text.sentiment import leanings
from parvis.science.text.tokens import I64, U64, Tokens, cut

LONGEST_SPAN = 160  # code points of a sentence that is quoted whole
_WINDOW = 12  # tokens on each side of a cue, in a clause that never ends
_TURNED = -0.8
_MOST = 4000  # phrases that one cue may stand for
_PART = re.compile(r"\[[^\]]*\]|\([^)]*\)|[^\s\[\]()]+")


@dataclass(frozen=True, slots=True)
class Cue:
    """One row of a cue table."""

    aspect: str
    language: str
    pattern: str
    polarity: float | None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Cues of one language, by number of words: sorted hashes and the cue each stands for."""

    aspects: list[str]
    polarity: Floats
    by_size: dict[int, tuple[U64, I64]]


@dataclass(frozen=True, slots=True)
class Mention:
    """An aspect found: row, aspect, polarity -1..1, and code points of the passage in the text."""

    row: int
    aspect: str
    polarity: float
    start: int
    end: int


@dataclass(slots=True)
class _Found:
    """What the cues of one aspect in one sentence add up to; cues that judge outweigh those that only name."""

    low: int
    high: int
    judged: list[float] = field(default_factory=list)
    felt: list[float] = field(default_factory=list)

    def add(self, polarity: float, judges: bool, first: int, last: int) -> None:
        (self.judged if judges else self.felt).append(polarity)
        self.low, self.high = min(self.low, first), max(self.high, last)


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


@lru_cache(maxsize=1)
def bundled() -> tuple[Cue, ...]:
    """The cues shipped with the package."""
    with (folder("data") / "aspects.csv").open(encoding="utf-8", newline="") as held:
        return tuple(
            Cue(r["aspect"], r["language"], r["cue"], float(r["polarity"]) if r["polarity"] else None)
            for r in csv.DictReader(held)
        )


def given(frame: pl.DataFrame) -> tuple[Cue, ...]:
    """Cues of a brand's own frame: aspect, language, cues (a list, or one cue), [polarity].

    Raises :class:`TableError` naming the row and column of a cue that cannot be read.
    """
    frame = require(
        frame.rename({"cue": "cues"}) if "cue" in frame.columns else frame,
        {"aspect": pl.String, "language": pl.String, "cues": None},
    )
    cues = []
    for number, row in enumerate(frame.iter_rows(named=True)):
        listed = [row["cues"]] if isinstance(row["cues"], str) else row["cues"] or []
        polarity = row.get("polarity")
        for pattern in listed:
            _check(row, pattern, polarity, number)
            cues.append(Cue(row["aspect"], row["language"], pattern, None if polarity is None else float(polarity)))
    return tuple(cues)


def _check(row: dict[str, object], pattern: object, polarity: object, number: int) -> None:
    if not row["aspect"]:
        raise TableError(column="aspect", row=number, problem="empty")
    if not row["language"]:
        raise TableError(column="language", row=number, problem="empty")
    if not isinstance(pattern, str) or not any(map(str.isalnum, pattern)):
        raise TableError(column="cues", row=number, problem="a cue needs at least one word")
    if sum(1 for _ in itertools.islice(expand(pattern), _MOST + 1)) > _MOST:
        raise TableError(column="cues", row=number, problem=f"stands for more than {_MOST} phrases")
    if polarity is not None and not (isinstance(polarity, int | float) and -1 <= polarity <= 1):
        raise TableError(column="polarity", row=number, problem="must lie between -1 and 1")


@lru_cache(maxsize=16)
def compiled(cues: tuple[Cue, ...]) -> dict[str, Lexicon]:
    """Lexicons by language, ready for matching."""
    return {language: _compile([c for c in cues if c.language == language]) for language in {c.language for c in cues}}


def _compile(cues: list[Cue]) -> Lexicon:
    phrases, owner = [], []
    for number, cue in enumerate(cues):
        for phrase in expand(cue.pattern):
            phrases.append(phrase)
            owner.append(number)
    tokens = cut(phrases)
    sizes = np.bincount(tokens.piece, minlength=len(phrases))
    by_size = {}
    for size in sorted(set(sizes.tolist()) - {0}):
        first, value = chain(tokens, size)
        whole = sizes[tokens.piece[first]] == size
        # a phrase listed twice belongs to the first cue that names it
        hashes, place = np.unique(value[whole], return_index=True)
        by_size[int(size)] = hashes, np.array(owner)[tokens.piece[first][whole][place]]
    polarity = np.array([np.nan if c.polarity is None else c.polarity for c in cues])
    return Lexicon([c.aspect for c in cues], polarity, by_size)


def mentions(
    tokens: Tokens, rows: I64, bodies: np.ndarray, languages: list[str], opinion: Floats, cues: tuple[Cue, ...]
) -> list[Mention]:
    """Every aspect of every row, in reading order; one for an aspect in a sentence.

    rows: row of each piece; bodies: which pieces are texts (offsets refer to them); opinion: sentiment of each row,
    the fallback where the words around a neutral cue say nothing.
    """
    lexicons = compiled(cues)
    thought = thoughts(tokens)
    spoken = np.array(languages)[rows[tokens.piece]] if len(tokens.piece) else np.zeros(0, dtype="<U3")
    reading = bodies[tokens.piece]
    found: list[Mention] = []
    for language, lexicon in lexicons.items():
        mine = reading & ((spoken == language) | (spoken == "und"))
        if mine.any():
            found += _in_language(tokens, rows, thought, mine, language, lexicon, opinion)
    found.sort(key=lambda m: (m.row, m.start, m.end, m.aspect))
    return found


def _in_language(
    tokens: Tokens, rows: I64, thought: I64, mine: np.ndarray, language: str, lexicon: Lexicon, opinion: Floats
) -> list[Mention]:
    hits = _hits(tokens, mine, lexicon)
    if not hits:
        return []
    turning = np.flatnonzero(negators(tokens))
    lean = np.bincount(thought, weights=leanings(tokens, language))
    merged: dict[tuple[int, int, str], _Found] = {}
    for first, size, cue in hits:
        polarity = float(lexicon.polarity[cue])
        here = int(thought[first])
        row = int(rows[tokens.piece[first]])
        judges = not np.isnan(polarity)
        if not judges:
            polarity = float(np.tanh(_LOCAL * lean[here] + _WHOLE * opinion[row]))
        elif _turned(turning, thought, first, here):
            polarity *= _TURNED
        place = (row, int(tokens.sentence[first]), lexicon.aspects[cue])
        merged.setdefault(place, _Found(first, first)).add(polarity, judges, first, first + size - 1)
    return [_mention(tokens, thought, place, found) for place, found in merged.items()]


_LOCAL, _WHOLE = 0.15, 0.5


def _hits(tokens: Tokens, mine: np.ndarray, lexicon: Lexicon) -> list[tuple[int, int, int]]:
    """(first token, number of tokens, cue) of each cue met; where two overlap the longer one counts."""
    met = []
    for size, (hashes, cue) in lexicon.by_size.items():
        first, value = chain(tokens, size)
        keep = mine[first] & (tokens.clause[first] == tokens.clause[first + size - 1])
        first, value = first[keep], value[keep]
        found, place = member(value, hashes)
        met += [(int(f), size, int(c)) for f, c in zip(first[found], cue[place[found]], strict=True)]
    met.sort(key=lambda hit: (-hit[1], hit[0]))
    taken = bytearray(len(tokens.hash))
    kept = []
    for first, size, cue_number in met:
        if not any(taken[first : first + size]):
            taken[first : first + size] = b"\1" * size
            kept.append((first, size, cue_number))
    kept.sort()
    return kept


def _turned(turning: I64, thought: I64, first: int, here: int) -> bool:
    """Whether a negator stands shortly before, in the same thought."""
    place = int(np.searchsorted(turning, first)) - 1
    return place >= 0 and first - int(turning[place]) <= SCOPE and int(thought[turning[place]]) == here


def _mention(tokens: Tokens, thought: I64, place: tuple[int, int, str], found: _Found) -> Mention:
    row, _, aspect = place
    first, last = _passage(tokens, thought, found.low, found.high)
    values = found.judged or found.felt
    return Mention(row, aspect, round(sum(values) / len(values), 4), int(tokens.start[first]), int(tokens.end[last]))


def _passage(tokens: Tokens, thought: I64, low: int, high: int) -> tuple[int, int]:
    """First and last token to quote: the sentence when it is short, else the thoughts around the cue."""
    for numbers in (tokens.sentence, tokens.clause, thought):
        first = int(np.searchsorted(numbers, numbers[low], side="left"))
        last = int(np.searchsorted(numbers, numbers[high], side="right")) - 1
        if tokens.end[last] - tokens.start[first] <= LONGEST_SPAN:
            return first, last
    return max(first, low - _WINDOW), min(last, high + _WINDOW)


def names(rows: Iterable[str] | None = None) -> pl.DataFrame:
    """Aspect keys with their names and what to say for and against, in English and French.

    Columns: aspect, name_en, name_fr, pro_en, pro_fr, con_en, con_fr. ``rows`` restricts to some aspects.
    """
    frame = pl.read_csv(folder("data") / "aspect_names.csv", infer_schema=False)
    return frame if rows is None else frame.filter(pl.col("aspect").is_in(list(rows)))
