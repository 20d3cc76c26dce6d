"""What a text says about fit, fabric, colour …: the aspect, for or against, and the passage to quote.

A cue that judges by itself is turned by a negator before it ("not scratchy"); of a cue that only names its aspect
("fabric") the opinion words near it decide (``polarity.py``). What is only hoped for or looked for is not stated, and
"pretty" in "a pretty colour" speaks of the colour. Which cues are used depends on the kind of product.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from parvis.science.text import polarity
from parvis.science.text.cues import Cue, Lexicon, compiled_for
from parvis.science.text.files import folder
from parvis.science.text.grams import thoughts
from parvis.science.text.linear import Floats
from parvis.science.text.tokens import I64, Tokens

LONGEST_PASSAGE = 160  # code points up to which a sentence is quoted whole
_WINDOW = 12  # tokens on each side of a cue, in a clause that never ends
_CLEAR = 0.2  # polarity from which an aspect counts as praised or blamed
_AHEAD, _BEHIND = 2, 3  # tokens between a weak cue and the name of another aspect that it then belongs to
_QUIET = 0.2  # told polarity under which a negator turns nothing

SCHEMA = {"row": pl.Int64, "aspect": pl.String, "polarity": pl.Float64, "start": pl.Int64, "end": pl.Int64}
SCHEMA |= {"at": pl.Int64, "to": pl.Int64}


def mentions(
    tokens: Tokens,
    rows: I64,
    bodies: np.ndarray,
    languages: list[str],
    kinds: list[str],
    opinion: Floats,
    cues: tuple[Cue, ...],
) -> pl.DataFrame:
    """Every aspect of every row, in reading order; one for an aspect in a sentence.

    rows: row of each piece; bodies: which pieces are texts (offsets refer to them); kinds: kind of product, and
    opinion: sentiment, of each row. Returns row, aspect, polarity -1..1 (exactly 0: named and not judged), start and
    end of the passage to quote, at and to of the words that say it, in code points of the text.
    """
    frames: list[pl.DataFrame] = []
    if len(tokens.hash):
        spoken = np.array(languages)[rows[tokens.piece]]
        about = np.array(kinds)[rows[tokens.piece]]
        reading = bodies[tokens.piece]
        thought = thoughts(tokens)
        for kind in sorted(set(kinds)):
            for language, lexicon in compiled_for(cues, kind).items():
                mine = reading & (about == kind) & ((spoken == language) | (spoken == "und"))
                if mine.any():
                    frames.append(_in_language(tokens, rows, thought, mine, language, lexicon, opinion))
    if not any(map(len, frames)):
        return pl.DataFrame(schema=SCHEMA)
    return (frames[0] if len(frames) == 1 else pl.concat(frames)).sort(
        "row", "start", "end", "aspect", maintain_order=True
    )


def _in_language(
    tokens: Tokens, rows: I64, thought: I64, mine: np.ndarray, language: str, lexicon: Lexicon, opinion: Floats
) -> pl.DataFrame:
    first, size, cue = lexicon.hits(tokens, mine)
    stated = ~polarity.supposed(tokens, thought, first)
    first, size, cue = first[stated], size[stated], cue[stated]
    kinds = sorted(set(lexicon.aspects))
    kind = np.array([kinds.index(a) for a in lexicon.aspects], dtype=np.int64)[cue]
    kept = ~_belongs(first, first + size - 1, kind, np.isnan(lexicon.polarity[cue]), lexicon.weak[cue], thought)
    first, size, cue, kind = first[kept], size[kept], cue[kept], kind[kept]
    if not len(first):
        return pl.DataFrame(schema=SCHEMA)
    told = lexicon.polarity[cue]
    judges = ~np.isnan(told)
    by = polarity.turner(tokens, thought, first)
    said = np.where((by >= 0) & (np.abs(told) >= _QUIET), polarity.TURNED * told, told)
    row = rows[tokens.piece[first]]
    met = polarity.opinions(tokens, thought, mine, language)
    felt = polarity.felt(tokens, thought, first, first + size - 1, row, met, opinion, language)
    value = np.where(judges, said, felt.polarity)
    low = np.where(judges, np.where(by >= 0, by, first), felt.low)
    high = np.where(judges, first + size - 1, felt.high)
    # one mention for an aspect in a sentence: cues that judge outweigh those that name, and those what is only named
    key = tokens.sentence[first] * len(kinds) + kind
    weight = np.where(judges, 1.0, np.where(value != 0, 1e-6, 1e-12))
    order = np.argsort(key, kind="stable")
    begin = np.flatnonzero(np.diff(key[order], prepend=-1))
    mean = np.add.reduceat((weight * value)[order], begin) / np.add.reduceat(weight[order], begin)
    best = np.maximum.reduceat(weight[order], begin)
    speaks = weight[order] >= np.repeat(best, np.diff(np.append(begin, len(order))))
    far = len(tokens.hash)
    at = np.minimum.reduceat(np.where(speaks, low[order], far), begin)
    to = np.maximum.reduceat(np.where(speaks, high[order], -1), begin)
    start, end = _passages(tokens, thought, at, to, _divided(tokens.sentence[at], mean))
    return pl.DataFrame(
        {
            "row": row[order][begin],
            "aspect": [kinds[k] for k in kind[order][begin].tolist()],
            "polarity": mean.round(4),
            "start": tokens.start[start],
            "end": tokens.end[end],
            "at": tokens.start[at],
            "to": tokens.end[to],
        },
        schema=SCHEMA,
    )


def _belongs(
    first: I64, last: I64, kind: I64, names: NDArray[np.bool_], weak: NDArray[np.bool_], thought: I64
) -> NDArray[np.bool_]:
    """Which weak cues belong to the name of another aspect beside them."""
    found = np.zeros(len(first), dtype=np.bool_)
    for step, reach in ((1, _AHEAD), (-1, _BEHIND)):
        for cue in np.flatnonzero(weak).tolist():
            other = cue + step
            if 0 <= other < len(first) and names[other] and kind[other] != kind[cue]:
                gap = first[other] - last[cue] if step > 0 else first[cue] - last[other]
                found[cue] |= bool(gap <= reach and thought[first[other]] == thought[first[cue]])
    return found


def _divided(sentence: I64, value: Floats) -> NDArray[np.bool_]:
    """Which mentions stand in a sentence that both praises and blames: it must not be quoted whole."""
    if not len(sentence):
        return np.zeros(0, dtype=np.bool_)
    _, number = np.unique(sentence, return_inverse=True)
    praised = np.bincount(number, weights=value > _CLEAR) > 0
    blamed = np.bincount(number, weights=value < -_CLEAR) > 0
    divided: NDArray[np.bool_] = (praised & blamed)[number]
    return divided


def _passages(tokens: Tokens, thought: I64, low: I64, high: I64, divided: NDArray[np.bool_]) -> tuple[I64, I64]:
    """First and last token to quote: the sentence when it is short and of one mind, else as many clauses around the
    cue as fit, or its thought alone."""

    def run(numbers: I64, before: int = 0, after: int = 0) -> tuple[I64, I64]:
        begin = np.searchsorted(numbers, numbers[low] - before, side="left")
        return begin, np.searchsorted(numbers, numbers[high] + after, side="right") - 1

    head, tail = run(tokens.sentence)
    clause = run(tokens.clause)
    start, end = np.maximum(clause[0], low - _WINDOW), np.minimum(clause[1], high + _WINDOW)
    # from the narrowest choice to the widest: the last that fits stays
    for number, (begin, finish) in enumerate(
        (
            run(thought),
            clause,
            run(tokens.clause, after=1),
            run(tokens.clause, before=1, after=1),
            (head, tail),
        )
    ):
        left, right = np.maximum(begin, head), np.minimum(finish, tail)
        fits = tokens.end[right] - tokens.start[left] <= LONGEST_PASSAGE
        fits &= (number == 0) | ~divided
        start, end = np.where(fits, left, start), np.where(fits, right, end)
    return start, end


def names(aspects: Iterable[str] | None = None) -> pl.DataFrame:
    """Aspect keys with their names and what to say for and against, in English and French.

    Columns: aspect, name_en, name_fr, pro_en, pro_fr, con_en, con_fr, kinds (of product, with spaces between; empty:
    all). ``aspects`` restricts to some of them.
    """
    frame = pl.read_csv(folder("data") / "aspect_names.csv", infer_schema=False)
    return frame if aspects is None else frame.filter(pl.col("aspect").is_in(list(aspects)))
