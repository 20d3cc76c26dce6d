"""The comparisons with the provider's books, their differences, and the attempts to pay."""

from datetime import date, datetime

from django.db.models import Count, Q

from parvis.core.money import Money
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import (
    AttemptFigures,
    Difference,
    DifferenceKind,
    DifferenceState,
    MoneyDay,
    Reconciliation,
)


def to_reconciliation(row: models.Reconciliation) -> Reconciliation:
    """A comparison as others see it."""
    return Reconciliation(
        id=row.id,
        provider=row.provider,
        since=row.since,
        until=row.until,
        at=row.at,
        movements=row.movements,
        found=row.found,
        mended=row.mended,
        currency=row.currency,
        problem=row.problem,
        days=tuple(MoneyDay(**{**day, "day": date.fromisoformat(day["day"])}) for day in row.days),
    )


def last_reconciliation() -> Reconciliation | None:
    """The newest comparison that could be made, else the newest at all."""
    rows = models.Reconciliation.objects.order_by("-at")
    row = rows.filter(problem="").first() or rows.first()
    return to_reconciliation(row) if row else None


def money_days(*, limit: int = 30) -> tuple[MoneyDay, ...]:
    """The sums of the last days that were compared, the oldest first; of each day the newest comparison."""
    days: dict[date, MoneyDay] = {}
    for row in models.Reconciliation.objects.filter(problem="").order_by("-at")[:60]:
        for day in to_reconciliation(row).days:
            days.setdefault(day.day, day)
    return tuple(days[day] for day in sorted(days)[-limit:])


def differences(*, state: DifferenceState | None = None, limit: int = 100) -> tuple[Difference, ...]:
    """Differences, the youngest first."""
    rows = models.Difference.objects.all()
    if state is not None:
        rows = rows.filter(state=state.value)
    return tuple(
        Difference(
            id=row.id,
            kind=DifferenceKind(row.kind),
            reference=row.reference,
            order_id=row.order_id,
            order_number=row.order_number,
            ours=Money(row.ours_minor, row.currency),
            theirs=Money(row.theirs_minor, row.currency),
            state=DifferenceState(row.state),
            first_seen_at=row.first_seen_at,
            settled_at=row.settled_at,
            actor_id=row.actor_id,
            note=row.note,
        )
        for row in rows[:limit]
    )


def differences_open() -> int:
    """How many differences nobody has settled."""
    return models.Difference.objects.filter(state=DifferenceState.OPEN.value).count()


def attempt_figures(*, since: datetime, until: datetime) -> AttemptFigures:
    """The attempts to pay in [since, until)."""
    failed = Q(outcome__in=("declined", "unreadable"))
    found = models.PayAttempt.objects.filter(at__gte=since, at__lt=until).aggregate(
        attempts=Count("id"),
        paid=Count("id", filter=Q(outcome="paid")),
        declined=Count("id", filter=failed),
        blocked=Count("id", filter=Q(outcome="blocked")),
        cards=Count("card", filter=failed & ~Q(card=""), distinct=True),
        addresses=Count("address", filter=failed & ~Q(address=""), distinct=True),
    )
    return AttemptFigures(**found)
