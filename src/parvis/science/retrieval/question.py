"""A question as notions to look for: its words, their translations and synonyms, each weighted by rarity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import tantivy

from .analysis import FIELDS, content, field_of, language_of, stem
from .lexicon import LONGEST, Variant, table

_MOST_NOTIONS: Final = 24
_MOST_WORDS: Final = 400
_OTHER_FIELD: Final = 0.5  # the same letters in a text of another language: names, numbers, cognates
_PART: Final = 0.5  # a word that already counts inside an expression


@dataclass(frozen=True)
class Notion:
    """One thing the question speaks of."""

    words: tuple[str, ...]
    variants: tuple[Variant, ...]
    share: float  # 1, or less for a word that also counts inside an expression
    rarity: float  # inverse document frequency, natural logarithm, of what the collection has of it
    known: bool  # whether any variant occurs in the collection at all

    @property
    def weight(self) -> float:
        """What finding it is worth."""
        return self.share * self.rarity


@dataclass(frozen=True)
class Question:
    """An analysed question."""

    text: str
    field: str
    language: str
    notions: tuple[Notion, ...]
    written: tuple[str, ...]

    @property
    def total(self) -> float:
        """The worth of finding everything, never 0."""
        return sum(notion.weight for notion in self.notions) or 1.0


def _spelled(word: str, stemmed: str, field: str) -> tuple[Variant, ...]:
    own = [Variant(field, (stemmed,), 1.0)]
    own.extend(Variant(other, (stem(word, other),), _OTHER_FIELD) for other in FIELDS if other != field)
    found = table().get(field, {}).get((stemmed,), ())
    return (*own, *found)


def _expressions(stems: list[str], field: str) -> list[tuple[int, int]]:
    """Places of the longest known expressions of several words, from left to right."""
    entries, found, at = table().get(field, {}), [], 0
    while at < len(stems):
        for length in range(min(LONGEST, len(stems) - at), 1, -1):
            if tuple(stems[at : at + length]) in entries:
                found.append((at, at + length))
                at += length - 1
                break
        at += 1
    return found


def read(text: str, *, searcher: Any, language: str | None = None, cap: int = _MOST_NOTIONS) -> Question:
    """Analyse a question against a collection (its rarities); at most `cap` notions, the rarest, are kept.

    `language` is believed where the text says too little. Any text is accepted: nothing in it is an operator.
    """
    language_found = language_of(text, language)
    # Too short to tell: English words are looked up in the fields of every language too.
    field = "en" if language_found == "und" else field_of(language_found)
    pairs = content(text[:20_000], field)[:_MOST_WORDS]
    stems = [stemmed for _, stemmed in pairs]
    raw: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[Variant, ...], float]] = {}
    inside: set[int] = set()
    for start, end in _expressions(stems, field):
        key = tuple(stems[start:end])
        inside.update(range(start, end))
        variants = (Variant(field, key, 1.0), *table()[field][key])
        raw.setdefault(key, (tuple(word for word, _ in pairs[start:end]), variants, 1.0))
    for place, (word, stemmed) in enumerate(pairs):
        share = _PART if place in inside else 1.0
        raw.setdefault((stemmed,), ((word,), _spelled(word, stemmed, field), share))
    size = max(1, searcher.num_docs)
    notions = [_weigh(searcher, size, *entry) for entry in raw.values()]
    if len(notions) > cap:
        kept = sorted(range(len(notions)), key=lambda i: (not notions[i].known, -notions[i].weight, i))[:cap]
        notions = [notions[i] for i in sorted(kept)]
    return Question(text, field, language_found, tuple(notions), tuple(word for word, _ in pairs))


def _weigh(searcher: Any, size: int, words: tuple[str, ...], variants: tuple[Variant, ...], share: float) -> Notion:
    """Rarity of the notion: of its own word where the collection has it, else of its closest variants."""
    counts = [min(searcher.doc_freq(v.field, s) for s in v.stems) for v in variants]
    present = [(v, n) for v, n in zip(variants, counts, strict=True) if n]
    seen = 0.0
    for field in FIELDS:
        seen = max(seen, sum(n * v.weight for v, n in present if v.field == field))
    seen = min(size, seen)
    rarity = math.log(1.0 + (size - seen + 0.5) / (seen + 0.5))
    return Notion(words, tuple(v for v, _ in present), share, rarity, bool(present))


def lexical_query(question: Question, index: Any) -> Any | None:
    """The tantivy query of a question: any notion, each by its best variant; None when nothing can match."""
    query = tantivy.Query
    clauses = []
    for notion in question.notions:
        ways = []
        for field, stems, weight in notion.variants:
            terms = [query.term_query(index.schema, field, each, "freq") for each in stems]
            way = terms[0] if len(terms) == 1 else query.boolean_query([(tantivy.Occur.Must, t) for t in terms])
            ways.append(query.boost_query(way, weight * notion.share / len(terms)))
        if ways:
            clauses.append(ways[0] if len(ways) == 1 else query.disjunction_max_query(ways))
    if not clauses:
        return None
    return query.boolean_query([(tantivy.Occur.Should, clause) for clause in clauses])
