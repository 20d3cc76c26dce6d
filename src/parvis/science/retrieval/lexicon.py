"""French <-> English words of clothing, beauty and shopping: a question meets reviews of the other language at once."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from .analysis import STOP_WORDS, folded, words

_FILE: Final = Path(__file__).parent / "data" / "lexicon.csv"
LONGEST: Final = 4
_FIRST, _NEXT, _SYNONYM = 0.9, 0.7, 0.55


class Variant(NamedTuple):
    """Another way to say a thing: the stems that must stand together, their field, how close it is (0..1)."""

    field: str
    stems: tuple[str, ...]
    weight: float


def phrase(text: str, field: str) -> tuple[str, ...]:
    """Stems of an expression without its small words, all of them when it has nothing else."""
    pairs = list(zip(folded(text), words(text, field), strict=False))
    kept = tuple(stem for word, stem in pairs if word not in STOP_WORDS[field])
    return kept or tuple(stem for _, stem in pairs)


@lru_cache(maxsize=1)
def table() -> dict[str, dict[tuple[str, ...], tuple[Variant, ...]]]:
    """For each language, from the stems of an expression to its variants, the closest first.

    The file has one notion a row: French ways to say it, English ways to say it, separated by `|`, best first.
    """
    found: dict[str, dict[tuple[str, ...], dict[tuple[str, tuple[str, ...]], float]]] = {"fr": {}, "en": {}}
    with _FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            sides = {field: [phrase(each, field) for each in row[field].split("|")] for field in ("fr", "en")}
            for field, other in (("fr", "en"), ("en", "fr")):
                for stems in sides[field]:
                    entry = found[field].setdefault(stems, {})
                    for place, target in enumerate(sides[other]):
                        key = (other, target)
                        entry[key] = max(entry.get(key, 0.0), _FIRST if place == 0 else _NEXT)
                    for synonym in sides[field]:
                        if synonym != stems:
                            key = (field, synonym)
                            entry[key] = max(entry.get(key, 0.0), _SYNONYM)
    return {
        field: {
            stems: tuple(Variant(f, s, w) for (f, s), w in sorted(entry.items(), key=lambda item: -item[1]))
            for stems, entry in entries.items()
        }
        for field, entries in found.items()
    }
