"""Voices that wait, and passes that decide about them again under a changed policy."""

from collections import Counter
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from parvis.core.errors import NotFound
from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import (
    AppealState,
    DecidedBy,
    Outcome,
    Redeciding,
    RedecidingState,
    Redecision,
    ReportState,
    VoiceState,
)
from parvis.domains.voices.queries.cases import cases
from parvis.domains.voices.queries.policies import policy

MOST = 5_000


def waiting(*, decided_before: datetime | None = None) -> "QuerySet[models.Voice]":
    """The voices that the machine left to people and nobody has touched since, in order of id: none with a proposal, a
    report or an appeal that is open."""
    mine = {"voice_id": OuterRef("pk")}
    held = models.Voice.objects.filter(state=VoiceState.HELD, decided_by=DecidedBy.MACHINE, reading__isnull=False)
    if decided_before is not None:
        held = held.filter(decided_at__lt=decided_before)
    return held.exclude(
        Exists(models.Proposal.objects.filter(**mine, closed_at__isnull=True))
        | Exists(models.Report.objects.filter(**mine, state=ReportState.OPEN))
        | Exists(models.Appeal.objects.filter(**mine, state=AppealState.OPEN))
    ).order_by("id")


def waiting_count(*, decided_before: datetime | None = None) -> int:
    """How many voices wait that the machine left to people before then. One statement."""
    return waiting(decided_before=decided_before).count()


def redecision(*, chosen: rules.Policy | None = None, before: datetime | None = None, most: int = MOST) -> Redecision:
    """What deciding again under the policy (None: the one in force) would do with the voices that wait, those only that
    were decided about ``before``. Nothing is kept. At most four statements."""
    found = waiting(decided_before=before)
    tried = cases(found, limit=most, living=True)
    total = found.count() if len(tried) == most else len(tried)
    under = chosen or policy()
    counts = Counter(rules.verdict(case.reading, case.subject, policy=under).outcome for case in tried)
    return Redecision(
        total=total,
        published=counts[Outcome.PUBLISH],
        refused=counts[Outcome.REFUSE],
        held=counts[Outcome.HOLD],
        cut=total > len(tried),
    )


def redeciding(redeciding_id: int) -> Redeciding:
    """A pass and how far it is. Raises NotFound."""
    row = models.Redeciding.objects.select_related("policy").filter(id=redeciding_id).first()
    if row is None:
        raise NotFound(kind="redeciding", key=redeciding_id)
    return to_redeciding(row)


def redecidings(*, limit: int = 10) -> tuple[Redeciding, ...]:
    """Passes, the latest first. One statement."""
    rows = models.Redeciding.objects.select_related("policy").order_by("-id")[:limit]
    return tuple(to_redeciding(row) for row in rows)


def redecidings_left(*, advanced_before: datetime) -> list[int]:
    """Running passes that stand still: their worker died."""
    still = models.Redeciding.objects.filter(state=RedecidingState.RUNNING, advanced_at__lt=advanced_before)
    return list(still.values_list("id", flat=True))


def to_redeciding(row: models.Redeciding) -> Redeciding:
    return Redeciding(
        id=row.pk,
        version=row.policy.version,
        state=RedecidingState(row.state),
        total=row.total,
        done=row.done,
        published=row.published,
        refused=row.refused,
        held=row.held,
        started_by=row.started_by_id,
        started_at=row.started_at,
        advanced_at=row.advanced_at,
        finished_at=row.finished_at,
    )
