"""Which words of a review are fit to be quoted for a claim, and how to cut a review short without cutting a thought.

A quote convinces when it says the claim itself. :func:`worth` puts the passages of a claim in order: those that judge
before those that only name it ("I bought the orange"), whole sentences before broken ones, one claim before three at
once, and among these the more useful review's. :func:`finished` tells passages that end where a text was cut off.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from parvis.science.text.cues import bundled, expand

MOST_CUT = 300  # characters from which a text without an end may have been cut off
_END = re.compile(r"[.!?…)\]\"'’”»~*:;☺-❤\U0001F300-\U0001FAFF]\s*$")
_STOP = re.compile(r"[.!?…]+[)\"'’”»]*(?=\s)|\n+")
_OPENS_AMID = re.compile(
    r"^(but|and|so|which|because|though|although|or|while|mais|et|donc|car|ou|que|qui|bien que)\b", re.I
)
_SPEAKS_AGAINST = re.compile(r"\b(but|however|except|unless|if|mais|sauf|cependant|pourtant|si)\b", re.I)
SHORT, LONG = 14, 130


@dataclass(frozen=True, slots=True)
class Claim:
    """A passage (``start`` to ``end`` in code points of the text) that leans ``polarity`` on a claim by its words from
    ``at`` to ``to`` (both 0: not kept)."""

    start: int
    end: int
    at: int
    to: int
    polarity: float


def finished(text: str, end: int) -> bool:
    """Whether a passage that ends at ``end`` is whole: not the last words of a text that was cut off.

    >>> finished("It is soft. " * 30 + "The silk is not stiff li", 384)
    False
    """
    rest = text.rstrip()
    return end < len(rest) or len(rest) < MOST_CUT or bool(_END.search(rest))


def worth(text: str, claim: Claim, *, others: Sequence[Claim] = (), usefulness: float = 0.5) -> float:
    """How well a passage stands for its claim, 0..1; exactly 0 where it must not be quoted.

    ``others``: the further claims of the same text. ``usefulness`` 0..1 of the review.
    """
    if not finished(text, claim.end):
        return 0.0
    quote = text[claim.start : claim.end].strip()
    value = 0.35 + 0.3 * min(1.0, abs(claim.polarity)) + 0.35 * usefulness
    if claim.to > claim.at and names_only(text[claim.at : claim.to]):
        value *= 0.25
    length = len(quote)
    value *= 0.6 if length < SHORT else 0.85 if length > LONG else 1.0
    if _OPENS_AMID.match(quote):
        value *= 0.8
    if _SPEAKS_AGAINST.search(quote):
        value *= 0.75
    beside = [each for each in others if each.start < claim.end and claim.start < each.end]
    if any(each.polarity * claim.polarity < 0 for each in beside):
        value *= 0.5
    return value / (1 + 0.35 * len(beside))


def names_only(words: str) -> bool:
    """Whether the words that made a claim only name what it is about ("print", "the colour") and judge nothing."""
    return " ".join(words.split()).casefold() in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(
        phrase.casefold() for cue in bundled("aspects") if cue.polarity is None for phrase in expand(cue.pattern)
    )


def opening(text: str, *, length: int) -> str:
    """The beginning of ``text`` in about ``length`` characters: whole sentences where they fit, else whole words. What
    is left out is marked by an ellipsis.

    >>> opening("Soft and warm. I wore it all winter long. It never pilled.", length=45)
    'Soft and warm. I wore it all winter long. …'
    """
    flat = " ".join(text.split())
    if len(flat) <= length:
        return flat if finished(flat, len(flat)) else _whole_words(flat, len(flat)) + " …"
    stops = [stop.end() for stop in _STOP.finditer(flat) if stop.end() <= length]
    if stops and stops[-1] >= length * 0.4:
        return flat[: stops[-1]].rstrip() + " …"
    return _whole_words(flat, length) + " …"


def _whole_words(flat: str, length: int) -> str:
    cut = flat[:length].rsplit(" ", 1)[0]
    return (cut or flat[:length]).rstrip(" ,;:-–(")
