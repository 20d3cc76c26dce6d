"""History in bulk, and what is let go."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parvis.domains.analytics import actions, queries
from parvis.domains.analytics.actions.forgetting import months_before
from parvis.domains.analytics.contracts import Event
from parvis.domains.analytics.models import RawEvent, Segment
from parvis.domains.analytics.queries import log
from parvis.domains.analytics.testing import NOON, event, everything

pytestmark = [pytest.mark.django_db, pytest.mark.database]
SINCE, UNTIL = date(2026, 11, 16), date(2026, 11, 21)


def past() -> list[Event]:
    return [
        event("page_view", "one", visit="a" * 40, provenance="simulated", visitor="v1"),
        event("order", "two", visit="a" * 40, value_minor=0, product_ids=(4,), order_id=1, provenance="simulated"),
        event("proof_view", "three", visit="b", voice_ids=(1, 2), minutes=24 * 60),
        event("proof_view", "three", visit="b", voice_ids=(1, 2), minutes=24 * 60),
    ]


def rows() -> list[tuple[Any, ...]]:
    listed = log.manifest(since=SINCE, until=UNTIL)
    with log.session() as connection:
        log.view(connection, "found", "events", [*listed.files["events"], *listed.dirty_events])
        return connection.execute("SELECT * EXCLUDE (received_at) FROM found ORDER BY id").fetchall()


def test_a_load_leaves_what_recording_leaves() -> None:
    assert actions.load(past(), source="test", at=NOON) == 3
    assert RawEvent.objects.count() == 0
    loaded = rows()
    Segment.objects.all().delete()
    actions.record(past(), at=NOON)
    actions.compact(at=NOON)
    assert loaded == rows()
    assert len(loaded) == 3


def test_a_source_is_loaded_once() -> None:
    assert actions.load(past(), source="test", at=NOON) == 3
    assert actions.load(past(), source="test", at=NOON) == 0
    assert len(everything()) == 3


def test_loaded_days_are_finished_like_others() -> None:
    actions.load(past(), source="test", at=NOON)
    before = queries.overview(since=SINCE, until=UNTIL, compare_since=SINCE, compare_until=UNTIL)
    path = Segment.objects.order_by("day")[0].path
    assert actions.finish_days(at=NOON + timedelta(days=3)) == [date(2026, 11, 18), date(2026, 11, 19)]
    assert Segment.objects.get(path=path).whole  # a day of one file keeps it
    after = queries.overview(since=SINCE, until=UNTIL, compare_since=SINCE, compare_until=UNTIL)
    assert before.figures == after.figures
    assert after.figures["visits"].value == 2


def test_raw_events_go_after_their_months_and_figures_stay(settings: Any, event_log: Path) -> None:
    settings.EVENTS_MONTHS = 13
    actions.load(past(), source="test", at=NOON)
    actions.finish_days(at=NOON + timedelta(days=5))
    assert actions.forget_old_events(at=datetime(2027, 12, 18, 12, tzinfo=UTC)) == 0
    much_later = datetime(2027, 12, 19, 12, tzinfo=UTC)
    assert actions.forget_old_events(at=much_later) == 1
    actions.tidy(at=much_later + timedelta(hours=1))
    actions.tidy(at=much_later + timedelta(hours=1))
    assert not list((event_log / "events" / "day=2026-11-18").glob("*"))
    assert list((event_log / "events" / "day=2026-11-19").glob("*"))
    shown = queries.overview(since=SINCE, until=UNTIL, compare_since=SINCE, compare_until=UNTIL)
    assert (shown.figures["visits"].value, shown.figures["orders"].value) == (2, 1)


def test_months_are_counted_by_the_calendar() -> None:
    assert months_before(date(2027, 12, 18), 13) == date(2026, 11, 18)
    assert months_before(date(2027, 3, 31), 1) == date(2027, 2, 28)
    assert months_before(date(2028, 3, 31), 1) == date(2028, 2, 29)
    assert months_before(date(2027, 1, 1), 12) == date(2026, 1, 1)


def test_a_visitor_who_takes_consent_back_is_taken_out_everywhere() -> None:
    injection = "x') --"
    events = [
        event("page_view", f"p{n}", visit="a", visitor=who) for n, who in enumerate(["v1", "v2", injection, None])
    ]
    actions.load(events[:2], source="test", at=NOON)
    actions.finish_days(at=NOON + timedelta(days=1))
    actions.record(events[2:], at=NOON)
    actions.compact(at=NOON)
    actions.record([event("page_view", "waiting", visit="a", visitor="v1")], at=NOON)
    told = everything()
    actions.forget_visitors(["v1", injection, "y" * 300], at=NOON)
    assert RawEvent.objects.get().visitor is None
    assert actions.clean_files(at=NOON) == 2
    assert everything() == told
    with log.session() as connection:
        listed = log.manifest(since=SINCE, until=UNTIL)
        log.view(connection, "found", "events", [*listed.files["events"], *listed.dirty_events])
        assert connection.execute("SELECT DISTINCT visitor FROM found WHERE visitor IS NOT NULL").fetchall() == [
            ("v2",)
        ]
    assert actions.clean_files(at=NOON) == 0
