"""Words of a text, per language: the same analysers serve passages, questions and quotes.

French and English are stemmed; everything is lower-cased and stripped of accents, so that "été", "ETE" and "ete"
meet. A text in any other language keeps its whole words, in a field of its own.
"""

from __future__ import annotations

import csv
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import tantivy

from parvis.science.text.language import identify

FIELDS: Final = ("fr", "en", "xx")
_STEMMERS: Final = {"fr": "french", "en": "english"}
_LONGEST_WORD: Final = 60
_LOOK: Final = 2_000  # characters that tell the language
_SHORT: Final = 12  # words
_LOCAL = threading.local()


def _stop_words() -> dict[str, frozenset[str]]:
    with (Path(__file__).parent / "data" / "stop_words.csv").open(encoding="utf-8", newline="") as stream:
        return {row["language"]: frozenset(row["words"].split()) for row in csv.DictReader(stream)}


# Words that carry the form of a question or a sentence and not its subject. Written for the project.
STOP_WORDS: Final = _stop_words()
# Words that show a short question's language better than letter statistics do.
_MARKS: Final = {
    "fr": STOP_WORDS["fr"] - STOP_WORDS["en"] - {"on", "me", "as", "sont", "ton", "tu", "la", "ou", "en", "dit"}
    | {"taille", "robe", "cette", "peau", "est", "les", "des"},
    "en": STOP_WORDS["en"] - STOP_WORDS["fr"] - {"me", "as", "on", "in", "is", "an", "once", "some", "to"}
    | {"size", "fit", "is", "to"},
}


def field_of(language: str | None) -> str:
    """The field that holds texts of a language: fr, en, or xx for every other."""
    short = (language or "").lower().replace("_", "-").split("-")[0]
    return short if short in _STEMMERS else "xx"


def build_analyser(field: str) -> Any:
    """A new tantivy analyser of a field, to register with an index."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(tantivy.Filter.remove_long(_LONGEST_WORD)).filter(tantivy.Filter.lowercase())
    if field in _STEMMERS:
        builder = builder.filter(tantivy.Filter.stemmer(_STEMMERS[field]))
    return builder.filter(tantivy.Filter.ascii_fold()).build()


def _analyser(name: str) -> Any:
    # An analyser is borrowed while it works, so each thread has its own.
    pool: dict[str, Any] | None = getattr(_LOCAL, "analysers", None)
    if pool is None:
        pool = _LOCAL.analysers = {}
    if name not in pool:
        pool[name] = build_analyser(name)
    return pool[name]


def words(text: str, field: str) -> list[str]:
    """The indexed forms of a text's words, in order, as the index of that field sees them."""
    found: list[str] = _analyser(field).analyze(text)
    return found


@lru_cache(maxsize=65_536)
def stem(word: str, field: str) -> str:
    """The indexed form of one folded word, or the word itself when the analyser drops it."""
    found = words(word, field)
    return found[0] if found else word


def folded(text: str) -> list[str]:
    """Lower-case words without accents, unstemmed, in order."""
    return words(text, "xx")


def content(text: str, field: str) -> list[tuple[str, str]]:
    """(written, indexed) forms of the words that carry meaning; all of them when nothing else is left.

    Written forms are folded. Stemming is done on the accented text, word by word, so both lists stay aligned.
    """
    pairs = list(zip(folded(text), words(text, field), strict=False))
    kept = [pair for pair in pairs if pair[0] not in STOP_WORDS[field]]
    return kept or pairs


def language_of(text: str, given: str | None = None) -> str:
    """ISO 639-1 code of a text; `given` (or "und") where the text says too little.

    A short text is decided by its small words, which tell more than letters do; a longer one by letters.
    """
    found = folded(text[:_LOOK])
    if len(found) <= _SHORT:
        votes = {code: sum(word in marks for word in found) for code, marks in _MARKS.items()}
        if votes["fr"] != votes["en"]:
            return max(votes, key=lambda code: votes[code])
    return identify(text[:_LOOK].replace("\0", " "), given)
