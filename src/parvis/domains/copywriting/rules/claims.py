"""Claims that law bars, found by their words: the tables ``data/families.csv`` and ``data/claims.csv``.

Patterns are matched on folded text (:func:`parvis.science.support.folded`). A table of words finds the usual wordings
and no paraphrase: it helps people who read, and does not replace them.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from parvis.domains.copywriting.contracts import Barred, ClaimFamily, Verdict
from parvis.science import support
from parvis.science.retrieval.analysis import STOP_WORDS, stem

_DATA = Path(__file__).parent / "data"
_FREE = {
    "en": frozenset({"free", "from", "no", "without", "contains", "contain", "added", "artificial", "any", "zero"}),
    "fr": frozenset({"sans", "exempt", "exempte", "exempts", "contient", "zero", "aucun", "aucune", "ajout"}),
}


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@lru_cache(maxsize=1)
def families() -> Mapping[str, ClaimFamily]:
    """Every family by its key, in the order of the table."""
    examples: dict[tuple[str, str], list[str]] = {}
    for row in _rows("claims.csv"):
        examples.setdefault((row["family"], row["language"]), []).append(row["example"])
    return {
        row["family"]: ClaimFamily(
            key=row["family"],
            verdict=Verdict(row["verdict"]),
            name_en=row["name_en"],
            name_fr=row["name_fr"],
            why_en=row["why_en"],
            why_fr=row["why_fr"],
            law=row["law"],
            law_fr=row["law_fr"],
            source=row["source"],
            examples_en=tuple(dict.fromkeys(examples.get((row["family"], "en"), ()))),
            examples_fr=tuple(dict.fromkeys(examples.get((row["family"], "fr"), ()))),
        )
        for row in _rows("families.csv")
    }


@lru_cache(maxsize=2)
def _patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = (row for row in _rows("claims.csv") if row["language"] == language)
    return tuple((row["family"], re.compile(row["pattern"])) for row in rows)


def found(text: str, language: str) -> tuple[Barred, ...]:
    """The barred claims of a text, in the order of the families. Some patterns of the other language are looked for as
    well: a French text may say "eco-friendly"."""
    look = support.folded(text)
    other = "en" if language == "fr" else "fr"
    both = (*_patterns(language), *((f, p) for f, p in _patterns(other) if f in _EITHER))
    hits = {(family, match[0].strip()): None for family, pattern in both for match in pattern.finditer(look)}
    known = families()
    order = {key: place for place, key in enumerate(known)}
    return tuple(
        Barred(family=family, words=words, verdict=known[family].verdict)
        for family, words in sorted(hits, key=lambda each: order[each[0]])
    )


# families whose words are borrowed from one language into the other, and mean the same there
_EITHER = frozenset({"environment", "carbon", "biocide"})


def allowed(barred: Barred, *, facts: Iterable[str], proofs: Iterable[tuple[str, str]], language: str) -> bool:
    """Whether a barred claim may stand: its words are in the facts (verdict ``fact``) or a proof holds them (``proof``,
    pairs of family and words)."""
    if barred.verdict is Verdict.FACT:
        return any(_states(fact, barred.words, language) for fact in facts)
    if barred.verdict is Verdict.PROOF:
        return any(
            barred.words in support.folded(words) or support.folded(words) in barred.words
            for family, words in proofs
            if family == barred.family and words.strip()
        )
    return False


def _states(fact: str, words: str, language: str) -> bool:
    """Whether a fact has what is meant: for "oil-free", the fact speaks of oil and is itself a "free from"."""
    meant = {
        stem(word, language)
        for word in support.words(words)
        if word not in _FREE[language] and word not in STOP_WORDS[language]
    }
    held = {stem(word, language) for word in support.words(fact)}
    if not meant or not meant <= held:
        return False
    free = [hit for hit in found(words, language) if hit.family == "free_from"]
    return not free or any(
        meant <= {stem(w, language) for w in support.words(part)}
        for part in re.split(r"[.;]", fact)
        if any(hit.family == "free_from" for hit in found(part, language))
    )
