"""For or against: what the words around a cue that only names its aspect say of it.

The opinion words of ``data/opinions.csv`` nearest before and after in the same thought decide ("the fabric is *soft*",
"*lovely* colour"), turned by a negator; where the thought has none, the weights of the star model on its words, and
where those say little too, the aspect is named and not judged: polarity exactly 0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parvis.science.text.cues import bundled, compiled
from parvis.science.text.grams import SCOPE, listed, negators
from parvis.science.text.linear import Floats
from parvis.science.text.sentiment import leanings
from parvis.science.text.tokens import I64, Tokens

TURNED = -0.8  # "not soft" is a little less than "rough"
SUPPOSED = 8  # tokens after "hoping", "if" … in which nothing is stated
_LOCAL, _WHOLE, _LEAST = 0.15, 0.25, 0.8  # weights of thought and text in the star model's view, and when it counts
_FAR = 9  # tokens beyond which an opinion word speaks of something else
_BACKWARD = 0.7  # an opinion that follows ("the colour is lovely") against one that precedes, at the same distance


class Felt(NamedTuple):
    """Polarity of each cue, and the first and last token of the opinion word that gave it (the cue's own if none)."""

    polarity: Floats
    low: I64
    high: I64


class Opinions(NamedTuple):
    """Opinion words met, in reading order: first and last token, polarity with negation, first token that counts."""

    first: I64
    last: I64
    polarity: Floats
    begin: I64


def opinions(tokens: Tokens, thought: I64, mine: np.ndarray, language: str) -> Opinions:
    """The opinion words of one language among ``mine``."""
    lexicon = compiled(bundled("opinions")).get(language)
    if lexicon is None:
        none = np.zeros(0, dtype=np.int64)
        return Opinions(none, none, np.zeros(0), none)
    first, size, cue = lexicon.hits(tokens, mine)
    by = turner(tokens, thought, first)
    told = lexicon.polarity[cue]
    said = np.where(by >= 0, TURNED * told, told)
    return Opinions(first, first + size - 1, said, np.where(by >= 0, by, first))


def felt(
    tokens: Tokens, thought: I64, first: I64, last: I64, row: I64, met: Opinions, overall: Floats, language: str
) -> Felt:
    """What is felt about the cues at ``first`` to ``last`` of ``row``. overall: sentiment of each row."""
    lean = np.bincount(thought, weights=leanings(tokens, language))[thought[first]]
    guess = np.tanh(_LOCAL * lean + _WHOLE * overall[row])
    polarity = np.where(np.abs(guess) >= _LEAST, guess, 0.0)
    low, high = first.copy(), last.copy()
    if not len(met.first):
        return Felt(polarity, low, high)
    after = np.searchsorted(met.first, first, side="right")
    weight = np.zeros((2, len(first)))
    said = np.zeros((2, len(first)))
    place = np.zeros((2, len(first)), dtype=np.int64)
    for side, (beside, factor) in enumerate(((after - 1, 1.0), (after, _BACKWARD))):
        inside = (beside >= 0) & (beside < len(met.first))
        at = np.clip(beside, 0, len(met.first) - 1)
        gap = np.where(side == 0, first - met.last[at], met.first[at] - last)
        near = inside & (thought[met.first[at]] == thought[first]) & (gap <= _FAR)
        weight[side] = np.where(near, factor / np.maximum(gap, 1) ** 2, 0.0)
        said[side], place[side] = met.polarity[at], at
    total = weight.sum(axis=0)
    some = total > 0
    mean = (weight * said).sum(axis=0) / np.where(some, total, 1.0)
    chosen = place[weight.argmax(axis=0), np.arange(len(first))]
    polarity = np.where(some, mean, polarity)
    low = np.where(some, np.minimum(low, met.begin[chosen]), low)
    high = np.where(some, np.maximum(high, met.last[chosen]), high)
    return Felt(polarity, low, high)


def turner(tokens: Tokens, thought: I64, first: I64) -> I64:
    """The negator shortly before each of ``first`` in the same thought, or -1. "And" ends what it turns; a cue that
    opens with a negator ("neither", "sans") is not turned once more."""
    flags = negators(tokens)
    before = _before(np.flatnonzero(flags), thought, first, SCOPE)
    ends = _before(np.flatnonzero(listed("ends_negation").find(tokens.hash)[0]), thought, first, SCOPE)
    return np.where((before > ends) & ~flags[first], before, -1)


def supposed(tokens: Tokens, thought: I64, first: I64) -> NDArray[np.bool_]:
    """Whether each of ``first`` is only hoped for, supposed or looked for."""
    return _before(np.flatnonzero(listed("supposes").find(tokens.hash)[0]), thought, first, SUPPOSED) >= 0


def _before(marks: I64, thought: I64, first: I64, reach: int) -> I64:
    if not len(marks):
        return np.full(len(first), -1, dtype=np.int64)
    place = np.searchsorted(marks, first) - 1
    last = marks[np.maximum(place, 0)]
    near = (place >= 0) & (first - last <= reach) & (thought[last] == thought[first])
    return np.where(near, last, -1)
