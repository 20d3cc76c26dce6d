"""/metrics: every figure with its definition, denominator and interval."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from parvis.core.clock import now
from parvis.core.days import day_of
from parvis.core.errors import Invalid
from parvis.domains.analytics import queries
from parvis.domains.people.contracts import Scope
from parvis.interfaces.api.auth import Needs
from parvis.interfaces.api.problems import only
from parvis.interfaces.api.shapes import Locale

router = Router(tags=["metrics"])
READ = Needs(Scope.METRICS_READ)
MAX_DAYS = 400


class MetricOut(Schema):
    """A published definition."""

    key: str
    kind: str
    unit: str
    name: str
    definition: str
    numerator: str
    denominator: str
    exclusions: str
    interval: str
    association: bool


class FigureOut(Schema):
    """A value with its 95 % interval; all null when the denominator is zero: nobody can say."""

    metric: str
    value: float | None
    low: float | None
    high: float | None
    numerator: float | None
    denominator: float


class ChangeOut(Schema):
    """``now`` against ``before``; ``verdict`` up, down or unclear."""

    metric: str
    before: FigureOut
    now: FigureOut
    difference: float | None
    low: float | None
    high: float | None
    verdict: str


class OverviewOut(Schema):
    """Days [since, until) against the period before. ``as_of``: everything received before it is counted."""

    since: date
    until: date
    compare_since: date
    compare_until: date
    time_zone: str
    currency: str
    as_of: datetime | None
    figures: list[FigureOut]
    changes: list[ChangeOut]
    simulated_share: float | None


class Period(Schema):
    """Days [since, until); the last seven whole days by default."""

    since: date | None = None
    until: date | None = None


class PointOut(Schema):
    day: date
    figure: FigureOut


@router.get("/metrics", response=list[MetricOut], auth=READ, summary="Every definition")
def list_metrics(request: HttpRequest, locale: Locale = "en") -> Any:
    only(request, "locale")
    texts = ("name", "definition", "numerator", "denominator", "exclusions", "interval")
    return [
        {
            "key": metric.key,
            "kind": metric.kind,
            "unit": metric.unit,
            "association": metric.association,
            **{name: getattr(metric, name).in_(locale) for name in texts},
        }
        for metric in queries.catalogue().values()
    ]


@router.get("/metrics/overview", response=OverviewOut, auth=READ, summary="The loop at a glance")
def overview(request: HttpRequest, period: Query[Period]) -> Any:
    only(request, *Period.model_fields)
    since, until = _days(period)
    length = until - since
    found = queries.overview(since=since, until=until, compare_since=since - length, compare_until=since)
    plain = {name: getattr(found, name) for name in OverviewOut.model_fields if name not in ("figures", "changes")}
    return {**plain, "figures": list(found.figures.values()), "changes": list(found.changes)}


@router.get("/metrics/invitations", response=list[FigureOut], auth=READ, summary="What came of invitations")
def invitations(request: HttpRequest, period: Query[Period]) -> Any:
    only(request, *Period.model_fields)
    since, until = _days(period)
    return list(queries.invitation_figures(since=since, until=until).values())


@router.get("/metrics/{key}/days", response=list[PointOut], auth=READ, summary="A metric day by day")
def series(request: HttpRequest, key: Annotated[str, Field(max_length=60)], period: Query[Period]) -> Any:
    only(request, *Period.model_fields)
    since, until = _days(period)
    return list(queries.series(key, since=since, until=until).points)


def _days(period: Period) -> tuple[date, date]:
    today = day_of(now())
    until = period.until or today
    since = period.since or until - timedelta(days=7)
    if not timedelta(0) < until - since <= timedelta(days=MAX_DAYS):
        raise Invalid(field="since", problem=f"give 1 to {MAX_DAYS} days that end after they begin")
    return since, until
