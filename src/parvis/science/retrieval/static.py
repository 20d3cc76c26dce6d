"""Static French and English vectors: a text as the mean of its words' vectors, made in some tens of microseconds.

Claim: distilled from the bundled multilingual encoder (`tools/distil_vectors.py`, card in docs/models), so that a
question meets passages of the other language at once, long before the slow encoder has read them. Each word of a
language has a row whose length is its weight; a word that is not listed is the mean of its pieces (hashed groups of
three to five letters). A text in neither language is looked up in both. French is turned to where English lies, by a
rotation learnt on pairs of sentences.

    >>> made = texts(["La robe taille petit.", "The dress runs small.", "Le colis est en retard."], ["fr", "en", "fr"])
    >>> bool(made[0] @ made[1] > made[0] @ made[2])
    True
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy import sparse

from .analysis import field_of, folded
from .vectors import Floats

WIDTH: Final = 256
PIECES: Final = 4_096
FILE: Final = Path(__file__).parent / "data" / "static.npz"
_LONGEST: Final = 3_000  # characters
_MOST_WORDS: Final = 400
_SLICE: Final = 2_048


def pieces(word: str) -> list[int]:
    """The pieces of a word, as places in their table."""
    marked = f"<{word}>"
    found = [marked[at : at + length] for length in (3, 4, 5) for at in range(len(marked) - length + 1)]
    return [zlib.crc32(each.encode()) % PIECES for each in found] or [zlib.crc32(marked.encode()) % PIECES]


class _Model:
    """The table: rows of French words, of English words, then of pieces."""

    def __init__(self) -> None:
        with np.load(FILE) as stored:
            # Kept as small as they come: several processes of a shop hold them.
            self.rows, self.scales = stored["rows"], stored["scales"].astype(np.float32)
            self.turn = stored["turn"].astype(np.float32)
            listed = {code: bytes(stored[f"words_{code}"]).decode().split("\n") for code in ("fr", "en")}
        self.places: dict[str, dict[str, int]] = {}
        self.starts: dict[str, int] = {}
        start = 0
        for code, words in listed.items():
            self.starts[code] = start
            self.places[code] = {word: start + number for number, word in enumerate(words)}
            start += len(words)
        self.first_piece = start

    def places_of(self, text: str, language: str | None) -> Iterator[tuple[int, float]]:
        """Rows of a text and their shares; each word counts once."""
        field = field_of(language)
        spoken = (field,) if field in self.places else ("en", "fr")
        for word in dict.fromkeys(folded(text[:_LONGEST])[:_MOST_WORDS]):
            found = [self.places[code][word] for code in spoken if word in self.places[code]]
            if not found and len(word) > 2 and not word.isdigit():
                found = [self.first_piece + place for place in pieces(word)]
            for place in found:
                yield place, 1.0 / len(found)


@lru_cache(maxsize=1)
def _model() -> _Model:
    return _Model()


@lru_cache(maxsize=1)
def available() -> bool:
    """Whether the table is there."""
    return FILE.exists()


def texts(several: Sequence[str], languages: Sequence[str | None]) -> Floats:
    """Unit vectors (texts x 256); a row of zeros where no word is known. Languages: ISO codes, None where unknown."""
    model = _model()
    made = raw(several, languages)
    french = np.array([field_of(each) == "fr" for each in languages], bool)
    made[french] = made[french] @ model.turn
    return made


def raw(several: Sequence[str], languages: Sequence[str | None]) -> Floats:
    """Unit vectors as the rows give them, languages apart: what the alignment is learnt on."""
    model = _model()
    made = np.zeros((len(several), WIDTH), np.float32)
    for start in range(0, len(several), _SLICE):
        part = slice(start, start + _SLICE)
        made[part] = _sums(several[part], languages[part], model)
    return _unit(made)


def _unit(made: Floats) -> Floats:
    norms = np.linalg.norm(made, axis=1, keepdims=True)
    unit: Floats = (made / np.where(norms > 0, norms, 1.0)).astype(np.float32)
    return unit


def _sums(several: Sequence[str], languages: Sequence[str | None], model: _Model) -> Any:
    """Sums of the rows of each text's words."""
    rows, columns, shares = [0], list[int](), list[float]()
    for text, language in zip(several, languages, strict=True):
        for place, share in model.places_of(text, language):
            columns.append(place)
            shares.append(share)
        rows.append(len(columns))
    used, column = np.unique(np.array(columns, np.int64), return_inverse=True)
    table = model.rows[used].astype(np.float32) * model.scales[used][:, None]
    return (
        sparse.csr_matrix(
            (np.array(shares, np.float32), column.astype(np.int32), np.array(rows, np.int32)),
            shape=(len(several), used.size),
        )
        @ table
    )


def frequency(word: str, language: str) -> float:
    """About how often a folded word is said in a language, as a share of all words: by its place in the list.

    The list goes by how often words occur in the texts that the vectors were made from; a word that is not listed is
    taken to be rarer than the last.
    """
    model = _model()
    listed = model.places[language]
    place = listed[word] - model.starts[language] if word in listed else 2 * len(listed)
    return 0.1 / (place + 2.7)
