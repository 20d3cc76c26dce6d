"""How well a passage answers a question, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .analysis import words
from .candidates import Candidate
from .question import Question
from .quotes import Span, split
from .tables import Passage

_NEAR: Final = 2  # other words allowed inside an expression
_SCATTERED: Final = 0.5  # worth of an expression whose words stand in the sentence but apart
_LONG_QUOTE: Final = 60  # words; the pull towards short quotes
_MOST_CHARACTERS: Final = 20_000
_KEPT: Final = 1_500  # characters
_SATURATED: Final = 2.2  # what BM25 (k1 = 1.2) gives at most per unit of rarity
_BM25, _COVERED, _FOCUSED = 0.5, 0.3, 0.2  # shares of the score by words
_MEANING: Final = 0.5  # share of the vectors in the score
_FAR, _SAME = -0.1, 0.7  # centred cosines of strangers and of a question with its answer
_LIKE: Final = 0.25  # share of the static vectors where there are no others
_UNLIKE, _ALIKE = 0.0, 0.7  # their cosines of strangers and of a question with its answer


@dataclass(frozen=True)
class Match:
    """What was found of a question in one passage."""

    covered: float  # share of the question's weight found anywhere in the passage, 0..1
    focused: float  # the same within its best sentence
    quote: Span
    notions: frozenset[int]  # which notions were found
    length: int  # words


class _Lookup:
    """A question's variants in one field, by the stem that starts them: one look-up a word."""

    def __init__(self, question: Question, field: str) -> None:
        self.single: dict[str, list[tuple[int, float]]] = {}
        self.several: dict[str, list[tuple[int, float, tuple[str, ...]]]] = {}
        for number, notion in enumerate(question.notions):
            for variant in notion.variants:
                if variant.field != field:
                    continue
                if len(variant.stems) == 1:
                    self.single.setdefault(variant.stems[0], []).append((number, variant.weight))
                else:
                    first = (number, variant.weight, variant.stems[1:])
                    self.several.setdefault(variant.stems[0], []).append(first)

    def strengths(self, tokens: list[str]) -> dict[int, float]:
        """How strongly each notion is met in a sentence, 0..1; absent where it is not."""
        found: dict[int, float] = {}
        for token in tokens:
            for number, weight in self.single.get(token, ()):
                if weight > found.get(number, 0.0):
                    found[number] = weight
        for place, token in enumerate(tokens) if self.several else ():
            for number, weight, rest in self.several.get(token, ()):
                if weight > found.get(number, 0.0):
                    weight *= _together(tokens, place, rest)  # noqa: PLW2901 - the same thing, corrected
                    if weight > found.get(number, 0.0):
                        found[number] = weight
        return found


def _together(tokens: list[str], place: int, rest: tuple[str, ...]) -> float:
    """1 when the other words of an expression stand near its first, less when elsewhere in the sentence, 0 if not."""
    reach = len(rest) + 1 + _NEAR
    near = tokens[max(0, place - reach + 1) : place + reach]
    if all(stem in near for stem in rest):
        return 1.0
    return _SCATTERED if all(stem in tokens for stem in rest) else 0.0


def _sentences(text: str, field: str) -> tuple[tuple[Span, list[str]], ...]:
    """Sentences of a passage with their words."""
    return tuple((span, words(text[span.start : span.end], field)) for span in split(text))


# The passages of a product are read again for each question; only short ones are kept, so that the cache stays small.
_kept_sentences = lru_cache(maxsize=4_096)(_sentences)


def match(question: Question, text: str, field: str, lookup: _Lookup | None = None) -> Match:
    """Find the question's notions in a passage and its most telling sentence.

    Without any notion in common the quote is the first sentence (an empty span for an empty text).
    """
    lookup = lookup or _Lookup(question, field)
    best, focus, quote, length = -1.0, 0.0, Span(0, 0), 0
    anywhere: dict[int, float] = {}
    weights = [notion.weight for notion in question.notions]
    reading = _kept_sentences if len(text) <= _KEPT else _sentences
    for span, tokens in reading(text[:_MOST_CHARACTERS], field):
        length += len(tokens)
        score = 0.0
        for number, strength in lookup.strengths(tokens).items():
            score += strength * weights[number]
            if strength > anywhere.get(number, 0.0):
                anywhere[number] = strength
        # Of two sentences that say as much the shorter is the better quote.
        preferred = score * (1.0 - 0.1 * min(1.0, len(tokens) / _LONG_QUOTE))
        if preferred > best:
            best, quote, focus = preferred, span, score
    total = question.total
    covered = sum(strength * weights[number] for number, strength in anywhere.items())
    return Match(covered / total, focus / total, quote, frozenset(anywhere), length)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage as it is ranked; `similarity` is None without a slow vector, `likeness` without a static one."""

    passage: Passage
    score: float
    lexical: float
    similarity: float | None
    match: Match
    likeness: float | None = None


def rank(question: Question, candidates: list[Candidate]) -> list[Hit]:
    """Read every candidate and order them, the best first; scores within 0..1.

    Words and meaning are joined by a convex sum of scores; a passage without a vector gets the mean meaning of the
    others, neither lifted nor sunk by what is not known. Without any, static vectors count a little.
    """
    known = [meaning(each.similarity) for each in candidates if each.similarity is not None]
    usual = sum(known) / len(known) if known else 0.0
    lookups = {field: _Lookup(question, field) for field in {each.passage.field for each in candidates}}
    hits = []
    for each in candidates:
        found = match(question, each.passage.text, each.passage.field, lookups[each.passage.field])
        bm25 = min(1.0, each.lexical / (_SATURATED * question.total))
        words_score = _BM25 * bm25 + _COVERED * found.covered + _FOCUSED * found.focused
        score = words_score
        if known:
            sense = usual if each.similarity is None else meaning(each.similarity)
            score = (1.0 - _MEANING) * words_score + _MEANING * sense
        elif each.likeness is not None:
            score = (1.0 - _LIKE) * words_score + _LIKE * likeness(each.likeness)
        hits.append(Hit(each.passage, min(1.0, score), bm25, each.similarity, found, each.likeness))
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))


def meaning(cosine: float) -> float:
    """A centred cosine on the scale 0..1."""
    return min(1.0, max(0.0, (cosine - _FAR) / (_SAME - _FAR)))


def likeness(cosine: float) -> float:
    """A cosine of static vectors on the scale 0..1."""
    return min(1.0, max(0.0, (cosine - _UNLIKE) / (_ALIKE - _UNLIKE)))
