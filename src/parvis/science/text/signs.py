"""What a review gives its reader, seen without understanding it: signs counted in the text, French and English.

The same signs weigh in the score of usefulness and stand behind its reasons, so that a reason is never an afterthought:
what is shown as the reason is what was counted.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from math import log1p

import numpy as np
from numpy.typing import NDArray

from parvis.science.text.files import folder

Floats = NDArray[np.float64]

_SIZE = r"(?:xx?s|s|m|l|xx?l|small|medium|large|petite|\d{1,2}[pw]?)"
# In small letters. What a single word tells is in data/signs.csv, which costs far less to look up.
_PHRASES = {
    "gives_size_worn": rf"\b(?:sized?|taille) ?{_SIZE}\b|\b{_SIZE} fits?\b|"
    r"\b(?:ordered|bought|got|wear|took|usually|normally|prise?|pris|porte|commandée?|mets|fais) "
    rf"(?:a |an |the |my |du |un |une |en |size |usual |taille )*{_SIZE}\b",
    "gives_height": r"\b[4-6] ?['’′] ?\d{0,2}|\b[4-6] ?(?:ft|feet|foot)\b|\b1 ?[m,.] ?[4-9]\d\b|\b1[4-9]\d ?cm\b|"
    r"\b5[- ]\d\b",
    "gives_build": r"\b\d{2,3} ?(?:lbs?|pounds|kg|kilos)\b|\b3\d ?-?(?:a|b|c|dd?d?|g|f)\b|"
    r"\b(?:oily|dry|sensitive|combination|acne.prone|mature|curly|fine|thick) (?:skin|hair)\b|forte poitrine|"
    r"\bpeau (?:grasse|sèche|sensible|mixte|mature)\b|\bcheveux (?:bouclés|fins|épais|secs|gras)\b",
    "compares": r"\bcompared? (?:to|with)|\bother (?:brands?|reviewers?|colors?|sizes?)\b|\bthan (?:the|my|other)\b|"
    r"\bsimilar to\b|\bboth sizes\b|\bcomparée? (?:à|aux?)\b|\bpar rapport (?:à|aux?)\b|"
    r"\bque (?:l['’]autre|les autres)|\bautres (?:marques?|modèles?|avis)\b",
    "sent_back": r"\bs(?:ent|ending) (?:it |them )?back\b|\bgoing back\b",
    "at_once": r"\bjust (?:received|got|arrived|bought|purchased|ordered)|sold out|one left|"
    r"\bviens de (?:recevoir|l['’]acheter)|vient d['’]arriver",
}
_TIME = re.compile(
    r"\b(?:after|for|over|since|about|après|depuis|pendant|au bout d['’e]+)\s+"
    r"(?:about |almost |over |only |around |nearly |environ |presque |plus d['’e]+ ?)?"
    r"(?P<number>\d{1,2}|a|an|one|two|three|four|five|six|several|une?|deux|trois|quatre|cinq|plusieurs|quelques)\s?"
    r"(?P<unit>weeks?|months?|years?|wears|washes|semaines?|mois|ans?|années?|lavages?)\b"
)
_NUMBERS = {word: n for n, words in enumerate(("a an one un une", "two deux", "three trois", "four quatre", "five cinq",
            "six"), start=1) for word in words.split()}  # fmt: skip
_UNITS = {"w": "week semaine", "m": "month mois", "y": "year an ans année", "t": "wears washes lavage"}
_PATTERNS = {sign: re.compile(pattern) for sign, pattern in _PHRASES.items()}


def _words() -> dict[str, list[str]]:
    # Read without polars, whose threads would start with the import: a process that forks later must have none.
    with (folder("data") / "signs.csv").open(encoding="utf-8", newline="") as lines:
        return {row["sign"]: row["words"].split() for row in csv.DictReader(lines)}


_WORDS = _words()
_SEEN = tuple(dict.fromkeys((*_PHRASES, *_WORDS)))
_SIGNS_OF: dict[str, list[int]] = {}
for _place, _sign in enumerate(_SEEN):
    for _word in _WORDS.get(_sign, ()):
        _SIGNS_OF.setdefault(_word, []).append(_place)
_TOKEN = re.compile(r"[^\W\d_]+")
SHAPE = ("letters", "length", "sentences", "commas", "dashes", "title", "title_given")
NAMES = (*SHAPE, "after_use", *_SEEN)
FAR = 4.0  # standard deviations beyond which a sign weighs no more
_LONG = 1500  # letters: a longer text is not more useful for being longer


def read(titles: Sequence[str], texts: Sequence[str]) -> tuple[Floats, list[list[str]]]:
    """The signs of each review, columns :data:`NAMES`, and those that are reasons in themselves.

    Counts are log1p. Stars are left out on purpose: praise is not put first for being praise, and leaving them out cost
    nothing where it was measured. Reasons are keys of ``data/review_reasons.csv``; a time of use is told
    as ``after_use:3:m`` (3 months; w weeks, y years, t times worn or washed; 0 for several).
    """
    rows, reasons = [], []
    for title, text in zip(titles, texts, strict=True):
        counts, time = _counts(title, text)
        rows.append([*_shape(title, text[:_LONG]), float(time is not None), *map(log1p, counts)])
        told = [sign for sign, count in zip(_SEEN, counts, strict=True) if count and sign in _REASONS]
        reasons.append(told + ([_after(time)] if time else []))
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(NAMES)), reasons


def _shape(title: str, text: str) -> list[float]:
    return [
        log1p(len(text)),
        len(text) ** 0.5 / 10,
        log1p(text.count(".") + text.count("!") + text.count("?")),
        log1p(text.count(",")),
        log1p(text.count("-") + text.count("(")),
        min(len(title), 60) / 30,
        float(bool(title)),
    ]


def _counts(title: str, text: str) -> tuple[list[int], re.Match[str] | None]:
    """How often each sign of ``_SEEN`` is met, and the time of use that is told, if any."""
    whole = f"{title}\n{text[: 2 * _LONG]}".lower()
    counts = [0] * len(_SEEN)
    for word in _TOKEN.findall(whole):
        for place in _SIGNS_OF.get(word, ()):
            counts[place] += 1
    for place, pattern in enumerate(_PATTERNS.values()):
        counts[place] += len(pattern.findall(whole))
    return counts, _TIME.search(whole)


_REASONS = frozenset({"gives_size_worn", "gives_height", "gives_build", "compares", "mentions_drawbacks"})


def _after(time: re.Match[str]) -> str:
    number, unit = time["number"], time["unit"]
    count = int(number) if number.isdigit() else _NUMBERS.get(number, 0)  # 0: several
    short = next(key for key, words in _UNITS.items() if any(unit.rstrip("s") == w.rstrip("s") for w in words.split()))
    return f"after_use:{count}:{short}"
