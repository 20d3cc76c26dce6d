"""What rights say of photos and videos on our own pages, written where every page reads it.

Refusals and, for what was taken over from elsewhere, missing rights are brought to the voices themselves
(:func:`voices.actions.withhold`): pages, structured data, feeds, site maps, search, the assistant and the files follow
without asking. Other channels ask at each showing (:func:`evidence.queries.gallery`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from parvis.core.days import day_of
from parvis.domains.evidence import rules
from parvis.domains.evidence.models import MediaRight
from parvis.domains.evidence.queries.gallery import rights_of
from parvis.domains.voices import actions as voices
from parvis.domains.voices import queries


def settle(voice_ids: Iterable[int], *, at: datetime) -> int:
    """Bring what is withheld of these voices in line with the rights of today; returns how many changed. Two
    statements where nothing is recorded and nothing came from elsewhere."""
    asked = list(voice_ids)
    known = set(MediaRight.objects.filter(voice_id__in=asked).values_list("voice_id", flat=True))
    known |= queries.with_media_from_elsewhere(asked)
    found = queries.voices(known, withheld=True) if known else {}
    rights = rights_of(found)
    changed = 0
    for voice in found.values():
        paths = [shot.path for shot in voice.media] + ([rules.VIDEO] if voice.video else [])
        foreign = bool(voice.syndicated_from)
        hidden, closed = rules.withheld(rights.get(voice.id, ()), paths=paths, on=day_of(at), foreign=foreign)
        changed += voices.withhold(voice_id=voice.id, hidden=hidden, closed=closed)
    return changed


def turned(*, at: datetime) -> list[int]:
    """Voices of which a right begins today, or ended yesterday."""
    day = day_of(at)
    begun_or_over = Q(starts_on=day) | Q(until=day - timedelta(days=1))
    return list(MediaRight.objects.filter(begun_or_over, ended_at=None).values_list("voice_id", flat=True).distinct())
