"""A voice, its reading, its photos, the decisions about it; and a voice on its way in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from parvis.domains.voices.contracts.kinds import AuthorRole, DecidedBy, Origin, Outcome, Reason, VoiceKind, VoiceState
from parvis.domains.voices.contracts.video import Video


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A passage, ``start`` to ``end`` (exclusive) in code points; ``kind`` is email, phone, address, card, iban,
    national_id or link.

    ``field`` is the column it lies in: text, title or author_name.
    """

    start: int
    end: int
    kind: str
    field: str = "text"


@dataclass(frozen=True, kw_only=True, slots=True)
class AspectSpan:
    """An aspect spoken of, its polarity -1..1 (exactly 0: named and not judged), the passage to quote (``start`` to
    ``end``) and the words that say it (``at`` to ``to``; 0 and 0 where an older reading did not keep them)."""

    aspect: str
    polarity: float
    start: int
    end: int
    at: int = 0
    to: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """What the author says of the author: attribute, value in one unit (``science.text.attributes``) and where."""

    attribute: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """What the voice wants: question, complaint, praise or purchase, and how surely (.5..1)."""

    intent: str
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """Words that betray an interest: free_product, employee, paid, relation or rival."""

    ground: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What Parvis understood of a voice. ``stars`` is what the text alone sounds like (1..5); ``interest`` how probably
    the author has an interest (0..1), disclosed or not, with its ``grounds``."""

    voice_id: int
    model: str
    language: str
    sentiment: float
    stars: float
    toxicity: float
    spam: float
    aspects: tuple[AspectSpan, ...] = ()
    personal: tuple[Span, ...] = ()
    attributes: tuple[Stated, ...] = ()
    intents: tuple[Intent, ...] = ()
    interest: float = 0.0
    grounds: tuple[Ground, ...] = ()
    read_at: datetime | None = None

    def stated(self, attribute: str) -> str:
        """The value of an attribute that the author stated, or the empty string."""
        return next((each.value for each in self.attributes if each.attribute == attribute), "")

    def wants(self, intent: str) -> bool:
        """Whether this intent was heard."""
        return any(each.intent == intent for each in self.intents)


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
    replaced by a hash of the content (imports, API) or by a random one (storefront). ``syndicated_from`` names where it
    was first published ("Trustpilot"), ``syndicated_url`` is its address there; both are shown with it."""

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
    syndicated_from: str = ""
    syndicated_url: str = ""
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
    syndicated_from: str
    syndicated_url: str
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
    video: Video | None = None
    reading: Reading | None = None
    original_title: str | None = None
    original_text: str | None = None

    @property
    def is_public(self) -> bool:
        return self.state is VoiceState.PUBLISHED
