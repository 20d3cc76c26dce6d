"""Lists of words: those that only report, dissent, invite or join (``data/words.csv``)."""

import csv
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=16)
def words(key: str, language: str) -> frozenset[str]:
    """A list by its name (reporting, dissent, call, glue), folded."""
    with (Path(__file__).parent / "data" / "words.csv").open(encoding="utf-8", newline="") as stream:
        row = next(r for r in csv.DictReader(stream) if (r["key"], r["language"]) == (key, language))
    return frozenset(row["words"].split())
