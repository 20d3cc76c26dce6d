"""The texts under which the shop sells, each version kept for good."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LegalKind(StrEnum):
    TERMS = "terms"  # of sale
    WITHDRAWAL = "withdrawal"  # how to change one's mind, with the model form
    NOTICE = "notice"  # who publishes and sells
    PRIVACY = "privacy"


# Shown before the button of every order, and kept with it.
AT_ORDER = (LegalKind.TERMS, LegalKind.WITHDRAWAL, LegalKind.PRIVACY)


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalText:
    """A version of a text in both languages: paragraphs between empty lines, headings begin with "# ". ``own``: the
    brand wrote it; otherwise it was made from its settings."""

    kind: LegalKind
    version: int
    text_en: str
    text_fr: str
    own: bool
    actor_id: int | None
    at: datetime

    def text(self, locale: str) -> str:
        return self.text_fr if locale == "fr" else self.text_en
