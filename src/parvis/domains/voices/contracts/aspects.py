"""Sets of aspects, readings made anew, and how readings drift."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, kw_only=True, slots=True)
class AspectCue:
    """Words by which an aspect is heard (``science.text.cues`` says how they are written). polarity 1 for, -1 against,
    None: they only name it."""

    language: str
    cue: str
    polarity: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AspectDefinition:
    """An aspect with its names, what to say for and against, and the kinds of product it is read with (none: all).

    ``cues`` are the brand's own, used before the bundled ones; ``bundled`` aspects ship with Parvis and have cues of
    their own. An inactive aspect is not read. ``changed_at`` is None while it is as shipped.
    """

    key: str
    name_en: str
    name_fr: str
    pro_en: str = ""
    pro_fr: str = ""
    con_en: str = ""
    con_fr: str = ""
    kinds: tuple[str, ...] = ()
    cues: tuple[AspectCue, ...] = ()
    active: bool = True
    bundled: bool = False
    changed_at: datetime | None = None


class RereadingState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rereading:
    """A pass over all readings and how far it is. ``changed`` readings say something else than before,
    ``aspects_changed`` of them about aspects; ``failed`` could not be read and kept their old reading."""

    id: int
    model: str
    state: RereadingState
    total: int
    done: int
    changed: int
    aspects_changed: int
    failed: int
    started_by: int | None
    started_at: datetime
    advanced_at: datetime
    finished_at: datetime | None

    @property
    def share(self) -> float:
        """0..1 of the readings."""
        return 1.0 if self.state is RereadingState.DONE else min(1.0, self.done / self.total) if self.total else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftMeasure:
    """One measure now and before. ``kind`` share (0..1) or mean; ``low`` and ``high`` bound the difference (95 %, with
    regard to the number of measures); ``moved`` when they leave zero out and the change is not trifling."""

    key: str
    kind: str
    before: float
    now: float
    low: float
    high: float
    moved: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """How readings of what came in lately differ from those before. ``tone`` and ``language`` are population stability
    indexes (under .1 calm, over .25 another public or another model); None where one side has too few voices.
    ``models`` counts the readings of each model among both."""

    voices_before: int
    voices_now: int
    measures: tuple[DriftMeasure, ...]
    tone: float | None
    language: float | None
    models: Mapping[str, int]
