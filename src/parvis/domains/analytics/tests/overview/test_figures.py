"""The figures of the overview: intervals, changes, series, tables, definitions."""

from datetime import UTC, date, datetime, timedelta

import pytest

from parvis.core.errors import Invalid, NotFound
from parvis.domains.analytics import actions, queries
from parvis.domains.analytics.contracts import Event, Verdict
from parvis.domains.analytics.queries import changes, figures, glance
from parvis.domains.analytics.queries.totals import Totals
from parvis.domains.analytics.testing import NOON, event
from parvis.domains.analytics.tests.overview.conftest import BEFORE, LATER, SINCE, UNTIL, ask, record
from parvis.science import intervals

pytestmark = [pytest.mark.django_db, pytest.mark.database]


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
