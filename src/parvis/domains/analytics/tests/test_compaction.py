"""From PostgreSQL to Parquet: every event in exactly one place, whatever happens on the way."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.db import connection, transaction

from parvis.domains.analytics import actions
from parvis.domains.analytics.actions import files, merging
from parvis.domains.analytics.contracts import Event
from parvis.domains.analytics.models import RawEvent, SeenEvent, Segment
from parvis.domains.analytics.queries import log
from parvis.domains.analytics.testing import NOON, event, everything

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TODAY = date(2026, 11, 18)


def some(count: int, prefix: str = "e", **fields: object) -> list[Event]:
    return [
        event("page_view", f"{prefix}{number}", minutes=number / 100, visit="v", **fields) for number in range(count)
    ]


def on_disk(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.glob("*/day=*/*")}


def test_rows_become_files_of_their_day(event_log: Path) -> None:
    order = {"product_ids": (1, 2), "value_minor": 1999, "order_id": 7, "provenance": "simulated"}
    told = [*some(10), event("order", "full", visit="w", minutes=5, **order)]
    actions.record(told, at=NOON)
    assert actions.compact(at=NOON) == 11
    assert RawEvent.objects.count() == 0
    segment = Segment.objects.get()
    assert (segment.dataset, segment.day, segment.rows, segment.received_until) == ("events", TODAY, 11, NOON)
    assert sorted(each.id for each in told) == [each for each, _ in everything()]
    with log.session() as duck:
        log.view(duck, "all_of_it", "events", [str(event_log / segment.path)])
        row = duck.execute(
            'SELECT day, "at", received_at, product_ids, voice_ids, value_minor, order_id, provenance, answered'
            " FROM all_of_it WHERE kind = 'order'"
        ).fetchone()
    at = (NOON + timedelta(minutes=5)).replace(tzinfo=None)
    assert row == (TODAY, at, NOON.replace(tzinfo=None), [1, 2], None, 1999, 7, "simulated", None)


def test_a_beacon_repeated_after_compaction_is_still_known() -> None:
    actions.record(some(5), at=NOON)
    actions.compact(at=NOON)
    assert actions.record(some(5), at=NOON + timedelta(hours=30)) == 0
    assert actions.compact(at=NOON) == 0
    assert len(everything()) == 5


def test_ids_are_forgotten_after_two_days() -> None:
    actions.record(some(5), at=NOON)
    assert actions.forget_ids(at=NOON + timedelta(hours=47)) == 0
    assert actions.forget_ids(at=NOON + timedelta(hours=49)) == 5
    assert SeenEvent.objects.count() == 0


def test_days_begin_at_the_brands_midnight() -> None:
    paris_midnight = datetime(2026, 11, 18, 23, 0, tzinfo=UTC)
    summer = datetime(2026, 7, 1, 22, 0, tzinfo=UTC)
    moments = [paris_midnight - timedelta(seconds=1), paris_midnight, summer - timedelta(seconds=1), summer]
    actions.record([event("page_view", str(at), at=at) for at in moments], at=NOON)
    actions.compact(at=NOON)
    days = [date(2026, 7, 1), date(2026, 7, 2), date(2026, 11, 18), date(2026, 11, 19)]
    assert list(Segment.objects.order_by("day").values_list("day", "rows")) == [(day, 1) for day in days]


def test_more_than_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parvis.domains.analytics.actions.compaction.ROUND", 7)
    actions.record(some(20), at=NOON)
    assert actions.compact(at=NOON) == 20
    assert list(Segment.objects.order_by("id").values_list("rows", flat=True)) == [7, 7, 6]


def test_small_files_are_merged_and_replaced_ones_go_after_their_grace(event_log: Path) -> None:
    for number in range(merging.FAN_IN):
        actions.record(some(3, f"round{number}-"), at=NOON)
        actions.compact(at=NOON)
    before = everything()
    assert actions.tidy(at=NOON) == 1
    live = Segment.objects.get(retired_at=None)
    assert (live.level, live.rows, live.whole) == (1, 36, False)
    assert everything() == before
    assert len(on_disk(event_log)) == merging.FAN_IN + 1
    actions.tidy(at=NOON + files.GRACE + timedelta(seconds=1))
    actions.tidy(at=NOON + files.GRACE + timedelta(seconds=2))
    assert on_disk(event_log) == {live.path}
    assert everything() == before


def test_finished_days_become_whole_and_late_events_open_them_again() -> None:
    actions.record(some(6), at=NOON)
    actions.compact(at=NOON)
    assert actions.finish_days(at=NOON) == []
    tomorrow = NOON + timedelta(days=1)
    assert actions.finish_days(at=tomorrow) == [TODAY]
    assert actions.finish_days(at=tomorrow) == []
    listed = Segment.objects.filter(retired_at=None).values_list("dataset", "whole", "rows")
    assert set(listed) == {("events", True, 6), ("visits", True, 1), ("products", True, 0), ("proofs", True, 0)}
    actions.record(some(2, "late"), at=tomorrow)
    actions.compact(at=tomorrow)
    picture = log.manifest(since=TODAY, until=TODAY + timedelta(days=1))
    assert picture.dirty == {TODAY}
    assert len(picture.dirty_events) == 2
    assert not picture.files["visits"]
    assert actions.finish_days(at=tomorrow) == [TODAY]
    assert set(Segment.objects.filter(retired_at=None, dataset="events").values_list("rows", "whole")) == {(8, True)}
    assert len(everything()) == 8


def test_files_that_nobody_lists_are_removed_and_others_left(event_log: Path) -> None:
    actions.record(some(3), at=NOON)
    actions.compact(at=NOON)
    orphan = event_log / "events" / "day=2026-11-18" / "0-feedface.parquet"
    part = event_log / "visits" / "day=2026-11-17" / "1-feedface.part"
    part.parent.mkdir(parents=True)
    for path in (orphan, part):
        path.write_bytes(b"half")
    keep = event_log / "notes.txt"
    keep.write_text("not ours to touch")
    actions.tidy(at=NOON)
    assert not orphan.exists()
    assert not part.exists()
    assert keep.exists()
    assert len(everything()) == 3


# -- killed in the middle -------------------------------------------------------------------------------------

_CHILD = """
import os, pathlib, signal, sys
from datetime import datetime
import django
django.setup()
from django.db import transaction
from parvis.domains.analytics import actions
from parvis.domains.analytics.actions import files
from parvis.domains.analytics.models import Segment

