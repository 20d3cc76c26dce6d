"""Whether passages say what a sentence of the language model says. What cannot be checked does not stand.

The rule is that of :mod:`parvis.science.support`; here a sentence names its passages by numbers, "[1, 3]".
"""

import re
from collections.abc import Sequence
from typing import Final

from parvis.domains.assistant.contracts import Sentence
from parvis.domains.assistant.rules import cues
from parvis.science import support
from parvis.science.support import Source, sentences

__all__ = ["Source", "checked", "sentences"]
_CITED: Final = re.compile(r"\[\s*(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\s*\]")


def checked(
    sentence: str, *, sources: Sequence[Source], aspects: Sequence[tuple[str, float]], question: str, language: str
) -> Sentence | None:
    """The sentence with what it cites, or None when its passages do not say it. ``aspects`` are those read in it."""
    ranks = [int(n) for match in _CITED.finditer(sentence) for n in re.split(r"[,;]", match[1])]
    cited = [source for source in sources if source.rank in ranks]
    plain = " ".join(_CITED.sub(" ", sentence).split()).replace(" .", ".").replace(" ,", ",")
    if not cited or len(cited) != len(set(ranks)) or not plain:
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
