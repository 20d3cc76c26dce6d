"""A sentence, what it leans on, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Part(StrEnum):
    """A part of a draft."""

    TITLE = "title"
    SHORT = "short"
    LONG = "long"
    META = "meta"
    HOOK = "hook"
    PROOF = "proof"
    DEMONSTRATION = "demonstration"
    OBJECTION = "objection"
    CALL = "call"


class RefKind(StrEnum):
    """What a sentence leans on."""

    FACT = "fact"  # what the catalogue states
    VOICE = "voice"  # one voice's own words
    COUNT = "count"  # how many voices lean which way
    CALL = "call"  # nothing is claimed: it invites


@dataclass(frozen=True, kw_only=True, slots=True)
class Ref:
    """One support of a sentence. ``quote`` are the words it leans on: of the catalogue (``key`` names the fact), of a
    voice (``start`` and ``end`` in its text), or of a count ("9 of 24")."""

    kind: RefKind
    key: str
    quote: str
    voice_id: int = 0
    start: int = 0
    end: int = 0
    numbers: tuple[int, ...] = ()


class FaultKind(StrEnum):
    """Why a sentence is blocked."""

    REGULATED = "regulated"
    BANNED = "banned"
    UNSUPPORTED = "unsupported"
    NUMBER = "number"
    MISQUOTED = "misquoted"
    CONTRADICTED = "contradicted"
    LINK = "link"
    ADDRESS = "address"  # tu for vous
    MANNER = "manner"  # exclamation or emoji that the brand does not use


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Why a sentence is blocked; ``detail`` says it in plain values: family, words, against, of, low, high."""

    kind: FaultKind
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A sentence with what it leans on. ``faults`` empty: it stands."""

    text: str
    refs: tuple[Ref, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether it may be published."""
        return not self.faults


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Of the ``reviews`` with text of a product, ``count`` lean ``sign`` on an aspect and ``against`` the other way."""

    aspect: str
    sign: str
    count: int
    against: int
    reviews: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """What may be said of a product, and in which words: facts by key, counts, and passages of public voices.

    ``said`` are voices' passages as refs; ``bodies`` the whole texts they stand in (lower case) for checking
    quotations; ``labels`` names what is said of an aspect ("texture:pro"); ``kind`` of product for reading.
    """

    product_id: int
    language: str
    name: str
    brand: str
    category: str
    kind: str | None
    facts: Mapping[str, str]
    counts: tuple[Count, ...]
    said: tuple[Ref, ...]
    languages: Mapping[int, str]
    authors: Mapping[int, str]
    labels: Mapping[str, str]
    reviews: int = 0
    sizes: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()


_TEXT_PARTS = (Part.TITLE, Part.SHORT, Part.LONG, Part.META)
_SCRIPT_PARTS = (Part.HOOK, Part.PROOF, Part.DEMONSTRATION, Part.OBJECTION, Part.CALL)


def part_keys(kind: str) -> tuple[Part, ...]:
    """The parts of a kind of draft, in order."""
    return _TEXT_PARTS if kind == "text" else _SCRIPT_PARTS
