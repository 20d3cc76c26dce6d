"""The brand's manner of writing: measured, and as the brand decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What the brand decided of its manner, of a language; what it left open is as measured.

    ``address``: "tu", "vous", "you", "none" or "" (as measured). Lengths: characters of title and meta description,
    words of a sentence and of the short and long description. ``pace``: words spoken in a minute.
    """

    address: str = ""
    exclamation: bool = False
    emoji: bool = False
    sentence_words: int = 14
    title_chars: int = 60
    short_words: int = 35
    long_words: int = 110
    meta_chars: int = 155
    pace: int = 150
    banned_words: tuple[str, ...] = ()
    banned_claims: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A version of the tone of a language. ``measured``: figures with intervals, lexicon and sentence lengths of
    :mod:`parvis.science.tone`, as plain values. ``version`` 0: nothing is kept yet."""

    language: str
    version: int
    rules: Rules
    measured: Mapping[str, Any] = field(default_factory=dict)
    texts: int = 0
    sentences: int = 0
    enough: bool = False
    address: str = ""
    actor_name: str = ""
    at: datetime | None = None

    @property
    def speaks(self) -> str:
        """How people are addressed: decided, else measured, else "vous" in French and "you" in English."""
        return self.rules.address or self.address or ("vous" if self.language == "fr" else "you")


@dataclass(frozen=True, kw_only=True, slots=True)
class BrandText:
    """A text that the brand gave to learn from."""

    id: int
    language: str
    title: str
    text: str
    actor_name: str
    at: datetime
