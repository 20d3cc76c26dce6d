"""Nearly the same words from several people within a short time."""

from dataclasses import dataclass
from datetime import datetime

from parvis.domains.voices.contracts.values import Voice


@dataclass(frozen=True, kw_only=True, slots=True)
class BurstMember:
    """A voice of a group, with its original words and its latest decision; ``alike`` to the most alike other, 0..1."""

    voice: Voice
    alike: float
    decision_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Burst:
    """Voices of ``authors`` people with nearly the same words, sent from ``first_at`` to ``last_at``.

    ``total`` voices in all, ``waiting`` of them held and ``public`` published; ``members``: some of them, those
    that wait first, then the earliest.
    """

    id: int
    opened_at: datetime
    total: int
    waiting: int
    public: int
    authors: int
    first_at: datetime
    last_at: datetime
    members: tuple[BurstMember, ...] = ()
