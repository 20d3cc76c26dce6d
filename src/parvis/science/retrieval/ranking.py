"""How well a passage answers a question, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .analysis import words
from .candidates import Candidate
from .question import Notion, Question
from .quotes import Span, split
from .tables import Passage

_NEAR: Final = 2  # other words allowed inside an expression
_SCATTERED: Final = 0.5  # worth of an expression whose words stand in the sentence but apart
_LONG_QUOTE: Final = 60  # words; the pull towards short quotes
_MOST_CHARACTERS: Final = 20_000
_SATURATED: Final = 2.2  # what BM25 (k1 = 1.2) gives at most per unit of rarity
_BM25, _COVERED, _FOCUSED = 0.5, 0.3, 0.2  # shares of the score by words
_MEANING: Final = 0.5  # share of the vectors in the score
_FAR, _SAME = -0.1, 0.7  # centred cosines of strangers and of a question with its answer


@dataclass(frozen=True)
class Match:
    """What was found of a question in one passage."""

    covered: float  # share of the question's weight found anywhere in the passage, 0..1
    focused: float  # the same within its best sentence
    quote: Span
    notions: frozenset[int]  # which notions were found
    length: int  # words


def _found(notion: Notion, field: str, places: dict[str, list[int]]) -> float:
    best = 0.0
    for variant in notion.variants:
        if variant.field != field or variant.weight <= best or not all(s in places for s in variant.stems):
            continue
        weight = variant.weight
        if len(variant.stems) > 1:
            reach = len(variant.stems) + _NEAR
            starts = places[variant.stems[0]]
            near = any(
                all(any(abs(p - start) < reach for p in places[s]) for s in variant.stems[1:]) for start in starts
            )
            weight *= 1.0 if near else _SCATTERED
        best = max(best, weight)
    return best


def match(question: Question, text: str, field: str) -> Match:
    """Find the question's notions in a passage and its most telling sentence.

    Without any notion in common the quote is the first sentence (an empty span for an empty text).
    """
    text = text[:_MOST_CHARACTERS]
    best, focus, quote, length = -1.0, 0.0, Span(0, 0), 0
    anywhere: dict[int, float] = {}
    for span in split(text):
        tokens = words(text[span.start : span.end], field)
        length += len(tokens)
        places: dict[str, list[int]] = {}
        for place, token in enumerate(tokens):
            places.setdefault(token, []).append(place)
        score = 0.0
        for number, notion in enumerate(question.notions):
            strength = _found(notion, field, places)
            if strength:
                score += strength * notion.weight
                anywhere[number] = max(anywhere.get(number, 0.0), strength)
        # Of two sentences that say as much the shorter is the better quote.
        preferred = score * (1.0 - 0.1 * min(1.0, len(tokens) / _LONG_QUOTE))
        if preferred > best:
            best, quote, focus = preferred, span, score
    if best < 0:
        return Match(0.0, 0.0, quote, frozenset(), length)
    total = question.total
    covered = sum(strength * question.notions[number].weight for number, strength in anywhere.items())
    return Match(covered / total, focus / total, quote, frozenset(anywhere), length)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage as it is ranked; `similarity` is None without vectors."""

    passage: Passage
    score: float
    lexical: float
    similarity: float | None
    match: Match


def rank(question: Question, candidates: list[Candidate]) -> list[Hit]:
    """Read every candidate and order them, the best first; scores within 0..1.

    Words and meaning are joined by a convex sum of scores; a passage without a vector gets the mean meaning of the
    others, neither lifted nor sunk by what is not known.
    """
    known = [meaning(each.similarity) for each in candidates if each.similarity is not None]
    usual = sum(known) / len(known) if known else 0.0
    hits = []
    for each in candidates:
        found = match(question, each.passage.text, each.passage.field)
        bm25 = min(1.0, each.lexical / (_SATURATED * question.total))
        words_score = _BM25 * bm25 + _COVERED * found.covered + _FOCUSED * found.focused
        score = words_score
        if known:
            sense = usual if each.similarity is None else meaning(each.similarity)
            score = (1.0 - _MEANING) * words_score + _MEANING * sense
        hits.append(Hit(each.passage, min(1.0, score), bm25, each.similarity, found))
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))


def meaning(cosine: float) -> float:
    """A centred cosine on the scale 0..1."""
    return min(1.0, max(0.0, (cosine - _FAR) / (_SAME - _FAR)))
