"""A simulated day as events: complete, in order, marked, and enough to find the effect of proof."""

from collections import Counter
from datetime import date, timedelta
from math import sqrt

import numpy as np
import pytest

from parvis.connectors.demo import behaviour, shelves
from parvis.connectors.demo.assortment import pieces, prices_on
from parvis.connectors.demo.ledger import Written
from parvis.connectors.demo.shop import Ids
from parvis.connectors.demo.telling import HOLDOUT, SHOWN, Teller
from parvis.connectors.demo.world import Day
from parvis.core.days import start_of
from parvis.domains.analytics.contracts import Event, Kind
from parvis.domains.checkout.contracts import PastLine, PastOrder

START = date(2026, 9, 21)


def ids() -> Ids:
    count = len(shelves.the_range().target)
    return Ids(
        products=tuple(range(1, len(pieces()) + 1)),
        variants=tuple(range(1, count + 1)),
        skus=tuple(f"S{number}" for number in range(count)),
    )


def simulated(on: date) -> Day:
    shelf = np.full(len(shelves.the_range().target), 10_000)
    return behaviour.day(shelves.the_range(), on=on, seed=7, prices=prices_on(on), shelf=shelf)


def told(day: Day) -> list[Event]:
    """The events of a day on which every order is paid when it is placed."""
    paid = {}
    for order_id, order in enumerate(day.orders, 1):
        at = start_of(day.date) + timedelta(seconds=order.placed)
        lines = tuple(
            PastLine(
                variant_id=variant, product_id=1, name="", size="", colour="", sku="", unit_minor=500, quantity=quantity
            )
            for variant, quantity in order.lines
        )
        past = PastOrder(
            customer_id=1, email="", name="", locale="fr", currency="EUR", placed_at=at, paid_at=at, lines=lines
        )
        paid[order.visit] = Written(order_id=order_id, past=past)
    proofs = {product: [10 * product + place for place in range(5)] for product in range(len(pieces()))}
    return list(Teller(day, seed=7, ids=ids(), prices=prices_on(day.date), proofs=proofs, paid=paid).events())


def test_everything_that_happened_is_told_once() -> None:
    day = simulated(START)
    events = told(day)
    people = [event for event in events if not event.bot]
    looks, kinds = day.looks, Counter(event.kind for event in people)
    assert kinds[Kind.PRODUCT_VIEW] == len(looks.visit)
    assert kinds[Kind.PROOF_VIEW] == looks.seen.sum()
    assert kinds[Kind.PROOF_CLICK] == looks.clicked.sum()
    assert kinds[Kind.ASK] == (looks.need >= 0).sum()
    assert kinds[Kind.ADD_TO_CART] == (looks.variant >= 0).sum()
    assert kinds[Kind.CHECKOUT_START] == len(day.checkouts)
    assert kinds[Kind.ORDER] == len(day.orders)
    assert len({event.visit for event in people}) == len(day.visits.start)
    assert sum(event.bot for event in events) == day.bots.sum()
    assert len({event.id for event in events}) == len(events)


def test_everything_is_marked_and_lies_in_the_day() -> None:
    events = told(simulated(START))
    assert {event.provenance for event in events} == {"simulated"}
    assert all(start_of(START) <= event.at < start_of(START + timedelta(days=1)) for event in events)


def test_a_day_is_told_the_same_way_twice() -> None:
    assert told(simulated(START)) == told(simulated(START))


def test_visits_tell_a_story_in_order() -> None:
    steps: dict[str, list[Event]] = {}
    for event in told(simulated(START)):
        if not event.bot:
            steps.setdefault(event.visit, []).append(event)
    for story in steps.values():
        moments = [event.at for event in story]
        assert moments == sorted(moments)
        assert story[0].kind is Kind.PAGE_VIEW
        assert len({(event.visitor, event.locale, event.device) for event in story}) == 1
        assert all(not event.referrer for event in story[2:])
        kinds = [event.kind for event in story]
        if Kind.ORDER in kinds:
            assert kinds.index(Kind.ADD_TO_CART) < kinds.index(Kind.CHECKOUT_START) < kinds.index(Kind.ORDER)


def test_clicked_proof_was_seen_and_the_holdout_sees_none() -> None:
    seen: dict[tuple[str, int | None], set[int]] = {}
    for event in told(simulated(START)):
        if event.kind is Kind.PROOF_VIEW:
            seen.setdefault((event.visit, event.product_id), set()).update(event.voice_ids)
        if event.kind is Kind.PROOF_CLICK:
            assert set(event.voice_ids) <= seen[event.visit, event.product_id]
    held_out = {
        event.visit for event in told(simulated(START)) if event.kind is Kind.PRODUCT_VIEW and event.surface == HOLDOUT
    }
    assert held_out
    assert not held_out & {visit for visit, _ in seen}


@pytest.mark.slow
def test_the_log_alone_shows_the_effect_of_proof() -> None:
    """The hold-out against the rest, from events as any metric would count them: product views that led to an add."""
    views: Counter[str] = Counter()
    adds: Counter[str] = Counter()
    expected = {SHOWN: 0.0, HOLDOUT: 0.0}
    for offset in range(90):
        day = simulated(START + timedelta(days=offset))
        shown = day.visits.shown_proof[day.looks.visit]
        expected[SHOWN] += day.looks.chance[shown].sum()
        expected[HOLDOUT] += day.looks.chance[~shown].sum()
        for event in told(day):
            if event.kind is Kind.PRODUCT_VIEW:
                views[event.surface] += 1
            elif event.kind is Kind.ADD_TO_CART:
                adds[event.surface] += 1
    rate = {arm: adds[arm] / views[arm] for arm in (SHOWN, HOLDOUT)}
    error = sqrt(sum(rate[arm] * (1 - rate[arm]) / views[arm] for arm in rate))
    true = expected[SHOWN] / views[SHOWN] - expected[HOLDOUT] / views[HOLDOUT]
    lift = rate[SHOWN] - rate[HOLDOUT]
    assert lift == pytest.approx(true, abs=2.6 * error)
    assert lift > 2 * error
