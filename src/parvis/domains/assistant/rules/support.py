"""Whether passages say what a sentence of the language model says. What cannot be checked does not stand.

The rule is that of :mod:`parvis.science.support`; here a sentence names its passages by numbers, "[1, 3]", and denies
nothing that they say.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from parvis.domains.assistant.contracts import Sentence
from parvis.domains.assistant.rules import cues
from parvis.domains.assistant.rules.understanding import folded
from parvis.science import support
from parvis.science.support import Source, sentences

__all__ = ["Source", "checked", "sentences"]
_CITED: Final = re.compile(r"\[\s*(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\s*\]")
_WORD: Final = re.compile(r"[^\W\d_]+")


def checked(
    sentence: str, *, sources: Sequence[Source], aspects: Sequence[tuple[str, float]], question: str, language: str
) -> Sentence | None:
    """The sentence with what it cites, or None when its passages do not say it. ``aspects`` are those read in it."""
    ranks = [int(n) for match in _CITED.finditer(sentence) for n in re.split(r"[,;]", match[1])]
    cited = [source for source in sources if source.rank in ranks]
    plain = " ".join(_CITED.sub(" ", sentence).split()).replace(" .", ".").replace(" ,", ",")
    if not cited or len(cited) != len(set(ranks)) or not plain or _denies(plain, cited):
        return None
    own = language if language in ("en", "fr") else "en"
    lacking = support.lack(
        plain,
        sources=cited,
        aspects=aspects,
        language=own,
        free=cues.words("reporting", own),
        asked=question,
    )
    return None if lacking else Sentence(text=plain, cites=tuple(sorted(set(ranks))))


def _denies(plain: str, cited: Sequence[Source]) -> bool:
    """Whether the sentence says "no" more often than what it cites: words alone would not tell them apart."""
    return _denials(plain) > sum(_denials(source.text) for source in cited)


def _denials(text: str) -> int:
    """How often a text says no, in either language: quotes keep their own."""
    return sum(word in _noes() for word in _WORD.findall(folded(text)))


@lru_cache(maxsize=1)
def _noes() -> frozenset[str]:
    return frozenset().union(*(cues.words(key, each) for key in ("negation", "denial") for each in ("en", "fr")))
