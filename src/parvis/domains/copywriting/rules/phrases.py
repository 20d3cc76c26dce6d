"""Ready-made phrases with places to fill (``data/phrases.csv``, ``data/said.csv``). Written so that what is filled in
needs no agreement: French names what is said of an aspect as a group with its article."""

import csv
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from parvis.domains.copywriting.contracts import Count

_DATA = Path(__file__).parent / "data"
_VOWELS = "aeiouyhàâéèêëîïôûœ"


@lru_cache(maxsize=1)
def _phrases() -> tuple[Mapping[str, str], ...]:
    with (_DATA / "phrases.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


@lru_cache(maxsize=1)
def _said() -> Mapping[str, Mapping[str, str]]:
    with (_DATA / "said.csv").open(encoding="utf-8", newline="") as stream:
        return {row["aspect"]: row for row in csv.DictReader(stream)}


def templates(language: str, slot: str, address: str = "") -> list[str]:
    """The templates of a slot; those of a form of address where the slot has such."""
    rows = [row for row in _phrases() if row["language"] == language and row["slot"] == slot]
    return [row["template"] for row in rows if not row["address"] or row["address"] == address]


def spoken_of(aspect: str, sign: str, language: str) -> str:
    """What reviews that lean so speak of, as a noun group; "" for an aspect of the brand's own without one."""
    return _said().get(aspect, {}).get(f"{sign}_{language}", "")


def counted(count: Count, language: str) -> dict[str, str]:
    """What the templates of counts take."""
    what = spoken_of(count.aspect, count.sign, language)
    dissent = short = ""
    if count.against:
        if language == "fr":
            dissent = f", {count.against} {'dit' if count.against == 1 else 'disent'} le contraire"
            short = f", {count.against} contre"
        else:
            dissent = f", {count.against} {'says' if count.against == 1 else 'say'} the opposite"
            short = f", {count.against} against"
    return {
        "n": str(count.count),
        "total": str(count.reviews),
        "what": what,
        "what_cap": capital(what),
        "de_what": f"d’{what}"
        if what[:1] in _VOWELS
        else f"de {what}".replace("de des ", "d’").replace("de de ", "de "),
        "dissent": dissent,
        "dissent_short": short,
    }


def joined(items: Sequence[str], language: str) -> str:
    """A, B and C."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {'et' if language == 'fr' else 'and'} {items[-1]}"


def capital(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """With a small first letter, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
