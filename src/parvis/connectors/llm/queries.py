"""What the language model has cost, and how long it took."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Sum

from parvis.connectors.llm.models import Call, Spending
from parvis.core.days import day_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Today:
    """The day's budget in minor units: what is spent (with what running calls have set aside) and what may be."""

    model: str
    kind: str
    spent_minor: Decimal
    cap_minor: Decimal

    @property
    def share(self) -> float:
        """Spent over cap, 0..1."""
        return 0.0 if not self.cap_minor else min(1.0, float(self.spent_minor / self.cap_minor))


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Calls of one purpose since a moment. ``failed`` counts calls without a usable answer."""

    purpose: str
    calls: int
    failed: int
    tokens_in: int
    tokens_out: int
    cost_minor: Decimal
    latencies_ms: tuple[int, ...]


def today(*, at: datetime) -> Today | None:
    """The budget of the day, or None when no model is configured."""
    options = settings.LANGUAGE_MODEL
    if options is None:
        return None
    row = Spending.objects.filter(day=day_of(at)).values_list("spent_minor", flat=True).first()
    return Today(model=options.model, kind=options.kind, spent_minor=row or Decimal(0), cap_minor=options.cap_minor)


def usage(*, since: datetime) -> tuple[Usage, ...]:
    """Calls by purpose. Two statements."""
    rows = Call.objects.filter(at__gte=since).values("purpose").order_by("purpose")
    sums = rows.annotate(calls=Count("id"), spent=Sum("cost_minor"), sent=Sum("tokens_in"), got=Sum("tokens_out"))
    answered: dict[str, list[int]] = {}
    timed = Call.objects.filter(at__gte=since, outcome="answered").order_by("latency_ms")
    for purpose, latency in timed.values_list("purpose", "latency_ms"):
        answered.setdefault(purpose, []).append(latency)
    return tuple(
        Usage(
            purpose=row["purpose"],
            calls=row["calls"],
            failed=row["calls"] - len(answered.get(row["purpose"], ())),
            tokens_in=row["sent"],
            tokens_out=row["got"],
            cost_minor=row["spent"],
            latencies_ms=tuple(answered.get(row["purpose"], ())),
        )
        for row in sums
    )
