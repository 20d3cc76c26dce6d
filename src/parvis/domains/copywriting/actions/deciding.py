"""Who decides: handing in, approving, sending back, putting aside. Each leaves a line in the audit."""

from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Conflict, NotFound
from parvis.domains.copywriting import models, queries
from parvis.domains.copywriting.actions.appending import Edited
from parvis.domains.copywriting.contracts import CopyApproved, Draft, DraftState
from parvis.domains.copywriting.queries.checking import checked
from parvis.domains.copywriting.rules.composing import Line
from parvis.domains.people import actions as people


class Blocked(Conflict):
    """Sentences stand in the way; ``count`` says how many."""

    code = "copy_blocked"
    template = "%(count)s sentences may not be published: mend them or take them out."


class NotNow(Conflict):
    """The draft is in another state."""

    code = "copy_state"
    template = "The draft is no longer in a state that allows this (%(state)s)."


@transaction.atomic
def submit(*, draft_id: int, version: int, actor_id: int | None, at: datetime) -> Draft:
    """Hand a version in for approval. Raises Edited, Blocked, NotNow, NotFound."""
    row = locked(draft_id, version)
    if row.state == DraftState.WAITING:
        return queries.draft(draft_id)
    _in(row, DraftState.DRAFT)
    if row.blocked:
        raise Blocked(count=row.blocked)
    _move(row, DraftState.WAITING, at=at)
    note(row, "copy.submitted", {"version": version}, actor_id=actor_id, at=at)
    return queries.draft(draft_id)


@transaction.atomic
def approve(*, draft_id: int, version: int, actor_id: int | None, actor_name: str, at: datetime) -> Draft:
    """Approve a version: every sentence is judged once more by what is known now. Raises Edited, Blocked, NotNow."""
    row = locked(draft_id, version)
    if row.state in (DraftState.APPROVED, DraftState.PUBLISHED):
        return queries.draft(draft_id)
    _in(row, DraftState.WAITING)
    must_stand(draft_id, at=at)
    row.approved_version, row.approved_by, row.approved_by_id, row.approved_at = version, actor_name[:150], actor_id, at
    _move(row, DraftState.APPROVED, at=at)
    note(row, "copy.approved", {"version": version}, actor_id=actor_id, at=at)
    event = CopyApproved(draft_id=row.pk, product_id=row.product_id, language=row.language, version=version)
    outbox.publish(event, at=at)
    return queries.draft(draft_id)


@transaction.atomic
def send_back(*, draft_id: int, version: int, actor_id: int | None, at: datetime) -> Draft:
    """Back to its author. Raises Edited, NotNow."""
    row = locked(draft_id, version)
    _in(row, DraftState.WAITING, DraftState.APPROVED)
    row.approved_version = row.approved_at = row.approved_by_id = None
    row.approved_by = ""
    _move(row, DraftState.DRAFT, at=at)
    note(row, "copy.sent_back", {"version": version}, actor_id=actor_id, at=at)
    return queries.draft(draft_id)


@transaction.atomic
def discard(*, draft_id: int, version: int, actor_id: int | None, at: datetime) -> Draft:
    """Put aside. What was published of it stays until it is undone. Raises Edited, NotNow."""
    row = locked(draft_id, version)
    _in(row, DraftState.DRAFT, DraftState.WAITING, DraftState.APPROVED)
    row.losses, row.lost_at = [], None
    _move(row, DraftState.DISCARDED, at=at)
    note(row, "copy.discarded", {"version": version}, actor_id=actor_id, at=at)
    return queries.draft(draft_id)


def locked(draft_id: int, version: int) -> models.Draft:
    """The draft's row, locked, when ``version`` is its present one."""
    row = models.Draft.objects.select_for_update().filter(pk=draft_id).first()
    if row is None:
        raise NotFound(kind="draft", key=draft_id)
    if row.version != version:
        raise Edited(version=row.version)
    return row


def note(row: models.Draft, verb: str, detail: dict[str, Any], *, actor_id: int | None, at: datetime) -> None:
    """A line in the audit of the draft."""
    told = {**detail, "product": row.product_id, "language": row.language}
    people.note(actor_id=actor_id, verb=verb, subject_kind="copy", subject_id=str(row.pk), detail=told, at=at)


def must_stand(draft_id: int, *, at: datetime) -> None:
    """Every sentence of the present version, judged now. Raises Blocked."""
    found = queries.draft(draft_id)
    profile = queries.profile(found.language)
    evidence = queries.evidence_of(found.product_id, found.language, at=at)
    lines = {part: [Line(text=each.text) for each in several] for part, several in found.current.parts.items()}
    judged = checked(lines, evidence=evidence, profile=profile)
    blocked = sum(not each.stands for several in judged.values() for each in several)
    if blocked:
        raise Blocked(count=blocked)


def _in(row: models.Draft, *states: DraftState) -> None:
    if row.state not in states:
        raise NotNow(state=row.state)


def _move(row: models.Draft, state: DraftState, *, at: datetime) -> None:
    row.state, row.changed_at = state, at
    row.save()
