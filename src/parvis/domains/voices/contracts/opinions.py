"""A second opinion: what a language model says of a held voice. Advice with its evidence, never a decision."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from parvis.domains.voices.contracts.kinds import Outcome, Reason


class OpinionState(StrEnum):
    """How far an opinion is."""

    ASKED = "asked"
    GIVEN = "given"
    FAILED = "failed"


class Finding(StrEnum):
    """The answer to one question about a voice."""

    NO = "no"
    UNSURE = "unsure"
    YES = "yes"


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """Words of the voice that an opinion points to: ``field`` is title or text, in code points."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Opinion:
    """What the model said of a voice, and what it took to ask.

    ``suggests`` is drawn by a rule from the ``findings``, not by the model: publish, hold (it is unsure, or points to
    nothing) or refuse with its ``ground``. ``suspect``: the text speaks to machines, so the opinion may be the
    author's own and counts for nothing. ``why`` by locale. ``cost_minor`` in minor units of the shop's currency.
    """

    voice_id: int
    state: OpinionState
    model: str
    asked_at: datetime
    suggests: Outcome | None = None
    ground: Reason | None = None
    findings: tuple[tuple[str, Finding], ...] = ()
    passages: tuple[Passage, ...] = ()
    why: tuple[tuple[str, str], ...] = ()
    confidence: float = 0.0
    suspect: bool = False
    acted: bool = False
    tokens_in: int = 0
    tokens_out: int = 0
    cost_minor: Decimal = Decimal(0)
    latency_ms: int = 0
    attempts: int = 1
    error: str = ""
    given_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """Opinions that people have decided about since: how many, and how many went the way that was suggested."""

    suggests: Outcome
    decided: int
    agreed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OpinionSums:
    """All opinions asked for since a moment. ``latencies_ms`` are of those given, in order of size."""

    given: int
    failed: int
    waiting: int
    suspect: int
    acted: int
    cost_minor: Decimal
    tokens_in: int
    tokens_out: int
    latencies_ms: tuple[int, ...]
    agreements: tuple[Agreement, ...]
