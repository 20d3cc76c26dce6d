"""What became of a request, and lists for the team."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from parvis.domains.voices.contracts.importing import ImportCheck, ImportPlan
from parvis.domains.voices.contracts.kinds import (
    DecidedBy,
    Desk,
    ImportState,
    Origin,
    Outcome,
    Reason,
    VoiceKind,
    VoiceState,
)
from parvis.domains.voices.contracts.moderation import Appeal, Proposal, Report
from parvis.domains.voices.contracts.values import Decision, Voice


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejection:
    """A row that was not taken: its position (0-based), a stable code, the message in English, and the message's
    parameters (``web.rejection_message`` says it in the reader's language)."""

    index: int
    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """What became of many rows. ``duplicates`` counts rows known before; ``duplicate_indexes`` says which."""

    accepted: tuple[int, ...]
    duplicates: int
    rejected: tuple[Rejection, ...]
    duplicate_indexes: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Examined:
    """Counts of one examination; ``skipped`` had been examined, decided by a person or withdrawn before."""

    read: int = 0
    published: int = 0
    held: int = 0
    refused: int = 0
    skipped: int = 0

    @property
    def any(self) -> bool:
        """Whether there was anything to look at."""
        return bool(self.read or self.published or self.held or self.refused or self.skipped)

    def __add__(self, other: "Examined") -> "Examined":
        return Examined(
            read=self.read + other.read,
            published=self.published + other.published,
            held=self.held + other.held,
            refused=self.refused + other.refused,
            skipped=self.skipped + other.skipped,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionConflict:
    """A voice that somebody else had decided about: who, what and when."""

    voice_id: int
    outcome: Outcome
    by: DecidedBy
    actor_id: int | None
    actor_name: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """The result of a bulk decision: hand ``decision_ids`` to ``actions.undo`` to take it back. ``proposed`` wait for
    a second person."""

    decision_ids: tuple[int, ...]
    voice_ids: tuple[int, ...]
    conflicts: tuple[DecisionConflict, ...] = ()
    proposed: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueFilters:
    """What to list; None means any. ``text`` searches title, text and author name. ``desk`` lists what waits there,
    whatever its state; ``by_value`` orders what is held by when a person should look."""

    state: VoiceState | None = VoiceState.HELD
    kind: VoiceKind | None = None
    reason: Reason | None = None
    product_id: int | None = None
    stars: int | None = None
    language: str | None = None
    origin: Origin | None = None
    with_photo: bool | None = None
    text: str = ""
    oldest_first: bool = True
    desk: Desk | None = None
    by_value: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueItem:
    """A voice with its original words, its reading, its latest decision, and what is open about it. ``burst``: the
    group of nearly the same words that it is in, and how many they are."""

    voice: Voice
    decision: Decision | None
    proposal: Proposal | None = None
    appeal: Appeal | None = None
    reports: tuple[Report, ...] = ()
    drawn: bool = False
    burst: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueCounts:
    """How many voices wait for a person, in all and by reason, kind and origin; ``unread`` wait for the machine."""

    held: int
    by_reason: Mapping[str, int]
    by_kind: Mapping[str, int]
    unread: int
    oldest_received_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionThread:
    """A question with its public answers, the brand's first, then by votes."""

    question: Voice
    answers: tuple[Voice, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicationDelay:
    """Seconds from reception to publication of voices received since a moment; None when there are none."""

    count: int
    median_seconds: float | None
    p90_seconds: float | None
    by_machine_share: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportRun:
    """An import and how far it is. ``rows`` = accepted + rejected + duplicates; ``replies``: answers of the brand that
    came with them; ``photos``: addresses of photos to be fetched. ``share`` 0..1 of the file."""

    id: int
    file_name: str
    format: str
    encoding: str
    state: ImportState
    rows: int
    accepted: int
    rejected: int
    duplicates: int
    share: float
    error_code: str
    error: str
    created_by: int | None
    created_at: datetime
    finished_at: datetime | None
    ignored_columns: tuple[str, ...] = ()
    error_params: Mapping[str, Any] = field(default_factory=dict)
    replies: int = 0
    photos: int = 0
    plan: ImportPlan | None = None
    check: ImportCheck | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectedRow:
    """A row that an import did not take: its line in the file (1-based, the header counts), why, and the row."""

    line: int
    code: str
    message: str
    row: Mapping[str, str]
    params: Mapping[str, Any] = field(default_factory=dict)
