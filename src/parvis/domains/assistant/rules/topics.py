"""What a question is about, once the words that only ask are taken away."""

import re
from collections.abc import Iterable
from functools import lru_cache

from parvis.domains.assistant.rules import cues
from parvis.domains.assistant.rules.understanding import folded
from parvis.science.retrieval.analysis import STOP_WORDS


@lru_cache(maxsize=1)
def _stops() -> frozenset[str]:
    return frozenset(STOP_WORDS["fr"] | STOP_WORDS["en"])


def left(question: str) -> str:
    """The words that carry what is looked for."""
    bare = cues.form("asking").sub(" ", folded(question))
    return " ".join(word for word in re.sub(r"[^\w ]", " ", bare).split() if word not in _stops())


def things(name: str) -> list[str]:
    """The kinds of thing that a name or a question names, as reviews would call them."""
    words = folded(re.sub(r"[^\w ]", " ", name)).split()
    known = cues.words("things")
    return _unique(word for word in words if word in known or word.removesuffix("s") in known)


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
