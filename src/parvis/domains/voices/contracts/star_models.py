"""Models of stars that a brand teaches with its own reviews."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class StarModelState(StrEnum):
    LEARNING = "learning"
    LEARNT = "learnt"  # better in some language: may be adopted
    NO_BETTER = "no_better"
    ADOPTED = "adopted"
    RETIRED = "retired"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounded:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class StarTrial:
    """One language: what the taught and the shipped model read in texts that the taught one had not learnt from.

    own, shipped: mean absolute error of stars; gain: how much smaller the own one is; own_right, shipped_right: share
    of the ``clear`` texts (1, 2, 4 or 5 stars) told good from bad.
    """

    language: str
    texts: int
    clear: int
    own: Bounded
    shipped: Bounded
    gain: Bounded
    own_right: Bounded
    shipped_right: Bounded
    better: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StarModel:
    """A taught model and its card. ``base`` is the shipped model it rests on: under another one it is silent.

    ``languages``: where it is better, and speaks once adopted. ``labels``: reviews learnt from, by language; ``gone``:
    how many of them are no longer public. ``first``, ``last``: days of the earliest and the latest of them.
    """

    id: int
    state: StarModelState
    base: str
    labels: Mapping[str, int]
    first: date | None
    last: date | None
    trials: tuple[StarTrial, ...]
    languages: tuple[str, ...]
    size: int
    gone: int
    asked_by: int | None
    asked_at: datetime
    finished_at: datetime | None
    adopted_at: datetime | None
    problem: str = ""

    @property
    def labelled(self) -> int:
        """Reviews learnt from."""
        return sum(self.labels.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Lessons:
    """Public reviews with words and stars that could teach, by language, and what is needed in one of them."""

    labels: Mapping[str, int]
    needed: int

    @property
    def enough(self) -> bool:
        """Whether some language has enough."""
        return self.most >= self.needed

    @property
    def most(self) -> int:
        """In the language that has most."""
        return max(self.labels.values(), default=0)

    @property
    def lacking(self) -> int:
        """How many the language with most still lacks."""
        return max(0, self.needed - self.most)
