"""Whether passages say what a sentence of the language model says. What cannot be checked does not stand.

A sentence stands when it cites passages that were shown, names no number they do not hold, judges every aspect as they
do, and has its words from them (or, across languages, an aspect that they judge the same way). It is a check of
support and not of truth: it errs on the side of dropping.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from parvis.domains.assistant.contracts import Sentence
from parvis.domains.assistant.rules import cues
from parvis.domains.assistant.rules.understanding import folded
from parvis.science.retrieval.analysis import STOP_WORDS, stem

_CITED: Final = re.compile(r"\[\s*(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\s*\]")
_SENTENCE: Final = re.compile(r"(?<=[.!?…])(?:\s*\[[\d ,;]+\])*(?=\s|$)")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")
_LEAST: Final = 0.6
_LEANS: Final = 0.2
_LINK: Final = re.compile(r"https?:|www\.|<|>|@")
_SPOKEN: Final = ("en", "fr")


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A passage as the check sees it: its words, and the aspects read in it with their polarity."""

    rank: int
    text: str
    language: str
    aspects: Sequence[tuple[str, float]] = field(default=())


def sentences(text: str) -> list[str]:
    """The sentences of what a model wrote, each with the citations that follow it."""
    flat = " ".join(text.split())
    ends = [match.end() for match in _SENTENCE.finditer(flat)]
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


def checked(
    sentence: str, *, sources: Sequence[Source], aspects: Sequence[tuple[str, float]], question: str, language: str
) -> Sentence | None:
    """The sentence with what it cites, or None when its passages do not say it. ``aspects`` are those read in it."""
    ranks = [int(n) for match in _CITED.finditer(sentence) for n in re.split(r"[,;]", match[1])]
    cited = [source for source in sources if source.rank in ranks]
    plain = " ".join(_CITED.sub(" ", sentence).split()).replace(" .", ".").replace(" ,", ",")
    if not cited or len(cited) != len(set(ranks)) or not plain or _LINK.search(plain):
        return None
    if not _numbers(plain) <= set().union(*(_numbers(source.text) for source in cited)):
        return None
    if not _judged_alike(aspects, cited):
        return None
    own = language if language in _SPOKEN else "en"
    near = [source for source in cited if source.language == own]
    # In another language, what is judged is all that can be compared.
    stands = _worded(plain, near, question, own) if near else bool(aspects)
    return Sentence(text=plain, cites=tuple(sorted(set(ranks)))) if stands else None


def _numbers(text: str) -> set[str]:
    return {found.replace(",", ".") for found in _NUMBER.findall(text)}


def _judged_alike(aspects: Sequence[tuple[str, float]], cited: Sequence[Source]) -> bool:
    """Every aspect that the sentence judges is judged the same way in a cited passage."""
    for aspect, polarity in aspects:
        if abs(polarity) < _LEANS:
            continue
        same = any(
            key == aspect and abs(value) >= _LEANS and (value > 0) == (polarity > 0)
            for source in cited
            for key, value in source.aspects
        )
        if not same:
            return False
    return True


def _worded(plain: str, near: Sequence[Source], question: str, language: str) -> bool:
    stops, said = STOP_WORDS[language], cues.words("reporting", language)
    known = {stem(w, language) for source in near for w in _words(source.text)}
    asked = {stem(w, language) for w in _words(question)}
    claims = [stem(w, language) for w in _words(plain) if w not in stops and w not in said]
    if not claims:
        return False
    held = sum(claim in known for claim in claims)
    # The question's own words may be used, and are no support by themselves.
    return held >= 1 and (held + sum(c in asked and c not in known for c in claims)) / len(claims) >= _LEAST


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(text))
