"""People decide, many at once, and can take it back. Each decision is a line that stays; an undo is a further line."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from parvis.core.errors import Conflict, NotFound
from parvis.domains.people import queries as people
from parvis.domains.voices import models, rules
from parvis.domains.voices.actions import proposals, readings, settling
from parvis.domains.voices.actions.policies import policy_in_force
from parvis.domains.voices.actions.trail import apply, line_for, undo_line
from parvis.domains.voices.contracts import (
    Decided,
    DecidedBy,
    DecisionConflict,
    Outcome,
    Reason,
    VoiceState,
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
    changes nothing. Where the policy asks for two people, the first one's wish waits (``Decided.proposed``). A decision
    answers the reports and the appeal that were open about its voice. Raises NotFound for unknown ids, GroundsMissing
    for a refusal for another reason without a word about it.
    """
    ids = sorted(set(voice_ids))
    if outcome in {Outcome.REFUSE, Outcome.WITHDRAW} and reason is Reason.OTHER and not note.strip():
        raise rules.GroundsMissing(field="note")
    if outcome is Outcome.PUBLISH:
        readings.read_missing(ids, at=at, reader=reader)
    with transaction.atomic():
        policy_id, policy = policy_in_force(at=at)
        voices = _lock(ids)
        latest = _latest(ids)
        waiting = proposals.waiting(ids)
        made: list[models.Decision] = []
        kept: dict[int, int] = {}
        first: list[models.Voice] = []
        conflicts: list[DecisionConflict] = []
        for voice in voices:
            last = latest.get(voice.pk)
            if _repeats(voice, last, outcome, actor_id):
                kept[voice.pk] = last.pk if last else 0
            elif last is not None and _conflicts(voice, last, actor_id, seen, overturn=overturn):
                conflicts.append(_conflict(last))
            elif proposals.needs_another(policy, outcome, waiting.get(voice.pk), actor_id):
                first.append(voice)
            else:
                made.append(
                    line_for(
                        voice, outcome, DecidedBy.PERSON, reason, at, actor_id=actor_id, note=note, policy_id=policy_id
                    )
                )
        if conflicts and not (made or kept or first):
            raise AlreadyDecided(conflicts)
        apply(made, {voice.pk: voice for voice in voices}, at=at)
        proposals.close(made, waiting, at=at)
        proposals.open_(first, outcome, reason, note, actor_id=actor_id, at=at)
        settling.settle(
            [*kept, *(line.voice_id for line in made)], outcome=outcome, note=note, actor_id=actor_id, at=at
        )
    return Decided(
        decision_ids=tuple(sorted([*kept.values(), *(line.pk for line in made)])),
        voice_ids=tuple(line.voice_id for line in made),
        conflicts=tuple(conflicts),
        proposed=tuple(voice.pk for voice in first),
    )


def undo(*, decision_ids: Iterable[int], actor_id: int, at: datetime) -> Decided:
    """Take decisions back: each voice returns to the state, reason and publication date that it had before, and what
    the decision had answered is open again.

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
            made.append(undo_line(row, voices[row.voice_id], actor_id, at))
        apply(made, voices, at=at, restore={row.voice_id: row.published_before for row in wanted.values()})
        settling.reopen(list(wanted.values()))
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
        if voice.state == VoiceState.WITHDRAWN and reason is not Reason.ERASURE:
            return  # an erasure is written in any case: what the team withdrew could be published again, emptied
        by = DecidedBy.AUTHOR if actor_id is None else DecidedBy.PERSON
        line = line_for(voice, Outcome.WITHDRAW, by, reason, at, actor_id=actor_id)
        waiting = proposals.waiting([voice_id])
        apply([line], {voice_id: voice}, at=at)
        proposals.close([line], waiting, at=at)
        settling.settle([voice_id], outcome=Outcome.WITHDRAW, note="", actor_id=actor_id, at=at)


# -- what stands in the way -----------------------------------------------------------------------------------


def _lock(ids: Sequence[int]) -> list[models.Voice]:
    voices = list(models.Voice.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id"))
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
