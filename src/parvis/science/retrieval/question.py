"""A question as notions to look for: its words, their translations and synonyms, each weighted by rarity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import tantivy

from .analysis import FIELDS, content, field_of, language_of, stem
from .filters import FACTS, term
from .lexicon import LONGEST, Variant, table

_MOST_NOTIONS: Final = 24
_MOST_WORDS: Final = 400
OTHER_FIELD: Final = 0.5  # the same letters in a text of another language: names, numbers, cognates
_PART: Final = 0.4  # one word of an expression, instead of the whole
_UNTRANSLATED: Final = 3.0
_LIGHT: Final = 0.4  # share of the rarest word's weight below which a word calls nothing up in a large collection


@dataclass(frozen=True)
class Notion:
    """One thing the question speaks of."""

    words: tuple[str, ...]
    variants: tuple[Variant, ...]
    weight: float  # what finding it is worth: inverse document frequency of what the collection has of it
    known: bool  # whether any variant occurs in the collection at all


@dataclass(frozen=True)
class Question:
    """An analysed question."""

    text: str
    field: str
    language: str
    notions: tuple[Notion, ...]

    @property
    def total(self) -> float:
        """The worth of finding everything, never 0."""
        return sum(notion.weight for notion in self.notions) or 1.0


class _Raw(NamedTuple):
    """A notion before the collection is asked."""

    words: tuple[str, ...]
    variants: tuple[Variant, ...]
    weak: tuple[Variant, ...]


def _spelled(word: str, stemmed: str, field: str) -> tuple[Variant, ...]:
    own = [Variant(field, (stemmed,), 1.0)]
    own.extend(Variant(other, (stem(word, other),), OTHER_FIELD) for other in FIELDS if other != field)
    found = table().get(field, {}).get((stemmed,), ())
    return (*own, *found)


def _expressions(stems: list[str], field: str) -> dict[int, int]:
    """Where the longest known expressions of several words start and end, from left to right."""
    entries, found, at = table().get(field, {}), {}, 0
    while at < len(stems):
        for length in range(min(LONGEST, len(stems) - at), 1, -1):
            if tuple(stems[at : at + length]) in entries:
                found[at] = at + length
                at += length - 1
                break
        at += 1
    return found


def _raw(pairs: list[tuple[str, str]], field: str) -> dict[tuple[str, ...], _Raw]:
    """Expressions and the other words, each once, in order; an expression is also met, weakly, by one of its words."""
    stems = [stemmed for _, stemmed in pairs]
    ends = _expressions(stems, field)
    raw: dict[tuple[str, ...], _Raw] = {}
    at = 0
    while at < len(pairs):
        end = ends.get(at, at + 1)
        words, key = tuple(word for word, _ in pairs[at:end]), tuple(stems[at:end])
        if end - at == 1:
            raw.setdefault(key, _Raw(words, _spelled(words[0], key[0], field), ()))
        else:
            parts = [each for word, one in pairs[at:end] for each in _spelled(word, one, field)]
            weak = tuple(Variant(each.field, each.stems, each.weight * _PART) for each in parts)
            raw.setdefault(key, _Raw(words, (Variant(field, key, 1.0), *table()[field][key]), weak))
        at = end
    return raw


def spoken_notions(pairs: list[tuple[str, str]], field: str) -> list[tuple[Variant, ...]]:
    """The notions of a text's words (see :func:`.analysis.content`), each as the ways to say it."""
    return [raw.variants for raw in _raw(pairs, field).values()]


def read(text: str, *, searcher: Any, language: str | None = None, cap: int = _MOST_NOTIONS) -> Question:
    """Analyse a question against a collection (its rarities); at most `cap` notions, the rarest, are kept.

    `language` is believed where the text says too little. Any text is accepted: nothing in it is an operator.
    """
    language_found = language_of(text, language)
    # Too short to tell: English words are looked up in the fields of every language too.
    field = "en" if language_found == "und" else field_of(language_found)
    pairs = content(text[:20_000], field)[:_MOST_WORDS]
    size = max(1, searcher.num_docs)
    unseen = _unseen(searcher, size, field)
    notions = [_weigh(searcher, size, unseen, each) for each in _raw(pairs, field).values()]
    if len(notions) > cap:
        kept = sorted(range(len(notions)), key=lambda i: (not notions[i].known, -notions[i].weight, i))[:cap]
        notions = [notions[i] for i in sorted(kept)]
    return Question(text, field, language_found, tuple(notions))


def _unseen(searcher: Any, size: int, field: str) -> float:
    """Rarity of a word that the collection lacks: the highest, when its passages are in the question's language. In a
    collection of another language a word without translation tells little, since most have none."""
    spoken = searcher.doc_freq(FACTS, term("language", field)) / size if field != "xx" else 1.0
    highest = math.log(1.0 + (size + 0.5) / 0.5)
    return spoken * highest + (1.0 - spoken) * min(highest, _UNTRANSLATED)


def _weigh(searcher: Any, size: int, unseen: float, raw: _Raw) -> Notion:
    """Rarity of the notion: of its own word where the collection has it, else of its closest variants."""
    present = []
    seen = dict.fromkeys(FIELDS, 0.0)
    for place, variant in enumerate((*raw.variants, *raw.weak)):
        count = min(searcher.doc_freq(variant.field, stemmed) for stemmed in variant.stems)
        if count:
            present.append(variant)
            if place < len(raw.variants):
                seen[variant.field] += count * variant.weight
    most = min(size, max(seen.values()))
    rarity = math.log(1.0 + (size - most + 0.5) / (most + 0.5)) if most else unseen
    return Notion(raw.words, tuple(present), rarity, bool(present))


def lexical_query(question: Question, index: Any, *, sparing: bool = False) -> Any | None:
    """The tantivy query of a question: any notion, each by its best variant; None when nothing can match.

    `sparing` (large collections): words that very many passages have do not call passages up when rarer ones do; they
    count all the same when those are read.
    """
    query = tantivy.Query
    clauses = []
    least = _LIGHT * max((each.weight for each in question.notions if each.known), default=0.0) if sparing else 0.0
    for notion in question.notions:
        if notion.weight < least:
            continue
        ways = []
        for field, stems, weight in notion.variants:
            terms = [query.term_query(index.schema, field, each, "freq") for each in stems]
            way = terms[0] if len(terms) == 1 else query.boolean_query([(tantivy.Occur.Must, t) for t in terms])
            ways.append(query.boost_query(way, weight / len(terms)))
        if ways:
            clauses.append(ways[0] if len(ways) == 1 else query.disjunction_max_query(ways))
    if not clauses:
        return None
    return query.boolean_query([(tantivy.Occur.Should, clause) for clause in clauses])