verb, step, at = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def after(function):
    def run(*args, **kwargs):
        function(*args, **kwargs)
        die()
    return run

if step == "part written":
    pathlib.Path.rename = die
elif step == "file in place":
    pathlib.Path.rename = after(pathlib.Path.rename)
elif step == "listed":
    Segment.save = after(Segment.save)
elif step == "committed":
    transaction.Atomic.__exit__ = after(transaction.Atomic.__exit__)
getattr(actions, verb)(at=at)
"""


def run_and_die(verb: str, step: str, at: datetime, home: Path) -> None:
    database = connection.settings_dict
    where = urlencode({"host": database["HOST"]} | ({"port": database["PORT"]} if database["PORT"] else {}))
    user = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
    environ = os.environ | {
        "DATABASE_URL": f"postgresql://{user}@/{database['NAME']}?{where}",
        "PARVIS_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "parvis.project.settings",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, verb, step, at.isoformat()], env=environ, check=False, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    for _ in range(200):  # the server notices a moment later that its client is gone
        with transaction.atomic():
            if files.alone():
                return
        time.sleep(0.05)
    raise AssertionError("the dead process still holds its lock")


STEPS = ("part written", "file in place", "listed", "committed")


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
@pytest.mark.parametrize("step", STEPS)
def test_compaction_killed_loses_and_doubles_nothing(step: str, tmp_path: Path, event_log: Path) -> None:
    actions.record(some(50), at=NOON)
    told = everything()
    run_and_die("compact", step, NOON, tmp_path)
    assert everything() == told
    actions.compact(at=NOON)
    assert everything() == told
    assert RawEvent.objects.count() == 0
    actions.tidy(at=NOON)
    assert on_disk(event_log) == set(Segment.objects.values_list("path", flat=True))
    assert actions.record(some(50), at=NOON) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
@pytest.mark.parametrize("step", STEPS)
def test_merging_killed_loses_and_doubles_nothing(step: str, tmp_path: Path, event_log: Path) -> None:
    for part in ("a", "b"):
        actions.record(some(20, part), at=NOON)
        actions.compact(at=NOON)
    told = everything()
    tomorrow = NOON + timedelta(days=1)
    run_and_die("finish_days", step, tomorrow, tmp_path)
    assert everything() == told
    actions.finish_days(at=tomorrow)
    assert everything() == told
    actions.tidy(at=tomorrow)
    assert on_disk(event_log) == set(Segment.objects.values_list("path", flat=True))
    assert Segment.objects.filter(dataset="visits", retired_at=None).count() == 1
