"""What a text says about fit, fabric, colour …: the aspect, for or against, and the passage to quote.

A cue that judges by itself is turned by a negator before it ("not scratchy"); the polarity of a cue that only names its
aspect ("fabric") is read from the weights of the star model on the words of the same thought, and from the whole
text where those say little.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from parvis.science.text.cues import Cue, Lexicon, compiled
from parvis.science.text.files import folder
from parvis.science.text.grams import SCOPE, negators, thoughts
from parvis.science.text.linear import Floats
from parvis.science.text.sentiment import leanings
from parvis.science.text.tokens import I64, Tokens

LONGEST_PASSAGE = 160  # code points up to which a sentence is quoted whole
_WINDOW = 12  # tokens on each side of a cue, in a clause that never ends
_TURNED = -0.8  # "not soft" is a little less than "rough"
_LOCAL, _WHOLE = 0.15, 0.5  # weight of the thought's words and of the whole text for a cue that does not judge

SCHEMA = {"row": pl.Int64, "aspect": pl.String, "polarity": pl.Float64, "start": pl.Int64, "end": pl.Int64}


def mentions(
    tokens: Tokens, rows: I64, bodies: np.ndarray, languages: list[str], opinion: Floats, cues: tuple[Cue, ...]
) -> pl.DataFrame:
    """Every aspect of every row, in reading order; one for an aspect in a sentence.

    rows: row of each piece; bodies: which pieces are texts (offsets refer to them); opinion: sentiment of each row.
    Returns row, aspect, polarity -1..1, start and end of the passage in code points of the text.
    """
    frames = [pl.DataFrame(schema=SCHEMA)]
    if len(tokens.hash):
        spoken = np.array(languages)[rows[tokens.piece]]
        reading = bodies[tokens.piece]
        thought = thoughts(tokens)
        for language, lexicon in compiled(cues).items():
            mine = reading & ((spoken == language) | (spoken == "und"))
            if mine.any():
                frames.append(_in_language(tokens, rows, thought, mine, language, lexicon, opinion))
    return pl.concat(frames).sort("row", "start", "end", "aspect", maintain_order=True)


def _in_language(
    tokens: Tokens, rows: I64, thought: I64, mine: np.ndarray, language: str, lexicon: Lexicon, opinion: Floats
) -> pl.DataFrame:
    first, size, cue = lexicon.hits(tokens, mine)
    if not len(first):
        return pl.DataFrame(schema=SCHEMA)
    row = rows[tokens.piece[first]]
    told = lexicon.polarity[cue]
    judges = ~np.isnan(told)
    lean = np.bincount(thought, weights=leanings(tokens, language))[thought[first]]
    felt = np.tanh(_LOCAL * lean + _WHOLE * opinion[row])
    said = np.where(turned(tokens, thought, first), _TURNED * told, told)
    polarity = np.where(judges, said, felt)
    # one mention for an aspect in a sentence, in which cues that judge outweigh those that only name
    kinds = sorted(set(lexicon.aspects))
    kind = np.array([kinds.index(a) for a in lexicon.aspects])[cue]
    key = tokens.sentence[first] * len(kinds) + kind
    order = np.argsort(key, kind="stable")
    begin = np.flatnonzero(np.diff(key[order], prepend=-1))
    weight = np.where(judges, 1.0, 1e-9)[order]
    mean = np.add.reduceat(weight * polarity[order], begin) / np.add.reduceat(weight, begin)
    low, high = first[order][begin], np.maximum.reduceat((first + size - 1)[order], begin)
    start, end = _passages(tokens, thought, low, high)
    return pl.DataFrame(
        {
            "row": row[order][begin],
            "aspect": [kinds[k] for k in kind[order][begin].tolist()],
            "polarity": mean.round(4),
            "start": tokens.start[start],
            "end": tokens.end[end],
        },
        schema=SCHEMA,
    )


def turned(tokens: Tokens, thought: I64, first: I64) -> NDArray[np.bool_]:
    """Whether a negator stands shortly before, in the same thought."""
    turning = np.flatnonzero(negators(tokens))
    if not len(turning):
        return np.zeros(len(first), dtype=np.bool_)
    place = np.searchsorted(turning, first) - 1
    last = turning[np.maximum(place, 0)]
    found: NDArray[np.bool_] = (place >= 0) & (first - last <= SCOPE) & (thought[last] == thought[first])
    return found


def _passages(tokens: Tokens, thought: I64, low: I64, high: I64) -> tuple[I64, I64]:
    """First and last token to quote: the sentence when it is short, else as many clauses around the cue as fit."""

    def run(numbers: I64, before: int = 0, after: int = 0) -> tuple[I64, I64]:
        begin = np.searchsorted(numbers, numbers[low] - before, side="left")
        return begin, np.searchsorted(numbers, numbers[high] + after, side="right") - 1

    head, tail = run(tokens.sentence)
    clause = run(tokens.clause)
    start, end = np.maximum(clause[0], low - _WINDOW), np.minimum(clause[1], high + _WINDOW)
    # from the narrowest choice to the widest: the last that fits stays
    for begin, finish in (
        run(thought),
        clause,
        run(tokens.clause, after=1),
        run(tokens.clause, before=1, after=1),
        (head, tail),
    ):
        left, right = np.maximum(begin, head), np.minimum(finish, tail)
        fits = tokens.end[right] - tokens.start[left] <= LONGEST_PASSAGE
        start, end = np.where(fits, left, start), np.where(fits, right, end)
    return start, end


def names(aspects: Iterable[str] | None = None) -> pl.DataFrame:
    """Aspect keys with their names and what to say for and against, in English and French.

    Columns: aspect, name_en, name_fr, pro_en, pro_fr, con_en, con_fr. ``aspects`` restricts to some of them.
    """
    frame = pl.read_csv(folder("data") / "aspect_names.csv", infer_schema=False)
    return frame if aspects is None else frame.filter(pl.col("aspect").is_in(list(aspects)))
