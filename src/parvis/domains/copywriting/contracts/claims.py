"""Claims that law or the brand bars."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What a claim needs."""

    NEVER = "never"  # no proof makes it lawful here
    PROOF = "proof"  # the brand holds a document that proves it
    FACT = "fact"  # the catalogue states it in these words


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimFamily:
    """A family of claims: what it is, why it is barred, the law in both languages, where the law stands."""

    key: str
    verdict: Verdict
    name_en: str
    name_fr: str
    why_en: str
    why_fr: str
    law: str
    law_fr: str
    source: str
    examples_en: tuple[str, ...] = ()
    examples_fr: tuple[str, ...] = ()

    def name(self, locale: str) -> str:
        """Its name in a language."""
        return self.name_fr if locale == "fr" else self.name_en

    def law_named(self, locale: str) -> str:
        """The law, in a language."""
        return self.law_fr if locale == "fr" else self.law

    def why(self, locale: str) -> str:
        """Why it is barred, in a language."""
        return self.why_fr if locale == "fr" else self.why_en


@dataclass(frozen=True, kw_only=True, slots=True)
class Barred:
    """Words found in a text that a family bars; ``start`` and ``end`` lie in the text as it was folded."""

    family: str
    words: str
    verdict: Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimProof:
    """A document that proves a claim of a product (None: of the whole range): ``words`` are those that it allows."""

    id: int
    family: str
    words: str
    product_id: int | None
    reference: str
    until: datetime | None
    actor_name: str
    at: datetime
