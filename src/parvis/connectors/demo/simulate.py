"""Any number of days of the demo shop, replayed into the domains by their bulk doors; each day once.

Everything written here is marked as simulated. All of a call happens in one transaction: stopped in the middle, it
leaves nothing behind, and starting again begins where it began.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from django.conf import settings
from django.db import transaction

from parvis.connectors.demo import asking, planning, shelves, told
from parvis.connectors.demo.assortment import prices_on
from parvis.connectors.demo.ledger import Planned, Written, movement, past_order, price_changes
from parvis.connectors.demo.models import Milestone, SimulatedDay
from parvis.connectors.demo.moments import SIMULATED, last_days
from parvis.connectors.demo.planning import Run
from parvis.connectors.demo.shop import OPEN_FOR, catalogue
from parvis.connectors.demo.telling import Teller, submitted
from parvis.connectors.demo.world import Day
from parvis.core import locks
from parvis.core.days import start_of
from parvis.core.errors import Invalid
from parvis.core.locks import Lock
from parvis.domains.analytics import actions as analytics
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as stock
from parvis.domains.checkout import actions as checkout
from parvis.domains.evidence import actions as evidence
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import NewCustomer
from parvis.domains.voices import actions as voices

Progress = Callable[[int, int], None]
DAYS, SEED = 60, 7
_NAMES = {"fr": "Compte simulé", "en": "Simulated shopper"}
_NOTHING = ("days", "visits", "events", "orders", "reviews")
_TELLING = 20
"""Steps of progress for telling the reviews."""


def simulate(
    *, days: int = DAYS, seed: int = SEED, until: datetime, progress: Progress | None = None
) -> dict[str, int]:
    """Replay the last ``days`` whole days before ``until`` that are not there yet; returns what was made, by kind.

    Loads the demo's catalogue and reviews first when they are missing. Raises Invalid for a number of days outside
    1 to 730.
    """
    if not 1 <= days <= 730:
        raise Invalid(field="days", problem="give 1 to 730 days")
    with transaction.atomic():
        locks.hold(Lock.DEMO)
        wanted = last_days(days, until=until)
        known = set(SimulatedDay.objects.values_list("day", flat=True))
        missing = [day for day in wanted if day not in known]
        if not missing:
            return dict.fromkeys(_NOTHING, 0)
        return _Simulation(seed=seed, until=until, progress=progress or (lambda _done, _total: None)).run(
            missing, known
        )


class _Simulation:
    """Plans all days, then writes orders, stock, reviews and events, in this order: a movement names its order, a
    review the order that led to it, an event the reviews that were seen."""

    def __init__(self, *, seed: int, until: datetime, progress: Progress) -> None:
        self.seed, self.until, self.progress = seed, until, progress
        self.ids = catalogue(at=until)
        self.made = dict.fromkeys(_NOTHING, 0)
        self.orders: dict[tuple[date, int], Written] = {}

    def run(self, missing: Sequence[date], known: set[date]) -> dict[str, int]:
        total = 2 * len(missing) + _TELLING
        runs = [self._plan(days, known) for days in planning.consecutive(missing)]
        plans = [planned for run in runs for planned in run.plans]
        self._write_orders(plans)
        for run in runs:
            self._write_stock(run)
        done = len(missing)
        self.progress(done, total)
        self._tell_reviews(plans, began=missing[0])
        done += _TELLING
        proofs = _proofs()
        for run in runs:
            for day in run.made:
                self._tell_day(day, proofs)
                done += 1
                self.progress(done, total)
        return self.made

    # -- stock, prices, orders ------------------------------------------------------------------------------------

    def _plan(self, days: Sequence[date], known: set[date]) -> Run:
        later = any(day > days[-1] for day in known)
        earlier = [day for day in known if day < days[0]]
        shelf = None
        if earlier and not later:
            free = stock.available(self.ids.variants)
            shelf = np.array([free[key] for key in self.ids.variants], dtype=np.int64)
        run = planning.plan(days, shelf=shelf, closes=later, seed=self.seed, until=self.until)
        following = days[-1] + timedelta(days=1)
        changes = price_changes(
            days,
            before=prices_on(max(earlier)) if earlier else shelves.the_range().usual_minor,
            after=prices_on(following) if following in known else None,
            ids=self.ids,
        )
        catalog.record_prices(changes)
        return run

    def _write_orders(self, plans: Sequence[Planned]) -> None:
        customers = self._customers(plans)
        rows = []
        for planned in plans:
            customer_id, email, name = customers[planned.customer_key]
            rows.append(
                past_order(
                    planned,
                    ids=self.ids,
                    customer_id=customer_id,
                    email=email,
                    name=name,
                    until=self.until,
                    currency=settings.CURRENCY,
                )
            )
        written = checkout.record_history(rows, at=self.until)
        for planned, row, order_id in zip(plans, rows, written, strict=True):
            self.orders[planned.day, planned.order.visit] = Written(order_id=order_id, past=row)
        self.made["orders"] += len(written)

    def _customers(self, plans: Sequence[Planned]) -> dict[tuple[str, int], tuple[int, str, str]]:
        """Customer id, address and name of each (locale, number)."""
        first: dict[tuple[str, int], datetime] = {}
        for planned in plans:
            placed = planned.moment(planned.order.placed)
            first[planned.customer_key] = min(placed, first.get(planned.customer_key, placed))
        named = {
            (locale, number): (f"shopper-{locale}-{number:04d}@parvis.example", f"{_NAMES[locale]} {number:04d}")
            for locale, number in first
        }
        rows = (
            NewCustomer(
                email=email,
                name=name,
                locale=key[0],
                created_at=first[key],
                provenance={"customer": SIMULATED},
            )
            for key, (email, name) in named.items()
        )
        found = people.ensure_customers(rows, at=self.until)
        return {key: (found[email], email, name) for key, (email, name) in named.items()}

    def _write_stock(self, run: Run) -> None:
        def number(planned: Planned | None) -> str:
            return checkout.number_of(self._written(planned).order_id) if planned else ""

        catalog.record_movements(movement(move, ids=self.ids, number=number(move.plan)) for move in run.stock.moves)

    def _written(self, planned: Planned) -> Written:
        return self.orders[planned.day, planned.order.visit]

    # -- reviews --------------------------------------------------------------------------------------------------

    def _tell_reviews(self, plans: Sequence[Planned], *, began: date) -> None:
        """All real reviews, once; later runs find them told."""
        if Milestone.objects.filter(name="reviews").exists():
            return
        bought = told.after_delivery(plans, seed=self.seed, until=self.until)
        buyers = {row: self._buyer(plans[review.order]) for row, review in bought.items()}
        rows = list(
            told.voices(
                bought=bought,
                buyers=buyers,
                ids=self.ids,
                seed=self.seed,
                opened=self.until - OPEN_FOR,
                began=start_of(began),
            )
        )
        received = voices.receive_many(rows, at=self.until)
        gone = {*received.duplicate_indexes, *(rejection.index for rejection in received.rejected)}
        kept = [row for index, row in enumerate(rows) if index not in gone]
        proofs = told.proofs(zip(kept, received.accepted, strict=True), self.ids)
        Milestone.objects.create(name="reviews", detail={"proofs": proofs}, at=self.until)
        self.made["reviews"] = len(received.accepted)
        events = list(submitted(bought.values(), plans, ids=self.ids, seed=self.seed))
        self.made["events"] += analytics.load(events, source=f"simulated reviews {self.seed}", at=self.until)

    def _buyer(self, planned: Planned) -> tuple[int, str]:
        """The customer and the number of an order."""
        written = self._written(planned)
        return written.past.customer_id or 0, checkout.number_of(written.order_id)

    # -- events ---------------------------------------------------------------------------------------------------

    def _tell_day(self, day: Day, proofs: Mapping[int, Sequence[int]]) -> None:
        paid = {}
        for order in day.orders:
            written = self.orders[day.date, order.visit]
            if written.past.paid_at is not None:
                paid[order.visit] = written
        teller = Teller(day, seed=self.seed, ids=self.ids, prices=prices_on(day.date), proofs=proofs, paid=paid)
        received = min(start_of(day.date + timedelta(days=1)), self.until)
        events = analytics.load(teller.events(), source=f"simulated {self.seed} {day.date}", at=received)
        evidence.hear(list(asking.heard(day, seed=self.seed, ids=self.ids)))
        visits = len(day.visits.start)
        SimulatedDay.objects.create(
            day=day.date, seed=self.seed, visits=visits, events=events, orders=len(day.orders), at=self.until
        )
        self.made["days"] += 1
        self.made["visits"] += visits
        self.made["events"] += events


def _proofs() -> dict[int, list[int]]:
    """Voices that the page of each piece shows first."""
    kept = Milestone.objects.get(name="reviews").detail["proofs"]
    return {int(key): value for key, value in kept.items()}
