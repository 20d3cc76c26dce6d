"""What was decided: the trail of a voice, line by line."""

from collections.abc import Sequence
from typing import Any

from parvis.core.errors import NotFound
from parvis.domains.voices import models
from parvis.domains.voices.contracts import DecidedBy, Decision, Outcome, Reason, VoiceState

_DECISION = (
    "id",
    "voice_id",
    "outcome",
    "by",
    "actor_id",
    "reason",
    "note",
    "model",
    "scores",
    "state_before",
    "state_after",
    "at",
    "undoes_id",
    "undone_by",
)


def decisions(voice_id: int) -> tuple[Decision, ...]:
    """The trail of a voice, the latest decision first."""
    rows = models.Decision.objects.filter(voice_id=voice_id).order_by("-id").values_list(*_DECISION)
    return tuple(to_decision(row) for row in rows)


def decision(decision_id: int) -> Decision:
    """One decision. Raises NotFound."""
    row = models.Decision.objects.filter(id=decision_id).values_list(*_DECISION).first()
    if row is None:
        raise NotFound(kind="decision", key=decision_id)
    return to_decision(row)


def latest_of(voice_ids: Sequence[int]) -> dict[int, Decision]:
    """The latest decision of each voice. One statement."""
    if not voice_ids:
        return {}
    rows = models.Decision.objects.filter(voice_id__in=voice_ids).order_by("voice_id", "-id").distinct("voice_id")
    return {row[1]: to_decision(row) for row in rows.values_list(*_DECISION)}


def to_decision(row: Sequence[Any]) -> Decision:
    shown = dict(zip(_DECISION, row, strict=True))
    return Decision(
        id=shown["id"],
        voice_id=shown["voice_id"],
        outcome=Outcome(shown["outcome"]),
        by=DecidedBy(shown["by"]),
        actor_id=shown["actor_id"],
        reason=Reason(shown["reason"]),
        note=shown["note"],
        model=shown["model"],
        scores=shown["scores"],
        state_before=VoiceState(shown["state_before"]),
        state_after=VoiceState(shown["state_after"]),
        at=shown["at"],
        undoes=shown["undoes_id"],
        undone=shown["undone_by"] is not None,
    )
