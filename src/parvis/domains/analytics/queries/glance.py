"""The loop at a glance, and any metric day by day."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings

from parvis.core.days import day_of, days
from parvis.core.errors import Invalid
from parvis.domains.analytics.contracts import (
    Bots,
    Change,
    Figure,
    FunnelStep,
    MetricKind,
    Overview,
    Point,
    Series,
    Text,
)
from parvis.domains.analytics.metrics import metric as definition
from parvis.domains.analytics.queries import changes, figures, log, totals, waits
from parvis.domains.analytics.queries.totals import Totals

LONGEST_DAYS = 800
# What "what changed" compares, in the order of the page.
COMPARED = (
    "visits",
    "product_views",
    "proof_seen_rate",
    "proof_click_through",
    "ask_rate",
    "answered_share",
    "add_to_cart_rate",
    "checkout_rate",
    "cvr",
    "revenue",
    "revenue_per_visit",
    "average_order_value",
    "review_rate",
    "publication_delay",
)
# step, metric of its share, what is counted at it, and together with the step before
_STEPS = (
    ("visits", "step_rate", Text(en="Visits", fr="Visites"), "visits", "visits"),
    ("proof", "proof_seen_rate", Text(en="Saw a proof", fr="Ont vu une preuve"), "proof", "proof"),
    ("ask", "ask_rate", Text(en="Asked", fr="Ont posé une question"), "asked", "proof_asked"),
    ("cart", "add_to_cart_rate", Text(en="Added to cart", fr="Ont ajouté au panier"), "added", "asked_added"),
    ("order", "order_rate", Text(en="Ordered", fr="Ont commandé"), "ordered", "added_ordered"),
)


def warm() -> None:
    """Load what the first overview of a process would otherwise wait for."""
    from scipy import special  # noqa: F401 - what intervals are made of

    with log.session():
        pass


def last_weeks(at: datetime, *, length: int = 7) -> tuple[date, date, date, date]:
    """(since, until, compare_since, compare_until): the last ``length`` whole days before ``at`` and those before."""

    until = day_of(at)
    since = until - timedelta(days=length)
    return since, until, since - timedelta(days=length), since


def overview(*, since: date, until: date, compare_since: date, compare_until: date) -> Overview:
    """The figures of the days [since, until) against those of [compare_since, compare_until)."""
    for first, end in ((since, until), (compare_since, compare_until)):
        _check(first, end)
    by_day, as_of = _span(min(since, compare_since), max(until, compare_until))
    now, before = _days(by_day, since, until), _days(by_day, compare_since, compare_until)
    total = totals.add_up(now)
    waited, waited_before = waits.waits(since, until), waits.waits(compare_since, compare_until)
    shown: dict[str, Figure] = {key: figures.of_totals(key, total) for key in (*figures.COUNTS, *figures.BY_TOTALS)}
    for key, share in figures.DELAYS.items():
        shown[key] = figures.figure(key, figures.delay(waited, share))
    return Overview(
        since=since,
        until=until,
        compare_since=compare_since,
        compare_until=compare_until,
        time_zone=settings.TIME_ZONE,
        currency=settings.CURRENCY,
        as_of=as_of,
        funnel=_funnel(total),
        figures=shown,
        changes=_changes(before, now, waited_before, waited),
        bots=Bots(
            visits=total.bot_visits,
            events=total.bot_events,
            share_of_events=total.bot_events / total.events if total.events else None,
        ),
        simulated_share=total.simulated / total.visits if total.visits else None,
    )


def series(metric: str, since: date, until: date) -> Series:
    """One metric on each day of [since, until); raises NotFound for an unknown one."""
    defined = definition(metric)
    if metric not in figures.COUNTS and metric not in figures.BY_TOTALS and metric not in figures.DELAYS:
        raise Invalid(field="metric", problem=f"{metric} has no daily series")
    _check(since, until)
    if defined.kind == MetricKind.DURATION:
        by_wait = waits.waits_by_day(since, until)
        share = figures.DELAYS[metric]
        made = {day: figures.figure(metric, figures.delay(by_wait.get(day, ()), share)) for day in days(since, until)}
        _, as_of = _span(since, until)
    else:
        by_day, as_of = _span(since, until)
        made = {day: figures.of_totals(metric, by_day.get(day, totals.NOTHING)) for day in days(since, until)}
    return Series(metric=defined, points=tuple(Point(day=day, figure=made[day]) for day in made), as_of=as_of)


def _span(since: date, until: date) -> tuple[Mapping[date, Totals], datetime | None]:
    by_day, listed = totals.daily(since=since, until=until)
    return by_day, listed.as_of


def _days(by_day: Mapping[date, Totals], since: date, until: date) -> list[Totals]:
    return [by_day.get(day, totals.NOTHING) for day in days(since, until)]


def _funnel(total: Totals) -> tuple[FunnelStep, ...]:
    steps = []
    previous = total.visits
    for key, metric, name, field, joint in _STEPS:
        here = getattr(total, field)
        share = figures.figure(metric, figures.proportion(here, total.visits))
        of_previous = figures.figure("step_rate", figures.proportion(getattr(total, joint), previous))
        steps.append(FunnelStep(key=key, name=name, visits=here, share=share, of_previous=of_previous))
        previous = here
    return tuple(steps)


def _changes(
    before: list[Totals], now: list[Totals], waited_before: list[float], waited: list[float]
) -> tuple[Change, ...]:
    level = changes.strict_level(len(COMPARED))
    earlier, later = totals.add_up(before), totals.add_up(now)
    found = []
    for key in COMPARED:
        if key in figures.COUNTS:
            found.append(changes.by_days(key, before, now, level=level))
        elif key in figures.DELAYS:
            found.append(changes.by_waits(key, waited_before, waited, level=level))
        else:
            found.append(changes.by_totals(key, earlier, later, level=level))
    return tuple(found)


def _check(since: date, until: date) -> None:
    if until <= since:
        raise Invalid(field="until", problem="a period ends after it begins")
    if (until - since).days > LONGEST_DAYS:
        raise Invalid(field="since", problem=f"a period has at most {LONGEST_DAYS} days")
