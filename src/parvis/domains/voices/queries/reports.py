"""Reports, appeals and the reasons told: for the team, for who reported, for the author."""

from collections.abc import Iterable

from django.core import signing

from parvis.core.errors import NotFound
from parvis.domains.voices import models
from parvis.domains.voices.contracts import (
    Appeal,
    AppealState,
    DecidedBy,
    Decision,
    Outcome,
    Proposal,
    Reason,
    Report,
    ReporterRole,
    ReportState,
    Statement,
)
from parvis.domains.voices.queries.trail import decisions

_SIGNER = signing.Signer(salt="voices.report", sep=".")


def report_token(report_id: int) -> str:
    """The token of the receipt's address; it does not expire."""
    return _SIGNER.sign(str(report_id))


def report_by_token(token: str) -> Report:
    """The report of a receipt. Raises NotFound for a token that we did not sign."""
    try:
        report_id = int(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound(kind="report", key="this link") from error
    row = models.Report.objects.filter(id=report_id).first()
    if row is None:
        raise NotFound(kind="report", key="this link")
    return to_report(row)


def reports_about(voice_ids: Iterable[int], *, open_only: bool = False) -> dict[int, tuple[Report, ...]]:
    """The reports about each voice, the earliest first. One statement."""
    rows = models.Report.objects.filter(voice_id__in=list(voice_ids)).order_by("id")
    if open_only:
        rows = rows.filter(state=ReportState.OPEN)
    found: dict[int, list[Report]] = {}
    for row in rows:
        found.setdefault(row.voice_id, []).append(to_report(row))
    return {voice_id: tuple(each) for voice_id, each in found.items()}


def appeals_about(voice_ids: Iterable[int], *, open_only: bool = False) -> dict[int, tuple[Appeal, ...]]:
    """The appeals about each voice, the earliest first. One statement."""
    rows = models.Appeal.objects.filter(voice_id__in=list(voice_ids)).order_by("id")
    if open_only:
        rows = rows.filter(state=AppealState.OPEN)
    found: dict[int, list[Appeal]] = {}
    for row in rows:
        found.setdefault(row.voice_id, []).append(to_appeal(row))
    return {voice_id: tuple(each) for voice_id, each in found.items()}


def proposals_open(voice_ids: Iterable[int]) -> dict[int, Proposal]:
    """What waits for a second person, by voice. One statement."""
    rows = models.Proposal.objects.filter(voice_id__in=list(voice_ids), closed_at__isnull=True)
    return {
        row.voice_id: Proposal(
            id=row.pk,
            voice_id=row.voice_id,
            outcome=Outcome(row.outcome),
            reason=Reason(row.reason),
            note=row.note,
            actor_id=row.actor_id,
            at=row.at,
        )
        for row in rows
    }


def checks_open(voice_ids: Iterable[int]) -> set[int]:
    """Those of these voices that chance has drawn and nobody has checked. One statement."""
    rows = models.Check.objects.filter(voice_id__in=list(voice_ids), checked_at__isnull=True)
    return set(rows.values_list("voice_id", flat=True))


def appealable(voice_id: int) -> Decision | None:
    """The decision of ours that stands against a voice, if its author may contest it: a refusal or a withdrawal that
    the author did not ask for."""
    trail = decisions(voice_id)
    line = trail[0] if trail else None
    if line is None or line.outcome not in {Outcome.REFUSE, Outcome.WITHDRAW} or line.by is DecidedBy.AUTHOR:
        return None
    return None if line.reason in {Reason.ERASURE, Reason.AUTHOR_REQUEST} else line


def statements(voice_id: int) -> tuple[Statement, ...]:
    """The reasons that the author was told, the latest first."""
    rows = models.Statement.objects.filter(voice_id=voice_id).exclude(words="").order_by("-id")
    return tuple(
        Statement(
            decision_id=row.decision_id,
            voice_id=row.voice_id,
            locale=row.locale,
            ground=Reason(row.ground),
            words=row.words,
            automated=row.automated,
            at=row.at,
            sent=row.sent,
        )
        for row in rows
    )


def to_report(row: models.Report) -> Report:
    return Report(
        id=row.pk,
        voice_id=row.voice_id,
        role=ReporterRole(row.role),
        ground=Reason(row.ground),
        notice=row.notice,
        why=row.why,
        url=row.url,
        name=row.name,
        email=row.email,
        locale=row.locale,
        at=row.at,
        state=ReportState(row.state),
        answer=row.answer,
        staff_id=row.staff_id,
        actor_id=row.actor_id,
        answered_at=row.answered_at,
    )


def to_appeal(row: models.Appeal) -> Appeal:
    return Appeal(
        id=row.pk,
        voice_id=row.voice_id,
        decision_id=row.decision_id,
        text=row.text,
        at=row.at,
        state=AppealState(row.state),
        answer=row.answer,
        actor_id=row.actor_id,
        answered_at=row.answered_at,
    )
