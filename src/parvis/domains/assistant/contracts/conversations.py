"""Conversations with their turns, as others see them, and what they sum up to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from parvis.domains.assistant.contracts.answers import (
    Compared,
    Filter,
    OrderFact,
    Passage,
    Sentence,
    SizeAdvice,
    Suggestion,
)
from parvis.domains.assistant.contracts.kinds import Asker, Hint, Intent, Outcome, Resolution, Side, Surface, Word
from parvis.domains.evidence.contracts import AspectCount


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A question and what came back, as it may be shown now: withdrawn voices are gone, counts are today's."""

    id: int
    conversation_id: int
    number: int
    asker: Asker
    text: str
    language: str
    intent: Intent
    outcome: Outcome
    certainty: float
    at: datetime
    product_id: int | None
    resolution: Resolution
    word: Word | None
    passages: tuple[Passage, ...] = ()
    points: tuple[AspectCount, ...] = ()
    filters: tuple[Filter, ...] = ()
    hints: tuple[Hint, ...] = ()
    size: SizeAdvice | None = None
    comparison: tuple[Compared, ...] = ()
    cards: tuple[int, ...] = ()
    orders: tuple[OrderFact, ...] = ()
    terms: tuple[str, ...] = ()
    next: tuple[Suggestion, ...] = ()
    written: tuple[Sentence, ...] = ()
    dropped: int = 0
    model: str = ""
    writable: bool = False
    leans: bool = False
    public_voice_id: int | None = None
    added_variant_id: int | None = None

    @property
    def gone(self) -> int:
        """How many of the voices shown have been withdrawn since."""
        return sum(passage.gone for passage in self.passages)

    def side(self, side: Side) -> tuple[Passage, ...]:
        """The passages on one side, without those that are gone."""
        return tuple(each for each in self.passages if each.side is side and not each.gone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """Where a question of a live show comes from: the room, the product on screen, and those of the show in the order
    in which it shows them."""

    id: int
    product_id: int | None
    product_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """An answer short enough to be read while somebody speaks: one voice for it, one against it, and a clip to play
    where there is one. ``turn`` has the rest; ``product_id`` is what the question was taken to be about."""

    turn: Turn
    product_id: int | None
    says: Passage | None = None
    against: Passage | None = None
    clip: Passage | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """Everything of a conversation. ``token`` is the key of whoever holds it. ``revision`` grows with every change."""

    id: int
    token: str
    locale: str
    surface: Surface
    customer_id: int | None
    product_id: int | None
    started_at: datetime
    last_at: datetime
    resolution: Resolution | None
    handed_over_at: datetime | None
    answered_at: datetime | None
    contact_email: str
    revision: int
    turns: tuple[Turn, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a person of the team is asked for and has not answered."""
        return self.handed_over_at is not None and (self.answered_at is None or self.answered_at < self.handed_over_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A conversation in a list."""

    id: int
    locale: str
    surface: Surface
    customer_id: int | None
    product_id: int | None
    first_question: str
    turns: int
    last_at: datetime
    resolution: Resolution | None
    waits: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """``count`` of all, its share with a 95 % interval (None without any)."""

    count: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How conversations of a stretch of time ended. ``asked`` counts questions, ``unsaid`` those nobody has said
    anything to, ``worded`` those that the shopper judged; ``agreement`` is how often rules and shopper say the same."""

    conversations: int
    by_resolution: Mapping[Resolution, Share]
    asked: int
    unsaid: Share
    worded: Share
    agreement: Share
    added: Share
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsaid:
    """A question that nobody has said anything to, as often as it was asked of a product."""

    product_id: int | None
    text: str
    times: int
    last_at: datetime
    public_voice_id: int | None
