"""What others see of a voice: frozen values, enums and events.

A voice is public only in the state ``published``. Events tell that something happened; since they are delivered at
least once and by several workers, a listener looks at the voice's present state (``queries.voices``) and acts on that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from parvis.core.events import Event, declare


class VoiceKind(StrEnum):
    """What sort of thing was said."""

    REVIEW = "review"
    QUESTION = "question"
    ANSWER = "answer"
    COMMENT = "comment"


class VoiceState(StrEnum):
    """Where a voice stands; only ``published`` is public."""

    HELD = "held"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What a decision does."""

    PUBLISH = "publish"
    HOLD = "hold"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"

    @property
    def state(self) -> VoiceState:
        """The state that this outcome leads to."""
        return _STATE_AFTER[self]


_STATE_AFTER: Mapping[Outcome, VoiceState] = {
    Outcome.PUBLISH: VoiceState.PUBLISHED,
    Outcome.HOLD: VoiceState.HELD,
    Outcome.REFUSE: VoiceState.REFUSED,
    Outcome.WITHDRAW: VoiceState.WITHDRAWN,
}


class DecidedBy(StrEnum):
    """Who decided: the rules with their models, a member of the team, or the author about the own voice."""

    MACHINE = "machine"
    PERSON = "person"
    AUTHOR = "author"


class Origin(StrEnum):
    """Where the voice came in."""

    STOREFRONT = "storefront"
    IMPORT = "import"
    API = "api"
    DEMO = "demo"


class AuthorRole(StrEnum):
    """In which role the author speaks; shown as a label."""

    SHOPPER = "shopper"
    OWNER = "owner"
    BRAND = "brand"


class Reason(StrEnum):
    """Grounds of a decision. Their labels in French and English are in ``web.reason_label``."""

    # published
    SOUND = "sound"
    APPROVED = "approved"
    # held: a person looks
    TOXICITY_UNSURE = "toxicity_unsure"
    SPAM_UNSURE = "spam_unsure"
    PERSONAL_DATA = "personal_data"
    LINKS = "links"
    LANGUAGE = "language"
    TOO_SHORT = "too_short"
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"
    STARS_CONTRADICT = "stars_contradict"
    PHOTO_UNSEEN = "photo_unseen"
    NOT_READ = "not_read"
    SECOND_LOOK = "second_look"
    # refused
    TOXIC = "toxic"
    SPAM = "spam"
    OFF_TOPIC = "off_topic"
    NOT_GENUINE = "not_genuine"
    INTEREST = "interest"
    UNLAWFUL = "unlawful"
    RIGHTS = "rights"
    # withdrawn
    AUTHOR_REQUEST = "author_request"
    ERASURE = "erasure"
    # any
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A passage, ``start`` to ``end`` (exclusive) in code points; ``kind`` is email, phone, card, iban or link.

    ``field`` is the column it lies in: text, title or author_name.
    """

    start: int
    end: int
    kind: str
    field: str = "text"


@dataclass(frozen=True, kw_only=True, slots=True)
class AspectSpan:
    """An aspect spoken of, its polarity -1..1 and where in the text (code points)."""

    aspect: str
    polarity: float
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What Parvis understood of a voice. ``stars`` is what the text alone sounds like (1..5)."""

    voice_id: int
    model: str
    language: str
    sentiment: float
    stars: float
    toxicity: float
    spam: float
    aspects: tuple[AspectSpan, ...] = ()
    personal: tuple[Span, ...] = ()
    read_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One line of the append-only trail. ``undoes`` is the decision that this one takes back."""

    id: int
    voice_id: int
    outcome: Outcome
    by: DecidedBy
    actor_id: int | None
    reason: Reason
    note: str
    model: str
    scores: Mapping[str, float]
    state_before: VoiceState
    state_after: VoiceState
    at: datetime
    undoes: int | None = None
    undone: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """A photo of a voice. ``path`` and ``thumb`` are relative to MEDIA_ROOT; ``url`` and ``thumb_url`` are served."""

    id: int
    path: str
    thumb: str
    url: str
    thumb_url: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewVoice:
    """A voice on its way in. ``origin`` with ``origin_ref`` makes the write idempotent; an empty ``origin_ref`` is
    replaced by a hash of the content (imports, API) or by a random one (storefront)."""

    kind: VoiceKind = VoiceKind.REVIEW
    product_id: int | None = None
    title: str = ""
    text: str = ""
    stars: int | None = None
    author_name: str = ""
    author_role: AuthorRole = AuthorRole.SHOPPER
    customer_id: int | None = None
    language: str = ""
    experienced_on: date | None = None
    submitted_at: datetime | None = None
    verified: bool = False
    order_ref: str = ""
    incentive: str = ""
    size_worn: str = ""
    fit_felt: int | None = None
    age: int | None = None
    height_cm: int | None = None
    origin: Origin = Origin.STOREFRONT
    origin_ref: str = ""
    votes_up: int = 0
    votes_down: int = 0
    photos: tuple[bytes, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    parent_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """A voice as it may be shown: in ``title``, ``text`` and ``author_name`` personal data is masked by as many
    bullets, so that positions in code points stay true. ``original_title`` and ``original_text`` are filled only on
    request, for the team. ``provenance`` names what is simulated; absent attributes are real."""

    id: int
    kind: VoiceKind
    state: VoiceState
    product_id: int | None
    parent_id: int | None
    customer_id: int | None
    author_name: str
    author_role: AuthorRole
    title: str
    text: str
    stars: int | None
    language: str
    submitted_at: datetime
    received_at: datetime
    published_at: datetime | None
    experienced_on: date | None
    verified: bool
    order_ref: str
    incentive: str
    size_worn: str
    fit_felt: int | None
    age: int | None
    height_cm: int | None
    origin: Origin
    origin_ref: str
    votes_up: int
    votes_down: int
    provenance: Mapping[str, str]
    reason: Reason | None = None
    decided_by: DecidedBy | None = None
    decided_at: datetime | None = None
    media: tuple[Media, ...] = ()
    reading: Reading | None = None
    original_title: str | None = None
    original_text: str | None = None

    @property
    def is_public(self) -> bool:
        return self.state is VoiceState.PUBLISHED


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
    """The result of a bulk decision: hand ``decision_ids`` to ``actions.undo`` to take it back."""

    decision_ids: tuple[int, ...]
    voice_ids: tuple[int, ...]
    conflicts: tuple[DecisionConflict, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueFilters:
    """What to list; None means any. ``text`` searches title, text and author name."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueItem:
    """A voice with its original words, its reading and its latest decision."""

    voice: Voice
    decision: Decision | None


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


class ImportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportRun:
    """An import and how far it is. ``rows`` = accepted + rejected + duplicates. ``share`` 0..1 of the file."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectedRow:
    """A row that an import did not take: its line in the file (1-based, the header counts), why, and the row."""

    line: int
    code: str
    message: str
    row: Mapping[str, str]
    params: Mapping[str, Any] = field(default_factory=dict)


@declare
@dataclass(frozen=True, kw_only=True)
class VoiceReceived(Event):
    """A voice was saved as held."""

    name: ClassVar[str] = "voices.received"
    voice_id: int
    kind: str
    product_id: int | None


@declare
@dataclass(frozen=True, kw_only=True)
class VoicePublished(Event):
    """A voice became public; its reading exists by then."""

    name: ClassVar[str] = "voices.published"
    voice_id: int
    kind: str
    product_id: int | None


@declare
@dataclass(frozen=True, kw_only=True)
class VoiceHeld(Event):
    """A voice waits for a person."""

    name: ClassVar[str] = "voices.held"
    voice_id: int


@declare
@dataclass(frozen=True, kw_only=True)
class VoiceRefused(Event):
    """A voice was refused."""

    name: ClassVar[str] = "voices.refused"
    voice_id: int


@declare
@dataclass(frozen=True, kw_only=True)
class VoiceWithdrawn(Event):
    """A voice that was public is no longer (withdrawn, refused or held again), or its author took it back: whatever
    was derived from it has to go."""

    name: ClassVar[str] = "voices.withdrawn"
    voice_id: int
    kind: str
    product_id: int | None


@declare
@dataclass(frozen=True, kw_only=True)
class VotesChanged(Event):
    """The votes of a voice moved."""

    name: ClassVar[str] = "voices.votes_changed"
    voice_id: int
    product_id: int | None
