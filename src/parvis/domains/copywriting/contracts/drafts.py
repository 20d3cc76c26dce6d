"""A draft with its versions, and what was published of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from parvis.domains.copywriting.contracts.sentences import Part, Sentence


class Kind(StrEnum):
    """What is written: the texts of a product page, or a script of so many seconds."""

    TEXT = "text"
    SCRIPT_15 = "script_15"
    SCRIPT_45 = "script_45"
    SCRIPT_90 = "script_90"

    @property
    def seconds(self) -> int:
        """How long a script runs; 0 for texts."""
        return 0 if self is Kind.TEXT else int(self.value.rpartition("_")[2])


class DraftState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # for approval
    APPROVED = "approved"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class Written(StrEnum):
    """Who wrote a version."""

    TEMPLATES = "templates"
    MODEL = "model"
    PERSON = "person"


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """What a draft has lost: the sentence, and why it no longer stands."""

    part: Part
    text: str
    fault: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftVersion:
    """One version: its parts, each a row of sentences. ``cost_minor`` and ``latency_ms`` are those of the model."""

    number: int
    parts: Mapping[Part, tuple[Sentence, ...]]
    by: Written
    actor_id: int | None
    actor_name: str
    model: str
    cost_minor: Decimal | None
    latency_ms: int | None
    seed: int
    profile: int
    at: datetime

    @property
    def blocked(self) -> int:
        """How many sentences may not be published."""
        return sum(not each.stands for sentences in self.parts.values() for each in sentences)

    def text(self, part: Part) -> str:
        """A part as one text, blocked sentences left out."""
        return " ".join(each.text for each in self.parts.get(part, ()) if each.stands)


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """``version`` is the present one's number: what an editor must hand back. ``losses``: support that went."""

    id: int
    product_id: int
    language: str
    kind: Kind
    state: DraftState
    version: int
    current: DraftVersion
    approved_version: int | None
    approved_by: str
    approved_at: datetime | None
    losses: tuple[Loss, ...]
    lost_at: datetime | None
    created_at: datetime
    changed_at: datetime
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftRow:
    """A draft as a list shows it."""

    id: int
    product_id: int
    language: str
    kind: Kind
    state: DraftState
    blocked: int
    losses: int
    changed_at: datetime
    simulated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """What a draft wrote in the catalogue, and what stood there before; both by field of the catalogue."""

    id: int
    draft_id: int
    version: int
    before: Mapping[str, str]
    after: Mapping[str, str]
    actor_name: str
    at: datetime
    undone_at: datetime | None
    undone_by: str
