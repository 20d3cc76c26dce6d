"""What is let go: raw events after their months, and visitors who take their consent back."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from parvis.core.days import day_of
from parvis.domains.analytics.actions import files, merging
from parvis.domains.analytics.models import ForgottenVisitor, RawEvent, Segment
from parvis.domains.analytics.queries import log


def forget_old_events(*, at: datetime) -> int:
    """Retire the raw events of days older than PARVIS_EVENTS_MONTHS; returns how many files went.

    The rollups stay: they hold counts of visits whose secrets are long gone, and nobody's visitor id.
    """
    last = months_before(day_of(at), settings.EVENTS_MONTHS)
    with transaction.atomic():
        if not files.alone():
            return 0
        old = Segment.objects.filter(dataset="events", retired_at=None, day__lt=last, whole=True)
        gone = list(old)
        files.retire(gone, at=at)
        return len(gone)


def months_before(day: date, months: int) -> date:
    """The same day so many months ago, or the last one of a shorter month."""
    from calendar import monthrange

    count = day.year * 12 + day.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def forget_visitors(visitors: Sequence[str], *, at: datetime) -> None:
    """Take the visitor id off everything that carries it: waiting rows now, files with :func:`clean_files`."""
    known = [visitor for visitor in visitors if len(visitor) <= 40]
    ForgottenVisitor.objects.bulk_create(
        [ForgottenVisitor(visitor=visitor, asked_at=at) for visitor in known], ignore_conflicts=True
    )
    RawEvent.objects.filter(visitor__in=known).update(visitor=None)


def clean_files(*, at: datetime) -> int:
    """Rewrite the files that hold a forgotten visitor's id, without it; returns how many."""
    wanted = set(ForgottenVisitor.objects.values_list("visitor", flat=True))
    if not wanted:
        return 0
    with transaction.atomic():
        if not files.alone():
            return 0
        RawEvent.objects.filter(visitor__in=wanted).update(visitor=None)
        live = list(Segment.objects.filter(dataset="events", retired_at=None))
        touched = [segment for segment in live if _holds(segment, wanted)]
        for segment in touched:
            merging.rewrite(segment, without=wanted, at=at)
        ForgottenVisitor.objects.filter(visitor__in=wanted).delete()
        return len(touched)


def _holds(segment: Segment, wanted: set[str]) -> bool:
    with log.session() as connection:
        log.view(connection, "held", "events", [str(log.root() / segment.path)])
        rows = connection.execute("SELECT DISTINCT visitor FROM held WHERE visitor IS NOT NULL").fetchall()
    return any(visitor in wanted for (visitor,) in rows)
