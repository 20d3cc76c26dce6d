"""Voices drawn by chance, so that a person looks at some of what the machine decides alone: error rates are known from
them and from nothing else."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import DecidedBy, Outcome


def draw(voice_ids: Sequence[int], *, share: float, at: datetime) -> int:
    """Draw some of these voices, whatever was decided about them. Repeating it draws the same. Returns how many."""
    found = [voice_id for voice_id in voice_ids if rules.drawn(voice_id, share, settings.SECRET_KEY)]
    if found:
        rows = [models.Check(voice_id=voice_id, chance=share, drawn_at=at) for voice_id in found]
        models.Check.objects.bulk_create(rows, ignore_conflicts=True)
    return len(found)


def fill(lines: Sequence[models.Decision], *, at: datetime) -> None:
    """What people decided answers the checks of these voices: published means fit, refused or withdrawn not. What an
    undo or the author said is no opinion of the team; a later opinion replaces the earlier one."""
    said = [line for line in lines if line.by == DecidedBy.PERSON and line.undoes_id is None]
    judged = {line.voice_id: line for line in said if line.outcome != Outcome.HOLD}
    reopened = [line.voice_id for line in lines if line.undoes_id is not None or line.outcome == Outcome.HOLD]
    if reopened:
        models.Check.objects.filter(voice_id__in=reopened, checked_at__isnull=False).update(
            fit=None, reason="", actor=None, checked_at=None
        )
    checks = list(models.Check.objects.filter(voice_id__in=list(judged))) if judged else []
    for check in checks:
        line = judged[check.voice_id]
        check.fit = line.outcome == Outcome.PUBLISH
        check.reason = "" if check.fit else line.reason
        check.actor_id = line.actor_id
        check.checked_at = at
    models.Check.objects.bulk_update(checks, ["fit", "reason", "actor", "checked_at"])
