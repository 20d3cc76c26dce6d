"""Toxicity and spam of a text, each a probability on which .5 means: decide.

Toxicity here is an attack on people: insult, slur, threat, call to harm; a rude word about a thing is not one. Two
kinds of evidence are added as log odds: linear tables over words, letters and the kinds of words in sequence, which
generalise but thin out in a long text, and cue tables that a brand can edit (``data/offence.csv``,
``data/solicitation.csv``), which find one insult anywhere. A cue's last column is how much it says, 0 to 1. Texts are
read without their disguises (look-alike letters, digits for letters, spaced or starred words).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from parvis.science.text.concepts import concepts
from parvis.science.text.cues import bundled, compiled
from parvis.science.text.disguise import plain
from parvis.science.text.grams import Grams, letters, words
from parvis.science.text.linear import Floats, Linear, load, sigmoid
from parvis.science.text.tokens import I64, Tokens, cut

WORDS, LETTERS = (1, 2), (3, 4, 5)
TABLES = ("words", "letters", "concepts")
_QUOTES = '"«»“”„'
_CUES = ("offence", "solicitation")
WEIGHT = np.array([1.8, 6.0])  # log odds that a full cue adds
FLOOR = np.array([0.0, -0.9])  # log odds where no cue is found, learnt with the weights on the training part

Tables = Mapping[str, Linear]


@lru_cache(maxsize=1)
def bundled_tables() -> Tables:
    """The tables shipped with the package, by name."""
    return {name: load(f"safety_{name}") for name in TABLES}


def features(pieces: Sequence[str], tokens: Tokens, rows: I64, spelt: Grams | None = None) -> dict[str, Grams]:
    """What each table reads, by row; ``spelt``: the letters of ``tokens`` by row where they are known already."""
    quoted = np.array([any(mark in piece for mark in _QUOTES) for piece in pieces], dtype=np.bool_)
    return {
        "words": words(tokens, WORDS).among(rows),
        "letters": letters(tokens, LETTERS).among(rows) if spelt is None else spelt,
        "concepts": concepts(tokens, quoted).among(rows),
    }


MANY, FEW = 40, 0.12
STUFFED = 0.9  # a person looks: never refused for repetition alone


def doubts(
    pieces: Sequence[str],
    tokens: Tokens,
    rows: I64,
    count: int,
    *,
    tables: Tables | None = None,
    spelt: Grams | None = None,
) -> tuple[Floats, Floats]:
    """Toxicity and spam of each of ``count`` rows.

    pieces: the texts that ``tokens`` were cut from; rows: the row of each piece.
    """
    tables = tables or bundled_tables()
    found = _doubts(pieces, tokens, rows, count, tables, spelt)
    bare = [plain(piece) for piece in pieces]
    hidden = np.unique(rows[[now is not said for now, said in zip(bare, pieces, strict=True)]])
    if len(hidden):
        again = np.flatnonzero(np.isin(rows, hidden))
        shown = [bare[i] for i in again]
        place = np.searchsorted(hidden, rows[again])
        found[hidden] = np.maximum(found[hidden], _doubts(shown, cut(shown), place, len(hidden), tables, None))
    return found[:, 0], np.where(stuffed(tokens, rows, count), np.maximum(found[:, 1], STUFFED), found[:, 1])


def stuffed(tokens: Tokens, rows: I64, count: int) -> NDArray[np.bool_]:
    """Rows that say the same few words over and over: at least ``MANY`` tokens, hardly any of them different.

    A thousand different sentences about one dress still use every fifth word once; the rule knows no language.
    """
    row = rows[tokens.piece]
    said = np.bincount(row, minlength=count)
    pairs = np.unique(np.stack([row, tokens.hash.astype(np.int64)], axis=1), axis=0)
    different = np.bincount(pairs[:, 0], minlength=count)
    return np.asarray((said >= MANY) & (different < FEW * np.maximum(said, 1)))


def _doubts(
    pieces: Sequence[str], tokens: Tokens, rows: I64, count: int, tables: Tables, spelt: Grams | None
) -> Floats:
    met = features(pieces, tokens, rows, spelt)
    heads = sum((tables[name].score(met[name], count)[0] for name in TABLES), np.zeros((count, len(_CUES))))
    cues = np.stack([told(tokens, rows, count, name) for name in _CUES], axis=1)
    said = np.bincount(rows[tokens.piece], minlength=count) > 0
    return np.where(said[:, None], sigmoid(heads + WEIGHT * cues + FLOOR), 0.0)


def told(tokens: Tokens, rows: I64, count: int, name: str) -> Floats:
    """How much the cues of a table say about each row: 1 less the product of what each leaves open."""
    everywhere = np.ones(len(tokens.hash), dtype=np.bool_)
    left = np.ones(count)
    for lexicon in compiled(bundled(name)).values():
        first, _, cue = lexicon.hits(tokens, everywhere)
        np.multiply.at(left, rows[tokens.piece[first]], 1.0 - np.nan_to_num(lexicon.polarity[cue]))
    return 1.0 - left
