"""People decide, many at once, and can take it back. Each decision is a line that stays; an undo is a further line."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Conflict, NotFound
from parvis.core.events import Event
from parvis.domains.people import queries as people
from parvis.domains.voices import models
from parvis.domains.voices.actions import readings
from parvis.domains.voices.contracts import (
    Decided,
    DecidedBy,
    DecisionConflict,
    Outcome,
    Reason,
    VoiceHeld,
    VoicePublished,
    VoiceRefused,
    VoiceState,
    VoiceWithdrawn,
)


class AlreadyDecided(Conflict):
    """Somebody else was there first; ``conflicts`` says for each voice who decided what and when."""

    code = "already_decided"
    template = "%(name)s has decided already: %(outcome)s."

    def __init__(self, conflicts: Sequence[DecisionConflict]) -> None:
        self.conflicts = tuple(conflicts)
        first = conflicts[0]
        super().__init__(name=first.actor_name, outcome=first.outcome.value, voice_id=first.voice_id)


class CannotUndo(Conflict):
    """The decision is no longer the latest one of its voice, or was the author's own."""

    code = "cannot_undo"
    template = "This decision can no longer be undone: %(reason)s."


def decide(
    *,
    voice_ids: Iterable[int],
    outcome: Outcome,
    reason: Reason,
    note: str = "",
    actor_id: int,
    at: datetime,
    seen: Mapping[int, int | None] | None = None,
    overturn: bool = False,
    reader: "readings.Reader | None" = None,
) -> Decided:
    """A member of the team decides about voices, all in one transaction.

    Two people at once: the second one gets a conflict saying who decided. ``seen`` (voice id -> the latest decision id
    that was on the screen) makes every difference a conflict; without it, only a voice that another person has
    meanwhile published, refused or withdrawn is one, unless ``overturn``. Voices without conflict are decided, the
    others are in ``Decided.conflicts``; :class:`AlreadyDecided` is raised when nothing is left. Deciding the same again
    changes nothing. Raises NotFound for unknown ids.
    """
    ids = sorted(set(voice_ids))
    if outcome is Outcome.PUBLISH:
        readings.read_missing(ids, at=at, reader=reader)
    with transaction.atomic():
        voices = _lock(ids)
        latest = _latest(ids)
        made: list[models.Decision] = []
        kept: list[int] = []
        conflicts: list[DecisionConflict] = []
        for voice in voices:
            last = latest.get(voice.pk)
            if _repeats(voice, last, outcome, actor_id):
                kept.append(last.pk if last else 0)
            elif last is not None and _conflicts(voice, last, actor_id, seen, overturn=overturn):
                conflicts.append(_conflict(last))
            else:
                made.append(_line(voice, outcome, DecidedBy.PERSON, reason, at, actor_id=actor_id, note=note))
        if conflicts and not made and not kept:
            raise AlreadyDecided(conflicts)
        _apply(made, {voice.pk: voice for voice in voices}, at=at)
    return Decided(
        decision_ids=tuple(sorted([*kept, *(line.pk for line in made)])),
        voice_ids=tuple(line.voice_id for line in made),
        conflicts=tuple(conflicts),
    )


def undo(*, decision_ids: Iterable[int], actor_id: int, at: datetime) -> Decided:
    """Take decisions back: each voice returns to the state, reason and publication date that it had before.

    Only the latest decision of a voice can be undone, once. All or nothing: raises CannotUndo naming the obstacle,
    NotFound for unknown ids. An undo can be undone in its turn.
    """
    wanted = {row.pk: row for row in models.Decision.objects.filter(id__in=set(decision_ids))}
    for decision_id in decision_ids:
        if decision_id not in wanted:
            raise NotFound(kind="decision", key=decision_id)
    with transaction.atomic():
        voices = {voice.pk: voice for voice in _lock(sorted({row.voice_id for row in wanted.values()}))}
        latest = _latest(voices)
        made = []
        for row in sorted(wanted.values(), key=lambda line: line.pk):
            _check_undo(row, latest[row.voice_id])
            made.append(_undo_line(row, voices[row.voice_id], actor_id, at))
        _apply(made, voices, at=at, restore={row.voice_id: row.published_before for row in wanted.values()})
    return Decided(
        decision_ids=tuple(line.pk for line in made), voice_ids=tuple(line.voice_id for line in made), conflicts=()
    )


