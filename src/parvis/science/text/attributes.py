"""What people state about themselves and their use: body, sizes, skin, age, occasion, how long they have had it.

Claim: only what authors say of themselves is kept ("my daughter is 5'2"" and "the model is 5'9"" are not); values are
brought to one unit. English and French, from the patterns of ``data/attributes.csv``, a text at a time; each pattern
names the words without which it cannot hold, so that a batch (``find_all``) tries few of them.

    height_cm, weight_kg      whole numbers       usual_size, size_worn     "S", "38", "2P" …
    age_band                  "40-49"             build                     petite, tall, curvy, slim, pregnant
    skin_type, hair_type      dry, oily …         use                       work, wedding, sport, travel …
    used_days                 whole number of days since it is in use

>>> [(f.attribute, f.value) for f in find("I'm 5'4\\", 120 lbs and got a small", "en")]
[('height_cm', '163'), ('weight_kg', '54'), ('size_worn', 'S')]
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from parvis.science.text.files import folder
from parvis.science.text.lookup import Lookup
from parvis.science.text.tokens import DIGIT, Tokens, word_hash

BUILT = ("clothing", "any")  # kinds of product of which people say sizes and bodies
SEVERAL = ("use", "skin_type", "hair_type")  # attributes that may have several values
_BODY = ("height_cm", "weight_kg", "usual_size", "size_worn")
_BACK = 45  # code points before a statement in which another person may be its subject
_FIRST = re.compile(r"\b(?:i|i['’]m|im|me|je|j['’]|moi|m['’])\b", re.IGNORECASE)
_STOP = re.compile(r"[.!?\n;]")
_NEAR = 40  # code points around a length of time in which a parcel makes it a wait


class Stated(NamedTuple):
    """One attribute, its value in one unit, and the passage that states it (code points, end exclusive)."""

    attribute: str
    value: str
    start: int
    end: int


Match = re.Match[str]
Reader = Callable[[Match], str | None]


def find(text: str, language: str, *, kind: str = "any") -> list[Stated]:
    """What the author of ``text`` states, in reading order; one value for an attribute, but for ``SEVERAL``.

    ``language`` "en" or "fr" (anything else: both are tried). ``kind`` of product: bodies and sizes are looked for
    where people speak of them (clothing, or where nothing is known).
    """
    spoken = ("en", "fr") if language not in ("en", "fr") else (language,)
    return _stated(text, [row for each in spoken for row in _table()[each]], kind)


def find_all(
    texts: Sequence[str], languages: Sequence[str], kinds: Sequence[str], tokens: Tokens, bodies: np.ndarray
) -> list[list[Stated]]:
    """``find`` for every text of a batch. tokens: of all pieces; bodies: which pieces are the texts, in their order."""
    found: list[list[Stated]] = [[] for _ in texts]
    if not len(tokens.hash):
        return found
    place = np.cumsum(bodies) - 1
    reading = bodies[tokens.piece]
    row = place[tokens.piece]
    spoken = np.array(languages)[row]
    tried: list[list[_Row]] = [[] for _ in texts]
    for language, table in _table().items():
        words, opened = _openers(language)
        other = "fr" if language == "en" else "en"
        mine = reading & (spoken != other)
        known, which = words.find(tokens.hash)
        known &= mine
        pairs = set(zip(row[known].tolist(), which[known].tolist(), strict=True))
        numbers = mine & (tokens.kind == DIGIT)
        chosen: dict[int, set[int]] = {at: set(opened[-1]) for at in set(row[numbers].tolist())}
        for at, word in pairs:
            chosen.setdefault(at, set()).update(opened[word])
        for at, numbers_of_rows in chosen.items():
            tried[at] += [table[number] for number in sorted(numbers_of_rows)]
    for at, patterns in enumerate(tried):
        if patterns:
            found[at] = _stated(texts[at], patterns, kinds[at])
    return found


def _stated(text: str, table: Iterable[_Row], kind: str) -> list[Stated]:
    found = [each for row in table if not row.body or kind in BUILT for each in _each(row, text)]
    return _once(sorted(found, key=lambda stated: (stated.start, -stated.end)))


# -- the table ------------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    """A pattern, how its value is read, the words without which it cannot hold, whether it is one of ``_BODY``."""

    attribute: str
    pattern: re.Pattern[str]
    read: Reader
    opens: tuple[str, ...]
    body: bool


@lru_cache(maxsize=1)
def _lines() -> list[dict[str, str]]:
    """Rows of the table with its ``define`` rows filled in: ``<SIZE>`` stands for the pattern defined as SIZE."""
    defined: dict[str, str] = {}
    lines = []
    with (folder("data") / "attributes.csv").open(encoding="utf-8", newline="") as held:
        for line in csv.DictReader(held):
            pattern = re.sub(r"(?<!\?P)<([A-Z_]+)>", lambda m: defined[m[1]], line["pattern"])
            if line["attribute"] == "define":
                defined[line["value"]] = pattern
            else:
                lines.append({**line, "pattern": pattern})
    return lines


@lru_cache(maxsize=1)
def _table() -> dict[str, list[_Row]]:
    """Patterns by language."""
    table: dict[str, list[_Row]] = {"en": [], "fr": []}
    for line in _lines():
        if line["language"]:
            value = line["value"]
            read = _READERS[value[1:]] if value.startswith("=") else _fixed(value)
            attribute = line["attribute"]
            pattern = re.compile(line["pattern"], re.IGNORECASE)
            opens = tuple(line["opens"].split())
            table[line["language"]].append(_Row(attribute, pattern, read, opens, attribute in _BODY))
    return table


@lru_cache(maxsize=2)
def _openers(language: str) -> tuple[Lookup, list[list[int]]]:
    """The words that open patterns, and for each the patterns it opens; last those that any number opens ("#")."""
    by_word: dict[int, list[int]] = {}
    by_number: list[int] = []
    for number, row in enumerate(_table()[language]):
        for word in row.opens:
            if word == "#":
                by_number.append(number)
            else:
                by_word.setdefault(word_hash(word), []).append(number)
    known = np.array(sorted(by_word), dtype=np.uint64)
    return Lookup(known), [*(by_word[int(word)] for word in known), by_number]


@lru_cache(maxsize=4)
def _single(name: str) -> re.Pattern[str]:
    """A pattern that is no statement itself: ``others`` or ``waited``."""
    return re.compile("|".join(line["pattern"] for line in _lines() if line["attribute"] == name), re.IGNORECASE)


def _fixed(value: str) -> Reader:
    return lambda _match: value


# -- reading values -------------------------------------------------------------------------------------------


def _tall(centimetres: int) -> str | None:
    return str(centimetres) if 125 <= centimetres <= 215 else None


def _feet(match: Match) -> str | None:
    return _tall(round((int(match["feet"]) * 12 + float(match["inch"] or 0)) * 2.54))


def _metres(match: Match) -> str | None:
    return _tall(100 + int(match["cm"].ljust(2, "0")))


def _centimetres(match: Match) -> str | None:
    return _tall(int(match["cm"]))


def _heavy(kilos: int) -> str | None:
    return str(kilos) if 32 <= kilos <= 220 else None


def _pounds(match: Match) -> str | None:
    return _heavy(round(float(match["lb"]) * 0.45359237))


def _kilos(match: Match) -> str | None:
    return _heavy(int(match["kg"]))


_LETTERS = {"small": "S", "medium": "M", "med": "M", "large": "L", "xsmall": "XS", "xlarge": "XL", "xxlarge": "XXL"}


def _size(match: Match) -> str | None:
    said = re.sub(r"[\s-]", "", match["size"].lower()).replace("extra", "x")
    cut = ""
    for ending in ("petite", "tall"):
        if said.endswith(ending) and said != ending:
            said, cut = said[: -len(ending)], ending[0].upper()
    return (_LETTERS.get(said, said).upper().replace("2XL", "XXL") + cut) or None


_TENS = {"vingt": 20, "trent": 30, "quarant": 40, "cinquant": 50, "soixant": 60, "quadra": 40, "quinqua": 50}
_TENS |= {"twent": 20, "thirt": 30, "fort": 40, "fift": 50, "sixt": 60, "sevent": 70, "sexag": 60}


def _age(match: Match) -> str | None:
    said = {name: value.lower() for name, value in match.groupdict().items() if value}
    number = said.get("age") or said.get("tens")
    age = int(number) if number else next((n for word, n in _TENS.items() if said["word"].startswith(word)), 0)
    return f"{age // 10 * 10}-{age // 10 * 10 + 9}" if 14 <= age <= 99 else None


_UNITS = {"day": 1, "jour": 1, "week": 7, "semaine": 7, "month": 30, "moi": 30, "year": 365, "an": 365, "annee": 365}
_MANY = {"few": 3, "couple": 2, "several": 4, "many": 12, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_MANY |= {"six": 6, "eight": 8, "ten": 10, "quelques": 3, "plusieurs": 4, "un": 1, "une": 1, "an": 1, "deux": 2}
_MANY |= {"trois": 3, "quatre": 4, "cinq": 5, "huit": 8, "dix": 10}
_LONGEST = 7300  # days


def _days(match: Match) -> str | None:
    words = [word for word in match["many"].lower().split() if word != "of"]
    count = int(words[-1]) if words[-1].isdigit() else _MANY.get(words[-1], 0)
    days = count * _UNITS[match["unit"].lower().replace("é", "e")]
    around = match.string[max(0, match.start() - _NEAR) : match.end() + _NEAR]
    return str(days) if 0 < days <= _LONGEST and not _single("waited").search(around) else None


_READERS: dict[str, Reader] = {
    "feet": _feet,
    "metres": _metres,
    "centimetres": _centimetres,
    "pounds": _pounds,
    "kilos": _kilos,
    "size": _size,
    "age": _age,
    "days": _days,
}


# -- keeping what counts --------------------------------------------------------------------------------------


def _each(row: _Row, text: str) -> Iterator[Stated]:
    for match in row.pattern.finditer(text):
        said = row.read(match)
        if said is not None and (row.attribute == "use" or not _of_another(text, match.start())):
            start = match.start("lb") if "lb" in row.pattern.groupindex else match.start()
            yield Stated(row.attribute, said, start, match.end())


def _of_another(text: str, start: int) -> bool:
    """Whether another person is the subject: named shortly before, in the same sentence, with no "I" after."""
    before = _STOP.split(text[max(0, start - _BACK) : start])[-1]
    named = list(_single("others").finditer(before))
    return bool(named) and _FIRST.search(before, named[-1].end()) is None


def _once(found: list[Stated]) -> list[Stated]:
    kept: list[Stated] = []
    for stated in found:
        same = [other for other in kept if other.attribute == stated.attribute]
        if stated.attribute in SEVERAL:
            same = [o for o in same if o.value == stated.value or (o.start < stated.end and stated.start < o.end)]
        if not same:
            kept.append(stated)
    return kept
