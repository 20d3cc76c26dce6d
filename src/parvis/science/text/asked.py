"""Whom a question wants to hear: "show me on dry skin", "does it run small for 1.80 m?", "sur cheveux bouclés".

Authors speak of themselves ("my skin is dry") and `attributes` finds that; who asks speaks of people like herself, in
the third person or in half a sentence. Values are those of `attributes`.

    >>> about("show me on dry skin"), about("Ça taille petit pour 1m80 ?")
    ({'skin_type': ('dry',)}, {'height_cm': ('180',)})
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_KINDS: Final = {
    "skin_type": {
        "dry": r"dry|dehydrated|s[eè]ches?|d[eé]shydrat[eé]es?",
        "oily": r"oily|greasy|grasses?",
        "combination": r"combination|mixtes?",
        "sensitive": r"sensitive|reactive|sensibles?|r[eé]actives?|atopiques?",
        "normal": r"normal|normales?",
        "mature": r"mature|ag(?:e?ing|ed)|matures?",
        "acne_prone": r"acne[- ]?prone|acn[eé]iques?|[aà] (?:tendance acn[eé]ique|imperfections)",
    },
    "hair_type": {
        "dry": r"dry|secs?",
        "oily": r"oily|greasy|gras",
        "curly": r"curly|wavy|frizzy|coily|boucl[eé]s?|fris[eé]s?|cr[eé]pus?|ondul[eé]s?",
        "fine": r"fine|thin|fins?",
        "thick": r"thick|coarse|[eé]pais",
    },
}
_THING: Final = {"skin_type": (r"skin|complexion", r"peaux?"), "hair_type": (r"hair", r"cheveux|boucles|chevelures?")}
_VERY: Final = r"(?:(?:very|really|quite|rather|so|tr[eè]s|plut[oô]t|assez|hyper) )?"
_HEIGHTS: Final = (
    re.compile(r"(?<![\d.,])1\s?m\s?(?P<cm>[3-9]\d)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:for|pour|de|mesure|fais|am|i['’]m|at|height|taille)\s(?:about\s|environ\s|mes\s|my\s|someone\s|mon\s)?"
        r"1[.,](?P<cm>[3-9]\d?)(?!\d)\s?(?:m\b|m[eè]tres?\b|meters?\b)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\d.,])1[.,](?P<cm>[3-9]\d)\s?m(?:[eè]tres?|eters?)?\s(?:tall|de haut)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:for|pour|mesure|fais|am|i['’]m|at)\s(?:about\s|environ\s|mes\s|someone\s)?(?P<whole>1[3-9]\d|20\d)\s?cm\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<whole>1[3-9]\d|20\d)\s?cm\s(?:tall|de haut)\b", re.IGNORECASE),
    re.compile(r"(?<![\d.$])(?P<feet>[4-6])\s?['’]\s?(?P<inch>1[01]|\d)(?!\d)\s?(?:[\"”]|'')?", re.IGNORECASE),
)

_SAID: Final = """
show me on for with of to people person someone who have has a an the and or what do does say reviews review videos
video how is it good work please very really s i my am in
montre montrez moi sur pour avec de des du d la le l les une un et ou qui ont a ai ma j qu que dit disent avis vidéo
vidéos personnes gens quelqu bien ça va est ce il elle ceux celles tres très svp voir
"""
_ASKING: Final = frozenset(_SAID.split())


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    found = []
    for attribute, values in _KINDS.items():
        english, french = _THING[attribute]
        for value, words in values.items():
            before = rf"\b{_VERY}(?:{words})(?:,? (?:and|or|to) \w+)? (?:{english})\b"
            turned = rf"\b(?:{english}) (?:is|that['’]?s|that is) {_VERY}(?:{words})\b"
            after = rf"\b(?:{french}) (?:est |sont )?{_VERY}(?:\w+ (?:et|ou|[aà]) )?(?:{words})(?!\w)"
            found.append((attribute, value, re.compile(rf"{before}|{turned}|{after}", re.IGNORECASE)))
    return tuple(found)


def about(question: str) -> dict[str, tuple[str, ...]]:
    """Attributes and values of people that a question in French or English speaks of; empty when it speaks of none."""
    text = " ".join(question[:2_000].split())
    found: dict[str, tuple[str, ...]] = {}
    for attribute, value, pattern in _patterns():
        if pattern.search(text):
            found[attribute] = (*found.get(attribute, ()), value)
    for pattern in _HEIGHTS:
        if match := pattern.search(text):
            found["height_cm"] = (str(_centimetres(match.groupdict())),)
            break
    return found


def nothing_else(question: str) -> bool:
    """Whether a question speaks of people and asks nothing beside: "show me on dry skin"."""
    text = " ".join(question[:2_000].split())
    left = text
    for pattern in (*(each for _, _, each in _patterns()), *_HEIGHTS):
        left = pattern.sub(" ", left)
    return left != text and all(word in _ASKING for word in re.findall(r"\w+", left.lower()))


def _centimetres(parts: dict[str, str | None]) -> int:
    if parts.get("feet"):
        return round((12 * int(parts["feet"] or 0) + int(parts["inch"] or 0)) * 2.54)
    whole = parts.get("whole")
    return int(whole) if whole else 100 + int(f"{parts['cm']:0<2}")
