"""After a change of policy: the voices that wait are decided about again, when somebody asks for it.

Only what the machine itself left to people, and nobody has touched since. Verdicts are reached outside of any lock;
then one short transaction locks the pass and the voices in order of id, writes a line for each voice whose outcome or
reason is another one now, and moves the cursor. Killed anywhere, a batch is wholly done or not at all.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from parvis.core.errors import NotFound
from parvis.domains.people import actions as people
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.actions.policies import policy_in_force
from parvis.domains.voices.actions.trail import apply, line_for, scores_of
from parvis.domains.voices.contracts import DecidedBy, Outcome, Redeciding, RedecidingState, VoiceState
from parvis.domains.voices.queries.cases import Case, cases
from parvis.domains.voices.queries.redeciding import waiting

BATCH = 200


def start_redeciding(*, actor_id: int | None, at: datetime) -> Redeciding:
    """Begin to decide again, under the policy in force, about the voices that wait. While such a pass runs, that one is
    given; a pass under an older policy is stopped first. ``continue_redeciding`` (or the task ``voices.redecide``)
    carries it out."""
    policy_id, _ = policy_in_force(at=at)
    with transaction.atomic():
        running = models.Redeciding.objects.select_for_update().filter(state=RedecidingState.RUNNING).first()
        if running is not None and running.policy_id == policy_id:
            return queries.redeciding(running.pk)
        if running is not None:
            models.Redeciding.objects.filter(pk=running.pk).update(state=RedecidingState.STOPPED, finished_at=at)
        try:
            with transaction.atomic():
                made = models.Redeciding.objects.create(
                    policy_id=policy_id,
                    total=waiting().count(),
                    started_by_id=actor_id,
                    started_at=at,
                    advanced_at=at,
                )
        except IntegrityError:  # somebody began at the same moment
            return queries.redeciding(models.Redeciding.objects.get(state=RedecidingState.RUNNING).pk)
        detail = {"policy": policy_id, "waiting": made.total}
        people.note(
            actor_id=actor_id,
            verb="moderation.again",
            subject_kind="redeciding",
            subject_id=made.pk,
            detail=detail,
            at=at,
        )
    return queries.redeciding(made.pk)


def stop_redeciding(*, redeciding_id: int, actor_id: int | None, at: datetime) -> None:
    """Stop a running pass; what it decided stays. Raises NotFound."""
    with transaction.atomic():
        running = models.Redeciding.objects.filter(id=redeciding_id, state=RedecidingState.RUNNING)
        if not running.update(state=RedecidingState.STOPPED, finished_at=at):
            raise NotFound(kind="redeciding", key=redeciding_id)
        people.note(
            actor_id=actor_id,
            verb="moderation.again_stopped",
            subject_kind="redeciding",
            subject_id=redeciding_id,
            at=at,
        )


def continue_redeciding(*, redeciding_id: int, at: datetime, batches: int | None = None) -> Redeciding:
    """Go on with a pass from where it stands, for at most ``batches`` batches. Safe to repeat and to run twice at once.
    A pass whose policy is no longer in force stops. Raises NotFound."""
    left = batches
    while left is None or left > 0:
        run = models.Redeciding.objects.filter(id=redeciding_id).first()
        if run is None:
            raise NotFound(kind="redeciding", key=redeciding_id)
        if run.state != RedecidingState.RUNNING or not _advance(run, at):
            break
        left = None if left is None else left - 1
    return queries.redeciding(redeciding_id)


# -- one batch ------------------------------------------------------------------------------------------------


def _advance(run: models.Redeciding, at: datetime) -> bool:
    """Decide about the next batch. False when another worker has gone further, or when there is nothing left."""
    policy_id, policy = policy_in_force(at=at)
    if policy_id != run.policy_id:
        _finish(run, RedecidingState.STOPPED, at)
        return False
    batch = cases(waiting().filter(id__gt=run.last_id), limit=BATCH, living=True)
    if not batch:
        _finish(run, RedecidingState.DONE, at)
        return False
    found = [(case, rules.verdict(case.reading, case.subject, policy=policy)) for case in batch]
    with transaction.atomic():
        locked = models.Redeciding.objects.select_for_update().get(id=run.pk)
        if locked.last_id != run.last_id or locked.state != RedecidingState.RUNNING:
            return False
        outcomes = _decide(found, policy_id, at)
        locked.published += outcomes.count(Outcome.PUBLISH)
        locked.refused += outcomes.count(Outcome.REFUSE)
        locked.held += outcomes.count(Outcome.HOLD)
        locked.done += len(batch)
        locked.last_id = batch[-1].id
        locked.advanced_at = at
        locked.save(update_fields=["published", "refused", "held", "done", "last_id", "advanced_at"])
    return True


def _finish(run: models.Redeciding, state: RedecidingState, at: datetime) -> None:
    unmoved = models.Redeciding.objects.filter(id=run.pk, last_id=run.last_id, state=RedecidingState.RUNNING)
    unmoved.update(state=state, finished_at=at, advanced_at=at)


def _decide(found: "Sequence[tuple[Case, rules.Verdict]]", policy_id: int, at: datetime) -> list[Outcome]:
    """A line for each voice that still waits and whose verdict is another one; gives the outcome of all that wait."""
    ids = [case.id for case, _ in found]
    rows = models.Voice.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    # whoever touched a voice meanwhile moved its latest decision
    still = {row.pk: row for row in rows if row.state == VoiceState.HELD and row.decided_by == DecidedBy.MACHINE}
    lines, outcomes = [], []
    for case, verdict in found:
        row = still.get(case.id)
        if row is None or row.decided_at != case.decided_at:
            continue
        outcomes.append(verdict.outcome)
        if verdict.outcome is not Outcome.HOLD or verdict.reason != row.reason:
            lines.append(_line(row, case, verdict, policy_id, at))
    apply(lines, still, at=at)
    return outcomes


def _line(row: models.Voice, case: Case, verdict: rules.Verdict, policy_id: int, at: datetime) -> models.Decision:
    note = ", ".join(verdict.grounds[1:])
    line = line_for(row, verdict.outcome, DecidedBy.MACHINE, verdict.reason, at, note=note, policy_id=policy_id)
    line.model, line.language, line.scores = case.reading.model, case.reading.language, scores_of(case.reading, verdict)
    return line
