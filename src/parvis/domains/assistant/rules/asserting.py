"""Whether quoted words say yes or no to a question that can be answered so ("does it shed?", "est-ce que ça colle ?").

The question's own words, or their translation, are looked for in the quote; a negation just before them turns the
answer. Sentiment alone cannot tell: "stylish, but sheds" is kind, and says yes. What has none of them says neither.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from parvis.domains.assistant.rules import cues
from parvis.domains.assistant.rules.understanding import folded
from parvis.science.retrieval.analysis import STOP_WORDS, stem
from parvis.science.retrieval.lexicon import table

_TOKEN: Final = re.compile(r"\w+|[.;:!?()]")
_REACH: Final = 5  # words before, within which a negation counts
_CLOSE: Final = 0.5  # worth of a translation below which it is another thing
_HALF: Final = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Predicate:
    """What a question asks whether it is so: for each of its words, what says it in each language, as stems.
    ``either``: one of them is enough ("does it shed or pill?")."""

    words: tuple[Mapping[str, frozenset[str]], ...]
    either: bool = False


def predicate(question: str, language: str, *, kind_of_thing: str = "") -> Predicate | None:
    """The predicate of a yes-or-no question; None of any other. ``kind_of_thing`` is the product's name: words of it
    are in every review and say nothing."""
    look = folded(question)
    own = language if language in ("fr", "en") else "en"
    if not cues.form(f"polar_{own}").search(look) or any(cues.form(f).search(look) for f in ("open", "modal")):
        return None  # whether something can be done is seldom said in the question's words
    bare = cues.form(f"subject_{own}").sub(" ", look)
    plain = cues.words("plain", own)
    known = {stem(word, own) for word in folded(kind_of_thing).split()}
    said = [word for word in re.findall(r"[^\W\d_]{3,}", bare) if word not in STOP_WORDS[own] and word not in plain]
    stems = [each for each in dict.fromkeys(stem(word, own) for word in said) if each not in known]
    either = bool(cues.form("either").search(look))
    return Predicate(words=tuple(_ways(each, own) for each in stems), either=either) if stems else None


def _ways(stemmed: str, own: str) -> Mapping[str, frozenset[str]]:
    other = "fr" if own == "en" else "en"
    ways = {own: {stemmed}, other: {stemmed}}
    for variant in table().get(own, {}).get((stemmed,), ()):
        if len(variant.stems) == 1 and variant.weight >= _CLOSE and variant.field in ways:
            ways[variant.field].add(variant.stems[0])
    return {key: frozenset(_without_opposites(each)) for key, each in ways.items()}


def _without_opposites(stems: set[str]) -> set[str]:
    """Dictionaries list "uncomfortable" beside "comfortable"."""
    return {each for each in stems if not any(each == prefix + rest for prefix in ("un", "in") for rest in stems)}


def says(asked: Predicate, quote: str, language: str) -> int:
    """1 when the quote says that it is so, -1 when it says that it is not, 0 when it says neither."""
    own = language if language in ("fr", "en") else "en"
    tokens = _TOKEN.findall(folded(quote))
    stems = [stem(token, own) if token.isalpha() else token for token in tokens]
    found = [_found(ways.get(own, frozenset()), tokens, stems, own) for ways in asked.words]
    met = [each for each in found if each]
    if not met or (not asked.either and len(met) < _HALF * len(asked.words)):
        return 0
    return -1 if min(met) < 0 else 1


def _found(ways: frozenset[str], tokens: Sequence[str], stems: Sequence[str], language: str) -> int:
    for place, each in enumerate(stems):
        if each in ways:
            return -1 if _negated(tokens, place, language) else 1
        if any(each == prefix + way for prefix in ("un", "in") for way in ways):
            return 1 if _negated(tokens, place, language) else -1
    return 0


def _negated(tokens: Sequence[str], place: int, language: str) -> bool:
    negations, breaks = cues.words("negation", language), cues.words("break", language)
    for back in range(place - 1, max(-1, place - 1 - _REACH), -1):
        if not tokens[back].isalnum() or tokens[back] in breaks:
            break
        if tokens[back] in negations:
            return True
    after = tokens[place + 1 : place + 2] if language == "fr" else []
    return any(word in ("pas", "plus", "jamais") for word in after)
