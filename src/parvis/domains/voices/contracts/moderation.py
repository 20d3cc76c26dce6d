"""The policy in force, and further looks at decisions: checks, second signatures, appeals, reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parvis.domains.voices.contracts.kinds import AppealState, Outcome, Reason, ReporterRole, ReportState


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
    """How much waits on each desk of the team."""

    held: int = 0
    second: int = 0
    appeals: int = 0
    reports: int = 0
    checks: int = 0
