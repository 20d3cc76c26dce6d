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
    """The things that a name or a question names, as reviews would call them, the most telling first: "karite" before
    "creme". What only asks is left out; what names no kind of thing names nothing."""
    words = [word for word in left(re.sub(r"[^\w ]", " ", name)).split() if not any(c.isdigit() for c in word)]
    named = kinds(name)
    own = [word for word in words if word not in named and word not in cues.words("company") and len(word) > 3]
    return _unique([*own, *named]) if named else []


def kinds(name: str) -> list[str]:
    """The kinds of thing that are named: jeans, cream."""
    known = cues.words("things")
    words = folded(re.sub(r"[^\w ]", " ", name)).split()
    return _unique(word for word in words if word in known or word.removesuffix("s") in known)


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
