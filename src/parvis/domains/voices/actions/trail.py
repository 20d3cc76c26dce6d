"""Decisions written down: each is a line that stays, moves its voice, answers what waited for it, and is told of."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from parvis.core import outbox
from parvis.core.events import Event
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.actions import checks
from parvis.domains.voices.contracts import (
    DecidedBy,
    Outcome,
    Reading,
    Reason,
    VoiceHeld,
    VoicePublished,
    VoiceRefused,
    VoiceState,
    VoiceWithdrawn,
)

_OUTCOME_OF = {outcome.state: outcome for outcome in Outcome}


def line_for(
    voice: models.Voice,
    outcome: Outcome,
    by: DecidedBy,
    reason: Reason,
    at: datetime,
    *,
    actor_id: int | None = None,
    note: str = "",
    policy_id: int | None = None,
) -> models.Decision:
    """A line about ``voice`` as it stands now, not saved yet."""
    return models.Decision(
        voice_id=voice.pk,
        outcome=outcome,
        by=by,
        actor_id=actor_id,
        reason=reason,
        note=note[:2000],
        state_before=voice.state,
        state_after=outcome.state,
        published_before=voice.published_at,
        policy_id=policy_id,
        at=at,
    )


def scores_of(reading: Reading | None, verdict: rules.Verdict) -> dict[str, float]:
    """What the decision rests on. The two scores that thresholds are set on are kept unrounded: rounded, a decision
    near a threshold could not be reached again."""
    scores = {"certainty": round(verdict.certainty, 4)}
    if reading is not None:
        scores |= {name: round(getattr(reading, name), 4) for name in ("sentiment", "stars")}
        scores |= {name: getattr(reading, name) for name in ("toxicity", "spam")}
    return scores


def undo_line(row: models.Decision, voice: models.Voice, actor_id: int, at: datetime) -> models.Decision:
    """The line that takes ``row`` back; its reason is the one that the voice had before."""
    earlier = models.Decision.objects.filter(voice_id=row.voice_id, id__lt=row.pk).order_by("-id").first()
    outcome = _OUTCOME_OF[VoiceState(row.state_before)]
    reason = Reason(earlier.reason) if earlier is not None else Reason.SECOND_LOOK
    line = line_for(voice, outcome, DecidedBy.PERSON, reason, at, actor_id=actor_id)
    line.undoes_id = row.pk
    return line


def apply(
    lines: Sequence[models.Decision],
    voices: Mapping[int, models.Voice],
    *,
    at: datetime,
    restore: Mapping[int, datetime | None] | None = None,
) -> None:
    """Write the lines, move the voices and tell of it. ``restore``: publication dates to put back."""
    if not lines:
        return
    models.Decision.objects.bulk_create(lines)
    events: list[Event] = []
    again = at + timedelta(hours=queries.policy().promise_hours) / 2
    for line in lines:
        voice = voices[line.voice_id]
        before, after = VoiceState(voice.state), VoiceState(line.state_after)
        voice.state, voice.reason, voice.decided_by, voice.decided_at = after, line.reason, line.by, at
        if restore is not None:
            voice.published_at = restore[line.voice_id]
        if after is VoiceState.PUBLISHED and voice.published_at is None:
            voice.published_at = at
        if after is VoiceState.HELD:
            voice.look_by = min(voice.look_by or again, again)
        events += _events(voice, before, after)
    moved = list({line.voice_id: voices[line.voice_id] for line in lines}.values())
    models.Voice.objects.bulk_update(
        moved, ["state", "reason", "decided_by", "decided_at", "published_at", "look_by"], batch_size=500
    )
    checks.fill(lines, at=at)
    outbox.publish(*events, at=at)


def _events(voice: models.Voice, before: VoiceState, after: VoiceState) -> list[Event]:
    told: list[Event] = []
    if before is after:
        return told
    if after is VoiceState.PUBLISHED:
        told.append(VoicePublished(voice_id=voice.pk, kind=voice.kind, product_id=voice.product_id))
    if before is VoiceState.PUBLISHED or after is VoiceState.WITHDRAWN:
        told.append(VoiceWithdrawn(voice_id=voice.pk, kind=voice.kind, product_id=voice.product_id))
    if after is VoiceState.HELD:
        told.append(VoiceHeld(voice_id=voice.pk))
    if after is VoiceState.REFUSED:
        told.append(VoiceRefused(voice_id=voice.pk))
    return told
