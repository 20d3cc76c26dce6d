"""Whether sources say what a sentence says: one rule for every sentence written from sources, by whomever.

A sentence has support when its sources hold every number it names, judge every aspect as it does, and have most of its
words (or, across languages, an aspect that they judge the same way). It is a check of support and not of truth: it errs
on the side of dropping.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from parvis.science.retrieval.analysis import STOP_WORDS, stem

LEAST: Final = 0.6  # share of a sentence's words that its sources have
LEANS: Final = 0.2  # weaker polarity is no judgement
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")
_LINK: Final = re.compile(r"https?:|www\.|<|>|@")
_ENDS: Final = re.compile(r"(?<=[.!?…])(?:\s*[»”\"])?(?:\s*\[[\d ,;]+\])*(?=\s|$)")
_SPOKEN: Final = ("en", "fr")


class Lack(StrEnum):
    """Why a sentence has no support."""

    SOURCE = "source"  # it has none
    LINK = "link"  # an address or markup
    NUMBER = "number"  # a number of its own
    JUDGED = "judged"  # it judges something that its sources do not, or judge the other way
    WORDS = "words"  # its sources do not say it


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What a sentence leans on: ``rank`` names it, ``aspects`` are those read in it with their polarity."""

    rank: int
    text: str
    language: str
    aspects: Sequence[tuple[str, float]] = field(default=())


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the citations that follow it ("[1, 3]" before or after the full stop)."""
    flat = " ".join(text.split())
    ends = [match.end() for match in _ENDS.finditer(flat)]
    cuts, start = [], 0
    for end in [*ends, len(flat)]:
        if flat[start:end].strip():
            cuts.append(flat[start:end].strip())
        start = end
    return _with_citations(cuts)


def _with_citations(cuts: Sequence[str]) -> list[str]:
    """A citation after the full stop belongs to the sentence before."""
    found: list[str] = []
    for cut in cuts:
        lead = re.match(r"^(?:\[[\d ,;]+\]\s*)+", cut)
        if lead and found:
            found[-1] += f" {lead[0].strip()}"
        rest = cut[lead.end() :].strip() if lead and found else cut.strip()
        if rest:
            found.append(rest)
    return found


def lack(
    plain: str,
    *,
    sources: Sequence[Source],
    aspects: Sequence[tuple[str, float]],
    language: str,
    free: Collection[str] = (),
    asked: str = "",
    least: float = LEAST,
) -> Lack | None:
    """What ``plain`` lacks to stand on ``sources``, or None when it stands. ``aspects`` are those read in it.

    ``free``: words that claim nothing ("one reviewer says"). The words of ``asked`` may be used, and are no support by
    themselves. ``least``: the share of words that must be held.
    """
    if _LINK.search(plain):
        return Lack.LINK
    if not sources:
        return Lack.SOURCE
    if not numbers(plain) <= set().union(*(numbers(source.text) for source in sources)):
        return Lack.NUMBER
    if not judged_alike(aspects, sources):
        return Lack.JUDGED
    own = language if language in _SPOKEN else "en"
    near = [source for source in sources if source.language == own]
    # In another language, what is judged is all that can be compared.
    stands = _worded(plain, near, asked, own, free, least) if near else bool(aspects)
    return None if stands else Lack.WORDS


def numbers(text: str) -> set[str]:
    """The numbers that a text names, with a decimal point."""
    return {found.replace(",", ".") for found in _NUMBER.findall(text)}


def judged_alike(aspects: Sequence[tuple[str, float]], sources: Sequence[Source]) -> bool:
    """Whether every aspect that is judged is judged the same way in a source."""
    for aspect, polarity in aspects:
        if abs(polarity) < LEANS:
            continue
        same = any(
            key == aspect and abs(value) >= LEANS and (value > 0) == (polarity > 0)
            for source in sources
            for key, value in source.aspects
        )
        if not same:
            return False
    return True


def _worded(plain: str, near: Sequence[Source], asked: str, language: str, free: Collection[str], least: float) -> bool:
    known = {stem(w, language) for source in near for w in words(source.text)}
    question = {stem(w, language) for w in words(asked)}
    claims = [stem(w, language) for w in claiming(plain, language, free)]
    if not claims:
        return False
    held = sum(claim in known for claim in claims)
    return held >= 1 and (held + sum(c in question and c not in known for c in claims)) / len(claims) >= least


def claiming(plain: str, language: str, free: Collection[str] = ()) -> list[str]:
    """The words of a sentence that say something: neither small words nor those of ``free``."""
    stops = STOP_WORDS[language if language in _SPOKEN else "en"]
    return [w for w in words(plain) if w not in stops and w not in free]


def words(text: str) -> list[str]:
    """Words of two letters and more, in lower case without accents."""
    return _WORD.findall(folded(text))


def folded(text: str) -> str:
    """Lower case without accents, typographic apostrophes and dashes made plain: what patterns are matched on."""
    made = text.lower().replace("’", "'").replace("‘", "'").replace("œ", "oe").replace("æ", "ae")
    made = re.sub("[\u2010-\u2015]", "-", made)
    bare = "".join(c for c in unicodedata.normalize("NFKD", made) if not unicodedata.combining(c))
    return " ".join(bare.split())
