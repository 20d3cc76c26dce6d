"""Consecutive days planned: behaviour, stock and orders, before anything is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np

from parvis.connectors.demo import behaviour, shelves
from parvis.connectors.demo.assortment import prices_on
from parvis.connectors.demo.ledger import PAID_AFTER, Planned, Stock, locale_of
from parvis.connectors.demo.telling import visit_ids
from parvis.connectors.demo.world import Day, Ints
from parvis.core.days import start_of
from parvis.domains.catalog.contracts import MovementKind

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Run:
    """Consecutive days with their orders, and the stock that they moved."""

    days: Sequence[date]
    stock: Stock
    plans: list[Planned] = field(default_factory=list)
    made: list[Day] = field(default_factory=list)


def consecutive(days: Sequence[date]) -> Iterator[list[date]]:
    """Sorted days in groups without gaps."""
    group: list[date] = []
    for day, following in pairwise([*sorted(days), None]):
        if day is None:
            continue
        group.append(day)
        if following != day + _DAY:
            yield group
            group = []


def plan(days: Sequence[date], *, shelf: Ints | None, closes: bool, seed: int, until: datetime) -> Run:
    """Simulate consecutive days. ``shelf`` is the stock by variant that they begin with; None: the shop opens.

    ``closes``: days after these are known already, so what is left goes away at their end and today's stock stays.
    """
    run = Run(days=days, stock=Stock(np.zeros_like(shelves.the_range().target) if shelf is None else shelf.copy()))
    if shelf is None:
        run.stock.fill(shelves.opening(), start_of(days[0]), reason="opening stock")
    end = start_of(days[-1] + _DAY) if closes else until
    back: dict[date, list[Planned]] = {}
    for day in days:
        _one(day, run, back, seed=seed, end=end)
    if closes:
        run.stock.clear(end - timedelta(seconds=1), reason="moved to another shop")
    else:
        for plans in back.values():
            _take_back(run.stock, plans, before=end)
    return run


def _one(day: date, run: Run, back: dict[date, list[Planned]], *, seed: int, end: datetime) -> None:
    """What came back until yesterday is on the shelf this morning, deliveries come at night, orders take away."""
    morning = start_of(day)
    for returned in sorted(moment for moment in back if moment < day):
        _take_back(run.stock, back.pop(returned), before=end)
    run.stock.fill(
        shelves.delivery(run.stock.shelf, on=day, seed=seed), morning + timedelta(minutes=1), reason="delivery"
    )
    prices = prices_on(day)
    made = behaviour.day(shelves.the_range(), on=day, seed=seed, prices=prices, shelf=run.stock.shelf)
    names = visit_ids(made, seed=seed)
    run.made.append(made)
    for order in made.orders:
        planned = Planned(
            day=day, order=order, locale=locale_of(made, order.visit), visit=names[order.visit], prices=prices
        )
        run.plans.append(planned)
        if order.cancelled:
            continue
        paid = planned.moment(order.placed) + PAID_AFTER
        for variant, quantity in order.lines:
            run.stock.move(MovementKind.SOLD, variant, -quantity, paid, reason="", plan=planned)
        if order.returned:
            back.setdefault((planned.moment(order.returned_at)).date(), []).append(planned)


def _take_back(stock: Stock, plans: Sequence[Planned], *, before: datetime) -> None:
    for planned in plans:
        at = planned.moment(planned.order.returned_at)
        if at >= before:
            continue
        for index in planned.order.returned:
            variant, quantity = planned.order.lines[index]
            stock.move(MovementKind.RETURNED, variant, quantity, at, reason="sent back", plan=planned)
