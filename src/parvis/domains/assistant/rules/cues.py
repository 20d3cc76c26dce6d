"""Words by which a question shows what it wants: the patterns of ``data/cues.csv``, French and English together, since
either is asked on either page.

Everything is matched on text in lower case without accents, apostrophes and dashes as spaces. The order of the intents
in the table decides where several match: what needs a person or a doctor first, the shopper's own orders next.
"""

import csv
import re
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from parvis.domains.assistant.contracts import Intent

_HEIGHTS = {
    "cm": re.compile(r"\b(1[3-9]\d|20\d)\s?cms?\b"),
    "metres": re.compile(r"\b1\s?(?:[.,]|m)\s?([3-9]\d?)\b"),
    "feet": re.compile(r"\b([4-6])\s?(?:ft|feet|foot)\s?(1[01]|\d)?\b"),
}


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, str]]:
    with (Path(__file__).parent / "data" / "cues.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in patterns))


@lru_cache(maxsize=1)
def intents() -> tuple[tuple[Intent, re.Pattern[str]], ...]:
    """Each want with what shows it, in the order in which they are tried."""
    rows = [row for row in _rows() if row["set"] == "intent"]
    return tuple((Intent(key), _any([row["pattern"] for row in of])) for key, of in groupby(rows, lambda r: r["key"]))


@lru_cache(maxsize=1)
def of_whom() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Attributes of people, (attribute, value, pattern), asked for in ways in which nobody states them of oneself; and
    kinds of proof ("photo", "yes")."""
    rows = [row for row in _rows() if row["set"] in ("of_whom", "proof")]
    return tuple((row["key"], row["value"] or "yes", re.compile(row["pattern"])) for row in rows)


@lru_cache(maxsize=64)
def form(key: str) -> re.Pattern[str]:
    """A pattern by its name: ``greeting``; ``follows`` (leans on the question before: "and for tall people?");
    ``not_compared`` (words of a comparison that name no thing); ``asking`` (words that only ask); ``terms`` (about
    reviews and the shop itself); ``pictured`` (as in the picture, which asks for none); ``sheet_…`` (what the product
    sheet says: made of, used how) and ``says_…`` (its sentences that say so); ``private`` (about other
    customers); ``looked_for`` (a product is); ``polar_…``, ``open``, ``modal``, ``either``, ``subject_…`` (yes-or-no
    questions, those that are not, and what they are about); ``size_words``."""
    return re.compile(next(row["pattern"] for row in _rows() if row["set"] == "form" and row["key"] == key))


@lru_cache(maxsize=64)
def words(key: str, language: str = "") -> frozenset[str]:
    """A list of words by its name: ``reporting`` (in which one tells what others said, of a language), ``things``
    (kinds of thing that go together), ``plain`` (that carry no predicate), ``negation``, ``break`` (end its reach)."""
    row = next(r for r in _rows() if (r["set"], r["key"], r["value"]) == ("words", key, language))
    return frozenset(row["pattern"].split())


def height(look: str) -> str:
    """A height spoken of in a folded text, in whole centimetres; "" without one."""
    if match := _HEIGHTS["cm"].search(look):
        return match[1]
    if match := _HEIGHTS["metres"].search(look):
        return f"1{match[1]:0<2}"
    if match := _HEIGHTS["feet"].search(look):
        return str(round((int(match[1]) * 12 + int(match[2] or 0)) * 2.54))
    return ""
