"""Writes that share a commit: everybody's rows arrive once, everybody hears of his own failure only."""

import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from parvis.domains.analytics.actions.together import Together
from parvis.domains.analytics.testing import NOON


def _run(workers: int, act: Any) -> None:
    threads = [threading.Thread(target=act, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.concurrency
def test_all_rows_are_written_before_their_sender_returns() -> None:
    written: set[str] = set()
    sizes: list[int] = []
    missing: list[str] = []

    def write(rows: Sequence[dict[str, Any]], at: datetime) -> int:
        time.sleep(0.002)
        sizes.append(len(rows))
        written.update(row["event_id"] for row in rows)
        return len(rows)

    together = Together(write, writers=2, most_rows=5)

    def send(number: int) -> None:
        for each in range(20):
            name = f"{number}-{each}"
            together.put([{"event_id": name}], at=NOON)
            if name not in written:
                missing.append(name)

    _run(12, send)
    assert not missing
    assert len(written) == sum(sizes) == 240
    assert max(sizes) <= 5
    assert max(sizes) > 1


@pytest.mark.concurrency
def test_a_bad_batch_fails_alone() -> None:
    written: list[str] = []
    failures: list[int] = []
    gate = threading.Barrier(6)

    def write(rows: Sequence[dict[str, Any]], at: datetime) -> int:
        time.sleep(0.005)
        if any(row["event_id"] == "bad" for row in rows):
            raise ValueError("bad")
        written.extend(row["event_id"] for row in rows)
        return len(rows)

    together = Together(write, writers=1)

    def send(number: int) -> None:
        gate.wait()
        try:
            together.put([{"event_id": "bad" if number == 3 else str(number)}], at=NOON)
        except ValueError:
            failures.append(number)

    _run(6, send)
    assert failures == [3]
    assert sorted(written) == ["0", "1", "2", "4", "5"]


@pytest.mark.concurrency
def test_the_same_id_in_two_batches_is_written_once() -> None:
    calls: list[list[str]] = []
    gate = threading.Barrier(4)

    def write(rows: Sequence[dict[str, Any]], at: datetime) -> int:
        time.sleep(0.02)
        calls.append([row["event_id"] for row in rows])
        return len(rows)

    together = Together(write, writers=1)

    def send(number: int) -> None:
        gate.wait()
        together.put([{"event_id": "same"}], at=NOON)

    _run(4, send)
    assert all(len(call) == 1 for call in calls)
