"""The totals of the overview against a plain count of the same events, before and after days are summed up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from uuid import uuid5

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from parvis.domains.analytics import actions
from parvis.domains.analytics.contracts import Event, Kind
from parvis.domains.analytics.queries import totals
from parvis.domains.analytics.queries.totals import Totals
from parvis.domains.analytics.rules import bots
from parvis.domains.analytics.testing import NAMES, event
from parvis.domains.analytics.tests.overview.conftest import LATER, ask, record

pytestmark = [pytest.mark.django_db, pytest.mark.database]


# Midnights in Paris, and times around them and between.
MIDNIGHTS = [datetime(2026, 11, day, 23, 0, tzinfo=UTC) for day in (15, 16, 17)]


def paris_day(at: datetime) -> date:
    return (at + timedelta(hours=1)).date()  # November: winter time


def brute(events: Sequence[Event]) -> dict[date, Totals]:
    visits: dict[tuple[date, str], list[Event]] = defaultdict(list)
    lone: dict[date, list[Event]] = defaultdict(list)
    for each in events:
        (visits[(paris_day(each.at), each.visit)] if each.visit else lone[paris_day(each.at)]).append(each)
    counted: dict[date, dict[str, float]] = defaultdict(lambda: dict.fromkeys(totals.NAMES, 0))
    for (day, _), own in visits.items():
        add_visit(counted[day], own)
    for day, own in lone.items():
        for each in own:
            add_lone(counted[day], each)
    return {day: Totals(**sums) for day, sums in counted.items()}


def add_visit(sums: dict[str, float], own: list[Event]) -> None:
    kinds = [each.kind for each in own]
    orders = [each for each in own if each.kind == Kind.ORDER]
    values = [each.value_minor or 0 for each in orders]
    seconds = int(max(each.at for each in own).timestamp()) - int(min(each.at for each in own).timestamp())
    pages = kinds.count(Kind.PAGE_VIEW)
    hasty = pages > bots.PAGES_A_DAY and seconds < pages * bots.SECONDS_A_PAGE
    sums["events"] += len(own)
    sums["orders"] += len(orders)
    sums["revenue"] += sum(values)
    sums["order_squares"] += sum(value * value for value in values)
    if (hasty or any(each.bot for each in own)) and not orders:
        sums["bot_visits"] += 1
        sums["bot_events"] += len(own)
        return
    proof, clicked = Kind.PROOF_VIEW in kinds, Kind.PROOF_CLICK in kinds
    asked, added, ordered = Kind.ASK in kinds, Kind.ADD_TO_CART in kinds, bool(orders)
    asks = [each for each in own if each.kind == Kind.ASK]
    for name, amount in {
        "visits": 1,
        "simulated": any(each.provenance for each in own),
        "product_views": kinds.count(Kind.PRODUCT_VIEW),
        "proof": proof,
        "clicked": clicked,
        "asked": asked,
        "added": added,
        "checkout": Kind.CHECKOUT_START in kinds,
        "ordered": ordered,
        "proof_clicked": proof and clicked,
        "proof_asked": proof and asked,
        "asked_added": asked and added,
        "added_ordered": added and ordered,
        "asks_told": sum(each.answered is not None for each in asks),
        "asks_answered": sum(each.answered is True for each in asks),
        "orders_in_visits": len(orders),
        "orders_with_proof": len(orders) * proof,
        "revenue_in_visits": sum(values),
        "revenue_squares": sum(values) ** 2,
        "reviews": kinds.count(Kind.REVIEW_SUBMIT),
    }.items():
        sums[name] += int(amount)


def add_lone(sums: dict[str, float], each: Event) -> None:
    sums["events"] += 1
    if each.kind == Kind.ORDER:
        sums["orders"] += 1
        sums["revenue"] += each.value_minor or 0
        sums["order_squares"] += (each.value_minor or 0) ** 2
    elif each.bot:
        sums["bot_events"] += 1
    if each.kind == Kind.ASK and not each.bot:
        sums["asks_told"] += each.answered is not None
        sums["asks_answered"] += each.answered is True
    sums["reviews"] += each.kind == Kind.REVIEW_SUBMIT and not each.bot


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    made = []
    for number in range(draw(st.integers(0, 60))):
        kind = draw(st.sampled_from(list(Kind)))
        at = draw(st.sampled_from(MIDNIGHTS)) + timedelta(
            microseconds=draw(st.integers(-3_000_000, 3_000_000)), hours=draw(st.sampled_from([0, 0, 11]))
        )
        made.append(
            Event(
                id=uuid5(NAMES, f"drawn {number}"),
                kind=kind,
                at=at,
                visit=draw(st.sampled_from(["", "a", "b", "c", "d"])),
                product_id=draw(st.sampled_from([None, 1, 2])),
                product_ids=(1, 2) if kind == Kind.ORDER else (),
                voice_ids=(7, 8) if kind in (Kind.PROOF_VIEW, Kind.PROOF_CLICK) else (),
                value_minor=draw(st.integers(0, 10**6)) if kind == Kind.ORDER else None,
                answered=draw(st.sampled_from([None, True, False])) if kind == Kind.ASK else None,
                bot=draw(st.sampled_from([False, False, False, True])) and kind != Kind.ORDER,
                provenance=draw(st.sampled_from(["", "", "simulated"])),
            )
        )
    return made


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # an example takes half a second: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(logs())
def test_totals_are_a_plain_count(drawn: list[Event]) -> None:
    with transaction.atomic():
        half = len(drawn) // 2
        record(*drawn[:half])
        record(*drawn[half:])
        expected = brute(drawn)
        period = {"since": date(2026, 11, 13), "until": date(2026, 11, 22)}
        for _ in ("running", "finished", "asked again"):
            counted, _ = totals.daily(**period)
            assert {day: asdict(sums) for day, sums in counted.items()} == {
                day: asdict(sums) for day, sums in expected.items()
            }
            actions.finish_days(at=LATER)
        transaction.set_rollback(True)


def test_a_visit_that_turns_sixty_pages_in_a_minute_is_a_machine() -> None:
    fast = [event("page_view", f"fast{n}", minutes=n / 60, visit="fast") for n in range(bots.PAGES_A_DAY + 1)]
    slow = [event("page_view", f"slow{n}", minutes=n, visit="slow") for n in range(bots.PAGES_A_DAY + 1)]
    record(*fast, *slow)
    shown = ask()
    assert (shown.figures["visits"].value, shown.bots.visits) == (1, 1)
    assert shown.bots.share_of_events == 0.5


def test_who_paid_is_a_person() -> None:
    record(
        event("page_view", "p", visit="v", bot=True, bot_sign="headless"),
        event("order", "o", visit="v", value_minor=5000, order_id=1),
    )
    shown = ask()
    assert shown.figures["cvr"].value == 1
    assert shown.bots.visits == 0
