"""Sentences and clauses of a text, with their place in it, in code points."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_LONG: Final = 260  # a sentence above this many characters is quoted by clauses
_SHORT: Final = 25  # a fragment below this joins its neighbour
_HARD: Final = 300  # a run without any punctuation is cut at words
_END = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s|$)|[\r\n]+|(?<=\w{3})[.!?](?=[A-ZÀ-Þ]\w)")
_CLAUSE = re.compile(
    r"[,;:](?=\s)|\s[-–—](?=\s)|\s(?=(?:but|although|however|except|because|while|mais|cependant|sauf|car|alors que)\s)"
)
_SPACE = re.compile(r"\s+")


class Span(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int


def _cut(text: str, start: int, end: int, pattern: re.Pattern[str]) -> list[Span]:
    spans, at = [], start
    for match in pattern.finditer(text, start, end):
        if match.end() > at:
            spans.append(Span(at, match.end()))
            at = match.end()
    if at < end:
        spans.append(Span(at, end))
    return spans


def _trim(text: str, span: Span) -> Span:
    piece = text[span.start : span.end]
    left = len(piece) - len(piece.lstrip())
    return Span(span.start + left, max(span.start + left, span.start + len(piece.rstrip())))


def _words(text: str, span: Span) -> list[Span]:
    """Cut an endless run at spaces (or anywhere when there is none)."""
    spans, at = [], span.start
    while span.end - at > _HARD:
        spaces = [match.end() for match in _SPACE.finditer(text, at + _HARD // 2, at + _HARD)]
        cut = spaces[-1] if spaces else at + _HARD
        spans.append(Span(at, cut))
        at = cut
    spans.append(Span(at, span.end))
    return spans


def split(text: str) -> list[Span]:
    """Sentences of a text, long ones cut into clauses; trimmed, in order, never overlapping, never empty.

    >>> [text[a:b] for text in ["Soft. It runs small, buy one up!"] for a, b in split(text)]
    ['Soft.', 'It runs small, buy one up!']
    """
    pieces: list[Span] = []
    for sentence in _cut(text, 0, len(text), _END):
        if sentence.end - sentence.start <= _LONG:
            pieces.append(sentence)
            continue
        held: Span | None = None
        for clause in _cut(text, sentence.start, sentence.end, _CLAUSE):
            joined = Span(held.start, clause.end) if held else clause
            if joined.end - joined.start < _SHORT:
                held = joined
                continue
            pieces.extend(_words(text, joined))
            held = None
        if held:
            pieces.append(held)
    trimmed = (_trim(text, piece) for piece in pieces)
    return [span for span in trimmed if span.end > span.start]
