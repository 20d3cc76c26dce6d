"""Only what answers is shown: passages close to the best one, and, asked yes or no, those that say yes or no."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from parvis.domains.assistant.contracts import Side
from parvis.domains.assistant.queries.answering.reply import Asking, Hit
from parvis.domains.assistant.rules import asserting, sides, topics
from parvis.domains.assistant.rules.understanding import folded
from parvis.domains.evidence.contracts import Quote, Source
from parvis.domains.voices.contracts import Voice
from parvis.science.retrieval.analysis import language_of, stem

KEPT: Final = 0.62  # share of the best passage's score under which another one answers something else
NEAR: Final = 0.75  # the same of what has less to go by
_SIDES: Final = {1: Side.AGREES, -1: Side.DISAGREES, 0: Side.BESIDE}


def _best(quotes: Sequence[Quote]) -> float:
    return max((quote.score for quote in quotes if quote.score <= 1.0), default=0.0)


def close(quotes: Sequence[Quote], asking: Asking) -> list[Quote]:
    """Without those that are far from the best one: it answers, they have a word in common with the question. The
    shop's own words are found by the product's name too: they must be closer, and have a word of the question's own."""
    best, own = _best(quotes), _own_words(asking)
    return [
        quote
        for quote in quotes
        if quote.score >= (NEAR if quote.document else KEPT) * best and (not quote.document or _has(quote, own, asking))
    ]


def _own_words(asking: Asking) -> set[str]:
    """Stems of what the question says beyond the product's name and kind."""
    language, item = asking.asked.speaks, asking.product
    named = folded(f"{item.name} {item.category_name} {item.department_name}").split() if item else []
    return _stems(topics.left(asking.asked.text).split(), language) - _stems(named, language)


def _has(quote: Quote, own: set[str], asking: Asking) -> bool:
    if quote.kind is not Source.FACT:
        return True
    return bool(own & _stems(re.findall(r"\w+", folded(quote.text[quote.start : quote.end])), asking.asked.speaks))


def _stems(words: Sequence[str], language: str) -> set[str]:
    return {stem(word, language) for word in words}


def polar(asking: Asking, keys: Sequence[str]) -> asserting.Predicate | None:
    """What a question asks to be so, unless it is of something that reviews are read for: that is told better."""
    if asking.product is None or any(key in sides.PLAIN for key in keys):
        return None
    asked = asking.asked
    return asserting.predicate(asked.text, asked.speaks, kind_of_thing=asking.product.name)


def to_the_point(
    told: Sequence[Hit | None], quotes: Sequence[Quote], known: Mapping[int, Voice], asked: asserting.Predicate
) -> list[Hit | None]:
    """Each on the side of what its words say to the question. Where somebody says yes or no, those that say neither
    stand back; but an answer that owners gave stays while it is close ("Non, pas bien.")."""
    said = [_said(quote, known, asked) for quote in quotes]
    sided = [
        each if each is None or each.document else replace(each, side=_SIDES[one])
        for each, one in zip(told, said, strict=True)
    ]
    if not any(said):
        return sided
    least = NEAR * _best(quotes)
    stays = [one != 0 or (q.kind is Source.ANSWER and q.score >= least) for one, q in zip(said, quotes, strict=True)]
    return [each if stay else None for each, stay in zip(sided, stays, strict=True)]


def _said(quote: Quote, known: Mapping[int, Voice], asked: asserting.Predicate) -> int:
    voice = known.get(quote.voice_id)
    words = quote.text[quote.start : quote.end]
    return asserting.says(asked, words, voice.language if voice else language_of(words))
