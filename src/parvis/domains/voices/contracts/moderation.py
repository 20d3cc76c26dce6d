"""The policy in force, and further looks at decisions: checks, second signatures, appeals, reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parvis.domains.voices.contracts.kinds import (
    AppealState,
    Outcome,
    Reason,
    RedecidingState,
    ReporterRole,
    ReportState,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyVersion:
    """A version of the policy as plain data (``rules.from_data`` reads it)."""

    id: int
    version: int
    settings: Mapping[str, Any]
    note: str
    author_id: int | None
    at: datetime
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What a first person wants and a second one has to confirm."""

    id: int
    voice_id: int
    outcome: Outcome
    reason: Reason
    note: str
    actor_id: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Appeal:
    """An author contests a decision."""

    id: int
    voice_id: int
    decision_id: int
    text: str
    at: datetime
    state: AppealState
    answer: str = ""
    actor_id: int | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReport:
    """A report on its way in. ``notice`` needs name, e-mail, address of the page and good faith."""

    voice_id: int
    ground: Reason
    why: str
    role: ReporterRole = ReporterRole.VISITOR
    notice: bool = False
    url: str = ""
    name: str = ""
    email: str = ""
    locale: str = "en"
    good_faith: bool = False
    staff_id: int | None = None
    customer_id: int | None = None
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A report and what became of it. Who reported is shown to the team only."""

    id: int
    voice_id: int
    role: ReporterRole
    ground: Reason
    notice: bool
    why: str
    url: str
    name: str
    email: str
    locale: str
    at: datetime
    state: ReportState
    answer: str = ""
    staff_id: int | None = None
    actor_id: int | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """The reasons of a decision, as the author was told them."""

    decision_id: int
    voice_id: int
    locale: str
    ground: Reason
    words: str
    automated: bool
    at: datetime
    sent: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desks:
    """How much waits on each desk of the team (of bursts: groups with voices that wait); ``late``: held voices that
    should have been looked at by now."""

    held: int = 0
    second: int = 0
    appeals: int = 0
    reports: int = 0
    checks: int = 0
    late: int = 0
    bursts: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Delay:
    """How long voices waited for a decision, in seconds; infinite where too many wait still, NaN without any."""

    count: int
    waiting: int
    median: float
    median_low: float
    median_high: float
    p95: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Delays:
    """Waits of favourable (4 and 5 stars) and unfavourable reviews (1 and 2), and of all voices. ``p_value``: how
    probable a gap at least as wide is, were both treated alike (log-rank test); NaN when it cannot be said."""

    days: int
    all: Delay
    favourable: Delay
    unfavourable: Delay
    p_value: float

    @property
    def alike(self) -> bool | None:
        """Whether nothing speaks against equal treatment; None when it cannot be said."""
        return None if self.p_value != self.p_value else self.p_value >= 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class Rated:
    """How often the machine was right about one outcome in one language: ``wrong`` of ``checked``, of ``decided``;
    ``low`` and ``high`` bound the error rate (Wilson, 95 %), NaN without checks."""

    language: str
    outcome: Outcome
    decided: int
    checked: int
    wrong: int
    error: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Alone:
    """What the machine decided alone, in all: its share, and what checks by chance found."""

    decided: int
    alone: int
    checked: int
    wrong: int

    @property
    def alone_percent(self) -> float:
        return 100 * self.alone / self.decided if self.decided else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What people made of what waited: by reason, how many were published and refused."""

    reason: Reason
    published: int
    refused: int
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Looks:
    """Second looks at people's own decisions: proposals confirmed of those closed, appeals reversed of those answered,
    reports that led to a removal of those answered."""

    proposals: int
    confirmed: int
    appeals: int
    reversed: int
    reports: int
    removed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibrated:
    """What may be decided alone in a language at the tolerated error rate: publish below ``hold``, refuse from
    ``refuse`` up (None: nothing), ``alone`` the share of voices decided then; ``lacking`` checks before anything can be
    said of publishing. ``checked``, ``wrong`` and ``high`` are of what would be published."""

    language: str
    hold: float | None
    refuse: float | None
    alone: float
    checked: int
    wrong: int
    high: float
    lacking: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A voice that another policy would decide otherwise. ``person``: what a person decided, if one did."""

    voice_id: int
    before: Outcome
    after: Outcome
    reason: Reason
    person: Outcome | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """What another policy would have done with the voices of some days, beside the one in force.

    ``counts``: (outcome now, outcome then) -> voices. ``judged`` voices a person has decided about; of those, how many
    the machine would have decided alone and otherwise: ``wrong_before`` and ``wrong_after`` of ``alone_before`` and
    ``alone_after``. ``cut``: there were more voices than were tried (the latest were).
    """

    days: int
    total: int
    counts: Mapping[tuple[Outcome, Outcome], int]
    moved: tuple[Moved, ...]
    judged: int
    alone_before: int
    alone_after: int
    wrong_before: int
    wrong_after: int
    cut: bool

    def share(self, outcome: Outcome, *, after: bool) -> float:
        """The share of all voices with this outcome, before or after."""
        found = sum(count for pair, count in self.counts.items() if pair[1 if after else 0] is outcome)
        return found / self.total if self.total else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Redecision:
    """What deciding again about the voices that wait would do: how many the machine holds, how many of them it would
    now publish or refuse alone, and hold on. ``cut``: there are more than were tried."""

    total: int
    published: int
    refused: int
    held: int
    cut: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Redeciding:
    """A pass over the voices that wait, under a version of the policy, and how far it is. ``held`` wait on."""

    id: int
    version: int
    state: RedecidingState
    total: int
    done: int
    published: int
    refused: int
    held: int
    started_by: int | None
    started_at: datetime
    advanced_at: datetime
    finished_at: datetime | None

    @property
    def share(self) -> float:
        """0..1 of the voices that waited."""
        if self.state is RedecidingState.DONE:
            return 1.0
        return min(1.0, self.done / self.total) if self.total else 0.0
