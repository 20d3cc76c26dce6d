"""What a search is taken to mean: the words as typed, or rightly spelled; what names have them, what reviews do."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext

from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Spoken

LONGEST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """``asked`` as typed; ``text`` as searched (the same unless ``corrected``). ``named``: names have all its words;
    ``some``: names have only some of them. ``exact``: as typed or not at all."""

    asked: str = ""
    text: str = ""
    exact: bool = False
    named: bool = False
    some: bool = False
    spoken: Spoken = field(default_factory=Spoken)

    @property
    def corrected(self) -> bool:
        """Whether something else than what was typed was searched for."""
        return self.text != self.asked

    @property
    def found(self) -> bool:
        """Whether any product answers, before filters."""
        return self.named or self.some or bool(self.spoken.products)


def clean(text: str) -> str:
    """A search as it is quoted back: one line, of a length that a person may have typed."""
    return " ".join(text.replace("\x00", "").split())[:LONGEST].rstrip()


def quoted(words: Iterable[str]) -> str:
    """Words in quotation marks, one after the other."""
    return ", ".join(gettext("“%(text)s”") % {"text": word} for word in words)


def search(asked: str, *, locale: str, exact: bool = False) -> Search:
    """Names as typed first, then right spelling by the words of the shop and of its reviews (unless ``exact``), then
    names that have some of the words. Reviews are searched for the same words."""
    if not asked:
        return Search()
    if _named(asked, locale):
        return Search(asked=asked, text=asked, exact=True, named=True, spoken=evidence.speaking(asked, locale=locale))
    right = asked if exact else _corrected(asked, locale)
    spoken = evidence.speaking(right, locale=locale)
    named = right != asked and _named(right, locale)
    if right != asked and not named and not spoken.products:
        # The correction leads nowhere either: stay with what was typed.
        right, spoken = asked, evidence.speaking(asked, locale=locale)
    # Some of the words are worth showing when no review has them all.
    some = not exact and not named and not spoken.products and catalog.search(text=right, locale=locale, limit=1).total
    return Search(asked=asked, text=right, exact=not some, named=named, some=bool(some), spoken=spoken)


def _named(text: str, locale: str) -> bool:
    return catalog.search(text=text, locale=locale, limit=1, exact=True).total > 0


def _corrected(asked: str, locale: str) -> str:
    """Each word that neither names nor reviews use, as they spell it; the others as typed."""
    words = catalog.corrections(asked, locale=locale)
    unsure = [word for word, (right, known) in words.items() if right is None and not known]
    right = {word: better for word, (better, _) in words.items() if better} | evidence.corrections(
        unsure, locale=locale
    )
    return " ".join(right.get(word, word) for word in words) if right else asked
