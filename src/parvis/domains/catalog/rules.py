"""Pure decisions of the catalogue: prior prices, slugs, and how a search text becomes words."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from parvis.core.errors import ParvisError
from parvis.science.retrieval import closest

PRIOR_DAYS = 30
_GTIN_LENGTHS = (8, 12, 13, 14)
_WORD = re.compile(r"[a-z0-9]+")
# Small words that say nothing of a product; ours, since the bundled server ships no stop-word files.
_SMALL_WORDS = {
    "en": frozenset(_WORD.findall("a an and any as at by for from i in is it me my of on or some the this to with")),
    "fr": frozenset(
        _WORD.findall(
            "a au aux avec ce cet cette ces d dans de des du elle en et il j l la le les ma mes mon ou par pour que"
            " qui s sans sur un une"
        )
    ),
}
MAX_WORDS = 12


class NotAGtin(ParvisError):
    """``value`` is no GTIN: the wrong number of digits, or a wrong check digit."""

    code = "not_a_gtin"
    status = 422
    template = (
        "%(value)s is no GTIN (EAN, UPC): it has 8, 12, 13 or 14 digits, of which the last one checks the others."
    )


class GtinTaken(ParvisError):
    """Two variants would have one number."""

    code = "gtin_taken"
    status = 409
    template = "%(gtin)s is already the number of %(sku)s."


def gtin(text: str) -> str:
    """The number of a barcode in its shortest standard form, of 8, 12, 13 or 14 digits; "" for nothing.

    Spaces and hyphens are left out, and leading zeros too: 0 35417 10238 4 and 00035417102384 are one number. Raises
    :class:`NotAGtin` when the check digit (GS1, modulo 10) is wrong.
    """
    digits = re.sub(r"[\s\-]", "", text)
    if not digits:
        return ""
    if not (digits.isascii() and digits.isdigit() and len(digits) in _GTIN_LENGTHS) or not digits.strip("0"):
        raise NotAGtin(value=text.strip()[:40])
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits[:-1])))
    if (weighted + int(digits[-1])) % 10:
        raise NotAGtin(value=text.strip()[:40])
    bare = digits.lstrip("0")
    return bare.zfill(next(length for length in _GTIN_LENGTHS if length >= len(bare)))


def fold(text: str) -> str:
    """Lower case without accents, ligatures opened: "Été, œuvre" becomes "ete, oeuvre"."""
    opened = text.lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    return "".join(char for char in unicodedata.normalize("NFKD", opened) if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return _WORD.findall(fold(text))


def search_words(text: str, locale: str) -> list[str]:
    """The words of a search worth looking for; small ones when nothing else is left, never signs and single characters
    alone (half the shop begins with a "1"). At most MAX_WORDS."""
    found = list(dict.fromkeys(words(text)))
    small = _SMALL_WORDS.get(locale, frozenset())
    kept = [word for word in found if word not in small] or found
    return kept[:MAX_WORDS] if any(len(word) > 1 for word in kept) else []


def search_terms(found: Sequence[str]) -> list[str]:
    """Words as terms of to_tsquery. Words of three letters or more match what begins with them; so does the last
    word whatever its length (it may be half typed); shorter words and numbers in the middle match exactly."""
    last = len(found) - 1
    return [
        f"{word}:*" if index == last or (len(word) >= 3 and not word.isdigit()) else word
        for index, word in enumerate(found)
    ]


def corrected(found: Sequence[str], vocabulary: Mapping[str, int]) -> list[str]:
    """The words with each that the vocabulary lacks replaced by the one it is a slip of ("swaeter"), if any."""
    return [word if word in vocabulary else closest(word, vocabulary) or word for word in found]


def slug(text: str) -> str:
    """A text as the last part of an address; "product" when nothing is left of it."""
    return "-".join(words(text))[:150].strip("-") or "product"


def lowest_in_force(history: Sequence[tuple[datetime, int]], *, since: datetime, until: datetime) -> int | None:
    """The lowest price in force at any moment of [since, until).

    ``history`` holds (from, amount) in any order; None when no price was in force then.
    """
    points = sorted(point for point in history if point[0] < until)
    inside = [amount for from_at, amount in points if from_at > since]
    before = [amount for from_at, amount in points if from_at <= since]
    amounts = inside + before[-1:]
    return min(amounts, default=None)


def prior_price(history: Sequence[tuple[datetime, int]], *, amount: int, at: datetime) -> int | None:
    """The price to announce beside a reduction to ``amount`` at ``at``: the lowest of the 30 days before it
    (directive 98/6/EC, article 6a; code de la consommation, L112-1-1). None when ``amount`` is not below it: then
    there is no reduction to announce, whatever yesterday's price was."""
    lowest = lowest_in_force(history, since=at - timedelta(days=PRIOR_DAYS), until=at)
    return lowest if lowest is not None and lowest > amount else None
