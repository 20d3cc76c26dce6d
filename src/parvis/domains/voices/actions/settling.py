"""What a decision answers: the open reports about its voice, and its author's appeal."""

from collections.abc import Sequence
from datetime import datetime

from parvis.core import outbox
from parvis.core.events import Event
from parvis.domains.voices import models
from parvis.domains.voices.contracts import (
    AppealAnswered,
    AppealState,
    Outcome,
    ReportAnswered,
    ReportState,
)


def settle(voice_ids: Sequence[int], *, outcome: Outcome, note: str, actor_id: int | None, at: datetime) -> None:
    """Close the open reports and appeals about voices that were published, refused or withdrawn. Without
    ``actor_id`` the author withdrew: the appeal lapses. Runs inside the decision's transaction."""
    if not voice_ids or outcome is Outcome.HOLD:
        return
    published = outcome is Outcome.PUBLISH
    told: list[Event] = []
    reports = models.Report.objects.select_for_update().filter(voice_id__in=voice_ids, state=ReportState.OPEN)
    for report in reports.order_by("id"):
        report.state = ReportState.KEPT if published else ReportState.REMOVED
        report.actor_id, report.answered_at = actor_id, at
        report.save(update_fields=["state", "actor", "answered_at"])
        told.append(ReportAnswered(report_id=report.pk, voice_id=report.voice_id, state=report.state))
    appeals = models.Appeal.objects.select_for_update().filter(voice_id__in=voice_ids, state=AppealState.OPEN)
    for appeal in appeals.order_by("id"):
        if actor_id is not None and not published:
            continue  # to let a decision stand needs words, and another person: answer_appeal asks for both
        appeal.state = AppealState.REVERSED if actor_id is not None else AppealState.LAPSED
        appeal.answer, appeal.actor_id, appeal.answered_at = appeal.answer or note[:2000], actor_id, at
        appeal.save(update_fields=["state", "answer", "actor", "answered_at"])
        told.append(AppealAnswered(appeal_id=appeal.pk, voice_id=appeal.voice_id, state=appeal.state))
    outbox.publish(*told, at=at)


def reopen(undone: Sequence[models.Decision]) -> None:
    """What these decisions had answered waits again, unless its answer has already been sent."""
    for row in undone:
        mine = {"voice_id": row.voice_id, "actor_id": row.actor_id, "answered_at": row.at, "told_at": None}
        open_again = {"actor": None, "answered_at": None}
        models.Report.objects.filter(**mine).update(state=ReportState.OPEN, **open_again)
        models.Appeal.objects.filter(**mine).update(state=AppealState.OPEN, answer="", **open_again)
