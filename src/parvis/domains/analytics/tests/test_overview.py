"""The figures of the overview against a plain count of the same events, before and after days are summed up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid5

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from parvis.core.errors import Invalid, NotFound
from parvis.domains.analytics import actions, queries
from parvis.domains.analytics.contracts import Event, Kind, Verdict
from parvis.domains.analytics.queries import changes, figures, glance, totals
from parvis.domains.analytics.queries.totals import Totals
from parvis.domains.analytics.rules import bots
from parvis.domains.analytics.testing import NAMES, NOON, event
from parvis.science import intervals

pytestmark = [pytest.mark.django_db, pytest.mark.database]
SINCE, UNTIL = date(2026, 11, 14), date(2026, 11, 21)
BEFORE = date(2026, 11, 7)
LATER = datetime(2026, 12, 1, tzinfo=UTC)
# Midnights in Paris, and times around them and between.
MIDNIGHTS = [datetime(2026, 11, day, 23, 0, tzinfo=UTC) for day in (15, 16, 17)]


def record(*events: Event) -> None:
    actions.record(events, at=NOON)
    actions.compact(at=NOON)


def ask(since: date = SINCE, until: date = UNTIL) -> Any:
    return queries.overview(since=since, until=until, compare_since=BEFORE, compare_until=SINCE)


# -- the plain count ------------------------------------------------------------------------------------------


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


# -- the figures ----------------------------------------------------------------------------------------------


def shop_day(day: int, *, visits: int, proof: int, orders: int, name: str = "") -> list[Event]:
    """A day with so many visits, the first ``proof`` of which see one, the first ``orders`` of which order."""
    told = []
    for number in range(visits):
        at = NOON + timedelta(days=day - 18)
        common = {"visit": f"{name}{day}-{number}", "at": at}
        told.append(event("page_view", f"{name}{day}-{number}-page", **common))
        if number < proof:
            told.append(event("proof_view", f"{name}{day}-{number}-proof", voice_ids=(3,), product_id=9, **common))
        if number < orders:
            told.append(event("order", f"{name}{day}-{number}-order", value_minor=1000 * (number + 1), **common))
    return told


def test_figures_carry_counts_and_intervals() -> None:
    record(*shop_day(16, visits=40, proof=10, orders=4))
    shown = ask()
    seen = shown.figures["proof_seen_rate"]
    wilson = intervals.wilson(10, 40)
    assert (seen.numerator, seen.denominator, seen.value) == (10, 40, 0.25)
    assert (seen.low, seen.high) == (wilson.low, wilson.high)
    assert shown.figures["cvr"].value == 0.1
    assert shown.figures["revenue"].value == 10_000
    assert shown.figures["average_order_value"].value == 2500
    assert shown.figures["average_order_value"].low == pytest.approx(intervals.mean([1000, 2000, 3000, 4000]).low)
    per_visit = intervals.mean([1000, 2000, 3000, 4000] + [0] * 36)
    assert shown.figures["revenue_per_visit"].high == pytest.approx(per_visit.high)
    assert shown.figures["cvr_proof_gap"].value == pytest.approx(0.4)
    assert shown.figures["visits"].low is None
    assert [step.visits for step in shown.funnel] == [40, 10, 0, 0, 4]
    assert shown.as_of == NOON
    assert shown.currency == "EUR"


def test_nobody_yet_is_said_as_none() -> None:
    shown = ask()
    assert shown.as_of is None
    assert shown.figures["visits"].value == 0
    for key in ("cvr", "proof_click_through", "average_order_value", "publication_delay", "cvr_proof_gap"):
        assert shown.figures[key].value is None, key
    assert shown.simulated_share is None
    assert {change.verdict for change in shown.changes} == {Verdict.UNCLEAR}


def test_no_order_gives_no_limits_that_claim_to_be_sure() -> None:
    record(*shop_day(16, visits=5, proof=0, orders=0))
    assert ask().figures["revenue_per_visit"].low is None


def test_simulated_visits_are_said() -> None:
    record(
        event("page_view", "real", visit="r"),
        event("page_view", "made", visit="s", provenance="simulated"),
        event("page_view", "made too", visit="t", provenance="simulated"),
    )
    assert ask().simulated_share == pytest.approx(2 / 3)


def test_changes_are_told_only_when_they_can_be() -> None:
    told: list[Event] = []
    for day in range(7, 14):
        told += shop_day(day, visits=60, proof=10, orders=2, name="old")
    for day in range(14, 21):
        told += shop_day(day, visits=62 + day % 2, proof=40, orders=2, name="new")
    record(*told)
    by_key = {change.metric: change for change in ask().changes}
    proof = by_key["proof_seen_rate"]
    assert proof.verdict == Verdict.UP
    assert proof.low is not None
    assert proof.difference is not None
    assert 0 < proof.low < proof.difference
    assert proof.words.fr.startswith("En hausse")
    assert by_key["cvr"].verdict == Verdict.UNCLEAR
    assert by_key["cvr"].words.en.startswith("Cannot be told: the difference")
    assert by_key["visits"].verdict == Verdict.UP  # two or three more on every single day
    assert by_key["visits"].difference == sum(2 + day % 2 for day in range(14, 21))
    assert by_key["visits"].relative == pytest.approx(by_key["visits"].difference / 420)
    assert by_key["publication_delay"].words == changes.TOO_LITTLE
    assert [change.metric for change in ask().changes] == list(glance.COMPARED)


def test_chance_alone_rarely_changes_anything() -> None:
    """Two weeks of the same shop: over many pairs of weeks at most about one in twenty has any verdict at all."""
    import numpy as np

    source = np.random.default_rng(11)
    level = changes.strict_level(len(glance.COMPARED))
    alarms = 0
    for _ in range(400):
        before, now = (
            Totals(visits=900, proof=int(source.binomial(900, 0.4)), asked=int(source.binomial(900, 0.05)), ordered=0)
            for _ in range(2)
        )
        keys = ("proof_seen_rate", "ask_rate")
        alarms += any(changes.by_totals(key, before, now, level=level).verdict != Verdict.UNCLEAR for key in keys)
    assert alarms <= 12


def test_periods_of_different_length_are_not_compared_by_counts() -> None:
    record(*shop_day(16, visits=5, proof=0, orders=0))
    shown = queries.overview(since=SINCE, until=UNTIL, compare_since=BEFORE, compare_until=date(2026, 11, 10))
    assert next(change for change in shown.changes if change.metric == "visits").words == changes.TOO_LITTLE


# -- series, tables, catalogue --------------------------------------------------------------------------------


def test_a_series_has_every_day() -> None:
    record(*shop_day(16, visits=4, proof=2, orders=1))
    points = queries.series("proof_seen_rate", SINCE, UNTIL).points
    assert [point.day.day for point in points] == list(range(14, 21))
    assert [point.figure.value for point in points] == [None, None, 0.5, None, None, None, None]
    assert [point.figure.value for point in queries.series("visits", SINCE, UNTIL).points][2] == 4
    assert queries.series("publication_delay", SINCE, UNTIL).points[0].figure.value is None
    with pytest.raises(NotFound):
        queries.series("vanity", SINCE, UNTIL)
    with pytest.raises(Invalid):
        queries.series("step_rate", SINCE, UNTIL)
    with pytest.raises(Invalid):
        queries.series("visits", UNTIL, SINCE)


def product_events() -> list[Event]:
    return [
        event("product_view", "v1", visit="a", product_id=1),
        event("product_view", "v1 again", visit="a", product_id=1),
        event("proof_view", "s1", visit="a", product_id=1, voice_ids=(10, 11)),
        event("proof_click", "c1", visit="a", product_id=1, voice_ids=(10,)),
        event("order", "o1", visit="a", product_ids=(1, 3), value_minor=10),
        event("product_view", "v2", visit="b", product_id=1, provenance="simulated"),
        event("add_to_cart", "a2", visit="b", product_id=1, provenance="simulated"),
        event("product_view", "v3", visit="bot", product_id=1, bot=True),
        event("product_view", "v4", visit="a", product_id=2),
        event("proof_view", "s4", visit="b", product_id=2, voice_ids=(11,)),
    ]


@pytest.mark.parametrize("finished", [False, True])
def test_products_and_proofs_side_by_side(finished: bool) -> None:
    record(*product_events())
    if finished:
        actions.finish_days(at=LATER)
    first, *others = queries.product_table(since=SINCE, until=UNTIL)
    assert first.product_id == 1
    assert [
        getattr(first, name) for name in ("viewed", "proof_seen", "proof_clicked", "asked", "added", "ordered")
    ] == [
        2,
        1,
        1,
        0,
        1,
        1,
    ]
    assert first.simulated_share == 0.5
    assert first.figures["product_order_rate"].value == 0.5
    assert first.figures["product_click_through"].value == 1
    assert {row.product_id for row in others} == {2, 3}
    bought_unseen = next(row for row in others if row.product_id == 3)
    assert (bought_unseen.viewed, bought_unseen.ordered, bought_unseen.figures["product_order_rate"].value) == (
        0,
        1,
        None,
    )
    assert [row.product_id for row in queries.product_table(since=SINCE, until=UNTIL, product_ids=[2])] == [2]
    assert queries.product_table(since=SINCE, until=UNTIL, product_ids=[]) == ()
    assert len(queries.product_table(since=SINCE, until=UNTIL, sort="ordered", limit=1, offset=1)) == 1
    proofs = {row.voice_id: row for row in queries.proof_table(since=SINCE, until=UNTIL)}
    assert (proofs[11].seen, proofs[11].clicked, proofs[10].click_through.value) == (2, 0, 1)
    with pytest.raises(Invalid):
        queries.product_table(since=SINCE, until=UNTIL, sort="price; DROP TABLE")


def test_every_figure_shown_has_a_definition() -> None:
    record(*product_events())
    catalogue = set(queries.catalogue())
    shown = ask()
    keys = set(shown.figures) | {change.metric for change in shown.changes}
    keys |= {figure.metric for step in shown.funnel for figure in (step.share, step.of_previous)}
    for row in queries.product_table(since=SINCE, until=UNTIL):
        keys |= set(row.figures) | {figure.metric for figure in row.figures.values()}
    keys |= {row.click_through.metric for row in queries.proof_table(since=SINCE, until=UNTIL)}
    keys |= set(queries.invitation_figures(since=SINCE, until=UNTIL))
    assert keys == catalogue


def test_definitions_are_complete_in_both_languages() -> None:
    for key, metric in queries.catalogue().items():
        assert key == metric.key
        for field in ("name", "definition", "numerator", "denominator", "exclusions", "interval"):
            text = getattr(metric, field)
            assert text.en.strip(), (key, field)
            assert text.fr.strip(), (key, field)
            assert text.en != text.fr or text.en == "Visits", (key, field)
    for key in ("cvr_proof_seen", "cvr_proof_unseen", "cvr_proof_gap"):
        assert queries.metric(key).association
        assert "not an effect" in queries.metric(key).exclusions.en
    assert figures.LEVEL == 0.95


def test_the_weeks_compared_are_whole_days() -> None:
    just_after_midnight = datetime(2026, 11, 21, 23, 1, tzinfo=UTC)
    assert queries.last_weeks(just_after_midnight) == (
        date(2026, 11, 15),
        date(2026, 11, 22),
        date(2026, 11, 8),
        date(2026, 11, 15),
    )


def test_the_sql_kept_beside_the_expressions_is_what_they_say() -> None:
    from tools import event_sql

    for path, text in event_sql.texts().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is not current: run python tools/event_sql.py"
