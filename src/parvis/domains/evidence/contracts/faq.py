"""Frequent questions as others see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parvis.core.errors import Conflict, Invalid


class FaqState(StrEnum):
    """Where an entry stands; only ``approved`` is public."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    RETRACTED = "retracted"


class FaqScope(StrEnum):
    """What a frequent question is about."""

    PRODUCT = "product"
    CATEGORY = "category"
    SHOP = "shop"


class FaqReason(StrEnum):
    """Why an entry left the page, or wants to be looked at."""

    SUPPORT = "support"  # voices that it rests on were withdrawn
    QUOTED = "quoted"  # its text quotes a voice that was withdrawn
    OLD = "old"  # nobody has looked at it for long
    PERSON = "person"  # somebody of the team took it back


@dataclass(frozen=True, kw_only=True, slots=True)
class FaqSupport:
    """A voice's own words under an answer, in their ``language``; ``provenance`` as of the voice."""

    voice_id: int
    quote: str
    language: str
    provenance: Mapping[str, str]
    polarity: float
    author_name: str
    submitted_at: datetime
    stars: int | None
    verified: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FaqEntry:
    """A question and its answer. ``asked`` people asked it in all languages, first and last at these times,
    ``asked_privately`` of them in private; ``lost``
    counts the voices that it rested on when it was approved and that are public no longer; ``look_again`` says why
    somebody should look at it (None: nothing)."""

    id: int
    need_id: int
    scope: FaqScope
    product_id: int | None
    category_key: str
    locale: str
    state: FaqState
    question: str
    answer: str
    asked: int
    asked_privately: int
    first_asked_at: datetime | None
    last_asked_at: datetime | None
    supports: tuple[FaqSupport, ...]
    lost: int
    revision: int
    checked_at: datetime
    changed_at: datetime
    decided_by: int | None
    reason: FaqReason | None
    look_again: FaqReason | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FaqAsked:
    """A question as somebody put it; ``voice_id`` None: in private, personal data masked, for the team's eyes."""

    voice_id: int | None
    text: str
    language: str
    asked_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A question that somebody put in private. ``ref`` names it for ever ("assistant:12"): the same again is the same
    question."""

    ref: str
    text: str
    language: str
    product_id: int | None
    asked_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FaqVersion:
    """What an entry said at one time, and who changed it (None: the machine)."""

    revision: int
    state: FaqState
    question: str
    answer: str
    reason: FaqReason | None
    actor_id: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FaqRun:
    """One look at the questions: under way until ``ended_at``; ``lost`` when it began long ago and never ended."""

    started_at: datetime
    ended_at: datetime | None
    lost: bool
    questions: int
    needs: int
    proposed: int
    unanswered: int


class FaqChanged(Conflict):
    """Somebody else has changed the entry meanwhile."""

    code = "faq_changed"
    template = "Somebody has changed this entry meanwhile: look at it again."


class FaqUnsupported(Invalid):
    """An answer needs at least one public voice."""

    code = "faq_unsupported"
    template = "No public voice supports this answer any more: it cannot be published."


class FaqText(Invalid):
    """``field`` is empty or longer than ``most`` characters."""

    code = "faq_text"
    template = "%(field)s: write between 1 and %(most)s characters."
