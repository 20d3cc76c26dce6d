"""Learn from what visits did with reviews, places taken out, and let the order of proofs follow."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from parvis.domains.analytics import queries as analytics
from parvis.domains.evidence.actions.refresh import refresh
from parvis.domains.evidence.models import Lesson
from parvis.domains.voices import queries as voices
from parvis.science import usefulness_learning

log = structlog.get_logger("parvis.evidence")
DAYS = 60
_MOVES = 0.02  # log-odds: smaller changes are not worth writing a score anew
_BATCH = 500


def learn(*, at: datetime) -> int:
    """Learn from the last ``DAYS`` whole days; returns how many reviews moved. Idempotent: it starts from the log.

    Reviews that are no longer seen lose what was learnt about them with the days it was learnt on.
    """
    _, until, _, _ = analytics.last_weeks(at, length=DAYS)
    told = analytics.exposures(since=until - timedelta(days=DAYS), until=until)
    learned = usefulness_learning.learn(told)
    rows = {row["voice"]: row for row in learned.reviews.iter_rows(named=True)}
    before = dict(Lesson.objects.values_list("voice_id", "shift"))
    known = set(voices.public_among(rows)) if rows else set()
    kept = [
        Lesson(
            voice_id=voice, shift=row["shift"], low=row["low"], high=row["high"], seen=row["seen"],
            clicked=row["clicked"], learned_at=at,
        )
        for voice, row in rows.items()
        if voice in known
    ]  # fmt: skip
    with transaction.atomic():
        Lesson.objects.exclude(voice_id__in=known).delete()
        Lesson.objects.bulk_create(
            kept, batch_size=1000, update_conflicts=True, unique_fields=["voice"],
            update_fields=["shift", "low", "high", "seen", "clicked", "learned_at"],
        )  # fmt: skip
    now = {lesson.voice_id: lesson.shift for lesson in kept}
    moved = sorted(v for v in now.keys() | before.keys() if abs(now.get(v, 0.0) - before.get(v, 0.0)) >= _MOVES)
    for start in range(0, len(moved), _BATCH):
        refresh(moved[start : start + _BATCH], at=at)
    log.info("learnt from clicks", reviews=len(kept), moved=len(moved), prior=round(learned.prior, 1),
             zone=settings.TIME_ZONE)  # fmt: skip
    return len(moved)
