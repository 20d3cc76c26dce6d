"""Two people: where the policy asks for it, a first person's wish waits until another one says the same."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import DecidedBy, Outcome, Reason


def waiting(voice_ids: Sequence[int]) -> dict[int, models.Proposal]:
    """The open proposal of each voice that has one. The voices are locked by the caller."""
    rows = models.Proposal.objects.filter(voice_id__in=voice_ids, closed_at__isnull=True)
    return {row.voice_id: row for row in rows}


def needs_another(policy: rules.Policy, outcome: Outcome, open_: models.Proposal | None, actor_id: int) -> bool:
    """Whether ``outcome`` still lacks a second person. Holding never does."""
    if policy.two_people is rules.TwoPeople.NOTHING or outcome is Outcome.HOLD:
        return False
    if policy.two_people is rules.TwoPeople.REFUSALS and outcome is Outcome.PUBLISH:
        return False
    return open_ is None or open_.outcome != outcome or open_.actor_id == actor_id


def open_(
    voices: Sequence[models.Voice], outcome: Outcome, reason: Reason, note: str, *, actor_id: int, at: datetime
) -> None:
    """Keep the wish of a first person. A different wish takes the place of the one that waited; the same one by the
    same person is already there."""
    now_waiting = waiting([voice.pk for voice in voices])
    for voice in voices:
        before = now_waiting.get(voice.pk)
        if before is not None:
            if before.outcome == outcome and before.actor_id == actor_id:
                continue
            _close(before, confirmed=False, by=actor_id, at=at)
        models.Proposal.objects.create(
            voice=voice, outcome=outcome, reason=reason, note=note[:2000], actor_id=actor_id, at=at
        )


def close(lines: Sequence[models.Decision], open_before: Mapping[int, models.Proposal], *, at: datetime) -> None:
    """A decision closes what was proposed about its voice: confirmed when another person decided the same."""
    for line in lines:
        before = open_before.get(line.voice_id)
        if before is None:
            continue
        same = line.by == DecidedBy.PERSON and line.outcome == before.outcome and line.actor_id != before.actor_id
        _close(before, confirmed=same, by=line.actor_id, at=at, decision=line if same else None)


def take_back(*, voice_id: int, actor_id: int, at: datetime) -> bool:
    """The first person changes their mind while it waits. Whether there was something to take back."""
    mine = models.Proposal.objects.filter(voice_id=voice_id, actor_id=actor_id, closed_at__isnull=True)
    return bool(mine.update(confirmed=False, closed_by_id=actor_id, closed_at=at))


def _close(
    row: models.Proposal,
    *,
    confirmed: bool,
    by: int | None,
    at: datetime,
    decision: models.Decision | None = None,
) -> None:
    row.confirmed, row.closed_by_id, row.closed_at, row.decision = confirmed, by, at, decision
    row.save(update_fields=["confirmed", "closed_by", "closed_at", "decision"])
