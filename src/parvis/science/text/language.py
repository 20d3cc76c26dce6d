"""Which language a text is written in.

Two looks with eldc's n-gram tables: one restricted to the languages a European shop meets, which is right most often on
a few words, and one over all its languages, which is believed only on longer text that it calls reliable.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

COMMON = ("fr", "en", "es", "de", "it", "nl", "pt")
UNKNOWN = "und"
LOOK = 300  # code points read: more changes nothing
_SHORT = 12  # letters under which a given language is believed first
_LONG = 40  # letters from which a rarer language is believed
_FEW = 8  # letters under which only French and English are considered
_NOISE = re.compile(r"https?://\S+|www\.\S+|<[^<>]{0,200}>|&[a-z]{2,6};|[@#]\w+", re.IGNORECASE)


@lru_cache(maxsize=1)
def _detectors() -> tuple[Any, Any, Any]:
    import eldc

    eldc.init()
    few, near, far = eldc.instance(), eldc.instance(), eldc.instance()
    few.set_languages(list(COMMON[:2]))
    near.set_languages(list(COMMON))
    far.set_languages([])
    return few, near, far


def identify(text: str, given: str | None = None) -> str:
    """ISO 639-1 code of the language of ``text``; ``given`` (or ``und``) where the text says too little.

    >>> identify("La robe est très jolie mais trop courte")
    'fr'
    >>> identify("5*", "en")
    'en'
    """
    fallback = _clean(given)
    sample = _NOISE.sub(" ", text[:LOOK])
    letters = sum(map(str.isalpha, sample))
    if letters < 2 or (letters < _SHORT and fallback != UNKNOWN):
        return fallback
    few, near, far = _detectors()
    found = str((few if letters < _FEW else near).detect(sample))
    if letters >= _LONG or found == UNKNOWN:
        wide = far.detect_details(sample)
        if wide.language not in (UNKNOWN, found) and (wide.reliable or found == UNKNOWN):
            found = str(wide.language)
    return fallback if found == UNKNOWN else found


def _clean(given: str | None) -> str:
    code = (given or "").strip().lower().replace("_", "-").split("-")[0]
    return code if 2 <= len(code) <= 3 and code.isalpha() else UNKNOWN
