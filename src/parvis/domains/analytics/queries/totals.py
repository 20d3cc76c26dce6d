"""What is counted on each day: the sums that every figure is made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from parvis.domains.analytics.queries import log, rollups, schema


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """Sums over people's visits unless a field says otherwise; money in minor units."""

    visits: int = 0
    simulated: int = 0
    product_views: int = 0
    proof: int = 0
    clicked: int = 0
    asked: int = 0
    added: int = 0
    checkout: int = 0
    ordered: int = 0
    proof_clicked: int = 0
    proof_asked: int = 0
    asked_added: int = 0
    added_ordered: int = 0
    asks_told: int = 0
    asks_answered: int = 0
    orders_in_visits: int = 0
    orders_with_proof: int = 0
    revenue_in_visits: int = 0
    revenue_squares: float = 0.0
    orders: int = 0  # these four: whatever their visit, none included
    revenue: int = 0
    order_squares: float = 0.0
    reviews: int = 0
    bot_visits: int = 0
    bot_events: int = 0
    events: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(**{name: getattr(self, name) + getattr(other, name) for name in NAMES})


NAMES = tuple(field.name for field in fields(Totals))
NOTHING = Totals()


def add_up(days: Iterable[Totals]) -> Totals:
    """The sum over days."""
    total = NOTHING
    for day in days:
        total += day
    return total


def daily(*, since: date, until: date) -> tuple[Mapping[date, Totals], log.Manifest]:
    """The totals of each day of [since, until) that has any, and what they were read from.

    A finished day was counted when it was summed up, and its totals are listed with its file; only running days are
    counted now.
    """
    listed = log.manifest(since=since, until=until)
    known = {day: Totals(**kept) for day, kept in listed.totals.items()}  # type: ignore[arg-type]  # as JSON kept them
    if listed.dirty_events:
        running = listed.dirty_events
        known |= log.once(("totals", running), lambda: count((), running))
    return known, listed


def count(rolled_up: Sequence[str], running: Sequence[str]) -> dict[date, Totals]:
    """The totals of the days in files of visits and in files of events."""
    with log.session() as connection:
        log.view(connection, "visits", "visits", rolled_up)
        log.view(connection, "events", "events", running)
        rows = connection.execute(log.sql(expression)).fetchall()
    return {row[0]: Totals(**dict(zip(NAMES, row[1:], strict=True))) for row in rows}  # wide integers come as int


def expression() -> Any:
    """Days with their totals, from the rollups of finished days and the events of running ones."""
    import ibis

    visits = schema.unbound("visits").union(rollups.visits(schema.unbound("events")))
    visits = visits.mutate(people=~visits.bot & (visits.visit != ""))
    own = visits.people
    proof, clicked = own & (visits.proofs_seen > 0), own & (visits.proofs_clicked > 0)
    asked, added = own & (visits.asks > 0), own & (visits.adds > 0)
    ordered = own & (visits.orders > 0)
    money = visits.revenue_minor.cast("float64")
    zero = ibis.literal(0, "int64")

    def within(condition: Any, column: Any) -> Any:
        return ibis.ifelse(condition, column, zero).sum()

    counted = visits.group_by("day").agg(
        visits=own.sum(),
        simulated=(own & visits.simulated).sum(),
        product_views=within(own, visits.products_seen),
        proof=proof.sum(),
        clicked=clicked.sum(),
        asked=asked.sum(),
        added=added.sum(),
        checkout=(own & (visits.checkouts > 0)).sum(),
        ordered=ordered.sum(),
        proof_clicked=(proof & clicked).sum(),
        proof_asked=(proof & asked).sum(),
        asked_added=(asked & added).sum(),
        added_ordered=(added & ordered).sum(),
        asks_told=within(~visits.bot, visits.asks_told),
        asks_answered=within(~visits.bot, visits.asks_answered),
        orders_in_visits=within(own, visits.orders),
        orders_with_proof=within(proof, visits.orders),
        revenue_in_visits=within(own, visits.revenue_minor),
        revenue_squares=ibis.ifelse(own, money * money, 0.0).sum(),
        orders=visits.orders.sum(),
        revenue=visits.revenue_minor.sum(),
        order_squares=visits.order_squares.sum(),
        reviews=within(~visits.bot, visits.reviews),
        bot_visits=(visits.bot & (visits.visit != "")).sum(),
        bot_events=within(visits.bot, visits.events),
        events=visits.events.sum(),
    )
    return counted.select("day", *NAMES)