def withdraw(
    *, voice_id: int, reason: Reason = Reason.AUTHOR_REQUEST, actor_id: int | None = None, at: datetime
) -> None:
    """Take a voice back. Without ``actor_id`` the author does so, from the own page; that cannot be overturned.

    Repeating it changes nothing. Raises NotFound.
    """
    with transaction.atomic():
        (voice,) = _lock([voice_id])
        if voice.state == VoiceState.WITHDRAWN:
            return
        by = DecidedBy.AUTHOR if actor_id is None else DecidedBy.PERSON
        line = _line(voice, Outcome.WITHDRAW, by, reason, at, actor_id=actor_id)
        _apply([line], {voice_id: voice}, at=at)


# -- what stands in the way -----------------------------------------------------------------------------------


def _lock(ids: Sequence[int]) -> list[models.Voice]:
    voices = list(models.Voice.objects.select_for_update().filter(id__in=ids).order_by("id"))
    missing = set(ids) - {voice.pk for voice in voices}
    if missing:
        raise NotFound(kind="voice", key=min(missing))
    return voices


def _latest(voice_ids: Iterable[int]) -> dict[int, models.Decision]:
    rows = models.Decision.objects.filter(voice_id__in=list(voice_ids)).order_by("voice_id", "-id").distinct("voice_id")
    return {row.voice_id: row for row in rows}


def _repeats(voice: models.Voice, last: models.Decision | None, outcome: Outcome, actor_id: int) -> bool:
    return (
        last is not None
        and last.by == DecidedBy.PERSON
        and last.actor_id == actor_id
        and last.undoes_id is None
        and last.outcome == outcome
        and voice.state == outcome.state
    )


def _conflicts(
    voice: models.Voice,
    last: models.Decision,
    actor_id: int,
    seen: Mapping[int, int | None] | None,
    *,
    overturn: bool,
) -> bool:
    if voice.state == VoiceState.WITHDRAWN and last.by == DecidedBy.AUTHOR:
        return True
    if seen is not None and voice.pk in seen:
        return seen[voice.pk] != last.pk
    open_again = voice.state == VoiceState.HELD or overturn
    return last.by == DecidedBy.PERSON and last.actor_id != actor_id and not open_again


def _conflict(last: models.Decision) -> DecisionConflict:
    return DecisionConflict(
        voice_id=last.voice_id,
        outcome=Outcome(last.outcome),
        by=DecidedBy(last.by),
        actor_id=last.actor_id,
        actor_name=_name(last),
        at=last.at,
    )


def _name(last: models.Decision) -> str:
    if last.actor_id is None:
        return "The author" if last.by == DecidedBy.AUTHOR else "The machine"
    return people.names([last.actor_id]).get(last.actor_id) or "A former colleague"


def _check_undo(row: models.Decision, last: models.Decision) -> None:
    if row.by == DecidedBy.AUTHOR:
        raise CannotUndo(reason="the author took the voice back", voice_id=row.voice_id)
    if row.reason == Reason.ERASURE:
        raise CannotUndo(reason="the words were erased", voice_id=row.voice_id)
    if last.pk != row.pk:
        raise CannotUndo(
            reason=f"{_name(last)} has decided since then ({last.outcome})", voice_id=row.voice_id, name=_name(last)
        )


# -- writing it -----------------------------------------------------------------------------------------------

_OUTCOME_OF = {outcome.state: outcome for outcome in Outcome}


def _line(
    voice: models.Voice,
    outcome: Outcome,
    by: DecidedBy,
    reason: Reason,
    at: datetime,
    *,
    actor_id: int | None = None,
    note: str = "",
) -> models.Decision:
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
        at=at,
    )


def _undo_line(row: models.Decision, voice: models.Voice, actor_id: int, at: datetime) -> models.Decision:
    """The line that takes ``row`` back; its reason is the one that the voice had before."""
    earlier = models.Decision.objects.filter(voice_id=row.voice_id, id__lt=row.pk).order_by("-id").first()
    outcome = _OUTCOME_OF[VoiceState(row.state_before)]
    reason = Reason(earlier.reason) if earlier is not None else Reason.SECOND_LOOK
    line = _line(voice, outcome, DecidedBy.PERSON, reason, at, actor_id=actor_id)
    line.undoes_id = row.pk
    return line


def _apply(
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
    for line in lines:
        voice = voices[line.voice_id]
        before, after = VoiceState(voice.state), VoiceState(line.state_after)
        voice.state, voice.reason, voice.decided_by, voice.decided_at = after, line.reason, line.by, at
        if restore is not None:
            voice.published_at = restore[line.voice_id]
        if after is VoiceState.PUBLISHED and voice.published_at is None:
            voice.published_at = at
        events += _events(voice, before, after)
    moved = list({line.voice_id: voices[line.voice_id] for line in lines}.values())
    models.Voice.objects.bulk_update(
        moved, ["state", "reason", "decided_by", "decided_at", "published_at"], batch_size=500
    )
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
