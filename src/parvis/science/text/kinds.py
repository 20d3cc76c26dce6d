"""What kind of product a text is about: which set of aspects it is read with where nobody has said.

A row of ``data/kinds.csv`` names a kind and the words by which it is recognised, English and French. The kind with most
such words wins; where none is said, or two are even, it is clothing, the first.
"""

from __future__ import annotations

import csv
from functools import lru_cache

import numpy as np
import polars as pl

from parvis.science.text.files import folder
from parvis.science.text.lookup import Lookup
from parvis.science.text.tokens import I64, Tokens, cut


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, str]]:
    with (folder("data") / "kinds.csv").open(encoding="utf-8", newline="") as held:
        return list(csv.DictReader(held))


@lru_cache(maxsize=1)
def kinds() -> tuple[str, ...]:
    """The kinds of product that have a set of aspects, clothing first."""
    return tuple(row["kind"] for row in _rows())


def kind_names() -> pl.DataFrame:
    """Kinds with their names. Columns: kind, name_en, name_fr."""
    return pl.DataFrame(_rows()).select("kind", "name_en", "name_fr")


@lru_cache(maxsize=2)
def _words(language: str) -> tuple[Lookup, np.ndarray]:
    """The words of all kinds in a language, and words x kinds: whether a word speaks for a kind."""
    said = [(word, number) for number, row in enumerate(_rows()) for word in row[f"words_{language}"].split()]
    hashes = cut([word for word, _ in said]).hash
    known = np.unique(hashes)
    table = np.zeros((len(known), len(_rows())))
    table[np.searchsorted(known, hashes), [number for _, number in said]] = 1.0
    return Lookup(known), table


def guess(tokens: Tokens, rows: I64, languages: list[str], given: list[str | None]) -> list[str]:
    """The kind of each row: the one given where it is a known one, else by its words."""
    if all(kind in kinds() for kind in given):
        return [kind or "" for kind in given]
    votes = np.zeros((len(given), len(kinds())))
    spoken = np.array(languages)[rows[tokens.piece]]
    for language, other in (("en", "fr"), ("fr", "en")):
        words, table = _words(language)
        found, place = words.find(tokens.hash)
        found &= spoken != other
        np.add.at(votes, rows[tokens.piece[found]], table[place[found]])
    guessed = votes.argmax(axis=1)  # the first of those that are even
    return [kind if kind in kinds() else kinds()[best] for kind, best in zip(given, guessed.tolist(), strict=True)]


def kind_of(name: str) -> str | None:
    """The kind that the name of a category speaks of, or None where no known word is in it.

    >>> kind_of("Robes et jupes"), kind_of("Divers")
    ('clothing', None)
    """
    tokens = cut([name])
    known = any(_words(language)[0].find(tokens.hash)[0].any() for language in ("en", "fr"))
    return guess(tokens, np.zeros(1, dtype=np.int64), ["und"], [None])[0] if known else None
