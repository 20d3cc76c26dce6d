"""Undo the disguises of insults: look-alike letters, digits for letters, spaced or stretched letters, starred words.

``plain`` gives the text as a reader would hear it. It is used beside the text itself, never instead of it, and only for
toxicity and spam: sizes, prices and quotes keep their own form. Only texts that look disguised pay for it.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import lru_cache

from parvis.science.text.files import folder

_LOOKALIKES = str.maketrans(
    "аеорсухікмтвнѕјԁɡһӏαοερτυνικβΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХІЅЈı",
    "aeopcyxikmtbhsjdghlaoeptuvikbABEZHIKMNOPTYXABEKMHOPCTYXISJi",
)
_BOXED = {first + i: chr(65 + i) for first in (0x1F130, 0x1F150, 0x1F170) for i in range(26)}
_DIGITS = str.maketrans("0134578@$€|", "oieastbasel")
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_LATIN = re.compile(r"[a-zA-Z]")
_MIXED = re.compile(r"(?<![\w@$€|])(?=[\w@$€|]*[^\W\d_])(?=[\w@$€|]*[0134578@$€|])[\w@$€|]{3,30}(?![\w@$€|])")
_UNIT = re.compile(
    r"^\d+[a-zA-Z]{1,3}$|^[a-zA-Z]{1,2}\d+$|^\d[^\W\d_]+$|^\w*\d\d+\w*$|^\d+ft\d*|^@|^[dl]\d", re.IGNORECASE
)
_SPACED = re.compile(r"(?<![\w'’])[^\W\d_](?:[ .\-_*·/]{1,2}[^\W\d_]){3,20}(?![\w'’])")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_STARRED = re.compile(r"(?<![\w*])(?=[\w*]*[^\W\d_])[^\W_]*\*[\w*]*(?![\w*])")
_SUSPECT = re.compile(r"[\u0370-\u052f*@$€|\u0300-\u036f\U0001f130-\U0001f189]|\d[^\W\d_]|[^\W\d_]\d")
_LONE = re.compile(r"(?:^|[ .\-_*·/])[^\W\d_][ .\-_*·/]{1,2}[^\W\d_][ .\-_*·/]")
_MARKS = re.compile(r"[0-9*@$€|\u0300-\u052f\U0001f130-\U0001f189]")
_TRIPLES = tuple(3 * letter for letter in "aeiouytrpsdfghjklmwxcvbnqzéèà")
_MOST = 4000  # code points looked at


def plain(text: str) -> str:
    """The text without its disguises; the same object when it has none.

    >>> plain("esp\u00e8ce de c0nn4rd")
    'espèce de connard'
    >>> plain("f.d.p"), plain("c o n n a r d"), plain("size 5XL, 100% co2")
    ('f.d.p', 'connard', 'size 5XL, 100% co2')
    """
    held = text[:_MOST]
    if not _suspect(held):
        return text
    if _FOREIGN.search(held):
        held = " ".join(map(_one_script, held.split(" ")))
    if any(unicodedata.combining(c) for c in held):
        held = "".join(c for c in unicodedata.normalize("NFC", held) if not unicodedata.combining(c))
    held = held.translate(_BOXED)
    held = _SPACED.sub(lambda found: re.sub(r"[ .\-_*·/]", "", found.group()), held)
    held = _MIXED.sub(_letters, held)
    held = _STARRED.sub(_guess, held)
    held = _STRETCHED.sub(r"\1", held)
    return text if held == text else held


def _suspect(text: str) -> bool:
    """Whether the text may be disguised at all: quick, since nearly every text is not."""
    if _MARKS.search(text) and _SUSPECT.search(text):
        return True
    low = text.lower()
    return any(triple in low for triple in _TRIPLES) or _LONE.search(text) is not None


def _one_script(word: str) -> str:
    """A word that mixes scripts, or that only borrows look-alikes, in Latin letters."""
    turned = word.translate(_LOOKALIKES)
    alone = not _FOREIGN.search(turned)
    return turned if alone and (_LATIN.search(word) or _folded(turned) in _insults()) else word


def _letters(found: re.Match[str]) -> str:
    word, after = found.group(), found.string[found.end() : found.end() + 2]
    address = "@" in word and after[:1] == "." and after[1:].isalnum()
    return word if address or _UNIT.match(word) else word.translate(_DIGITS)


def _guess(found: re.Match[str]) -> str:
    """The listed insult that a starred word hides, when there is one."""
    word = _folded(found.group())
    if len(word) < 3 or 2 * word.count("*") > len(word):
        return found.group()
    loose = re.compile(".".join(map(re.escape, word.split("*"))))
    return next((each for each in _insults_in_order() if loose.fullmatch(each)), found.group())


def _folded(word: str) -> str:
    spread = unicodedata.normalize("NFKD", word.lower())
    return "".join(c for c in spread if not unicodedata.combining(c))


@lru_cache(maxsize=1)
def _insults_in_order() -> tuple[str, ...]:
    """Single words of slurs, insults and swearing, shortest first."""
    with (folder("data") / "concepts.csv").open(encoding="utf-8", newline="") as held:
        rows = [r for r in csv.DictReader(held) if r["concept"] in ("slur", "insult", "swear")]
    words = {_folded(w) for r in rows for w in r["words"].split("|") if " " not in w}
    return tuple(sorted(words, key=lambda w: (len(w), w)))


@lru_cache(maxsize=1)
def _insults() -> frozenset[str]:
    return frozenset(_insults_in_order())
