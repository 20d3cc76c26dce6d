"""Batches that arrive at the same time share one statement and one commit.

A commit costs the same for ten rows as for two hundred. While one thread writes, others queue their rows; the next
writer takes all that wait. Everybody returns only when the commit that holds his rows has returned, so nothing is
promised before it is durable.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

MOST_ROWS = 1000
WRITERS = 2  # one waits for the disk while the other prepares

Row = dict[str, Any]
Write = Callable[[Sequence[Row], datetime], int]


class _Ticket:
    __slots__ = ("at", "error", "finished", "rows")

    def __init__(self, rows: Sequence[Row], at: datetime) -> None:
        self.rows = rows
        self.at = at
        self.finished = False
        self.error: BaseException | None = None


class Together:
    """Groups concurrent writes; one for each process."""

    def __init__(self, write: Write, *, writers: int = WRITERS, most_rows: int = MOST_ROWS) -> None:
        self._write = write
        self._writers = writers
        self._most_rows = most_rows
        self._turn = threading.Condition()
        self._waiting: list[_Ticket] = []
        self._writing = 0

    def put(self, rows: Sequence[Row], *, at: datetime) -> None:
        """Return when ``rows`` are committed; raises what their own writing raised."""
        own = _Ticket(rows, at)
        with self._turn:
            self._waiting.append(own)
            while not own.finished:
                if self._writing < self._writers and self._waiting:
                    self._serve()
                else:
                    self._turn.wait()
        if own.error is not None:
            raise own.error

    def _serve(self) -> None:
        """Write one group with the lock let go. The queue is served in order, so that nobody waits for ever."""
        group = self._take()
        self._writing += 1
        self._turn.release()
        try:
            self._write_group(group)
        finally:
            self._turn.acquire()
            self._writing -= 1
            for ticket in group:
                ticket.finished = True
            self._turn.notify_all()

    def _take(self) -> list[_Ticket]:
        size = 0
        for count, ticket in enumerate(self._waiting):
            size += len(ticket.rows)
            if count and size > self._most_rows:
                group, self._waiting = self._waiting[:count], self._waiting[count:]
                return group
        group, self._waiting = self._waiting, []
        return group

    def _write_group(self, group: Sequence[_Ticket]) -> None:
        try:
            self._write(_unique(group), max(ticket.at for ticket in group))
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told to those it concerns
            if len(group) == 1:
                group[0].error = error
                return
            for ticket in group:  # what fails together may be one ticket's fault
                self._write_group([ticket])
        except BaseException as error:
            for ticket in group:
                ticket.error = error
            raise


def _unique(group: Sequence[_Ticket]) -> list[Row]:
    rows: dict[str, Row] = {}
    for ticket in group:
        for row in ticket.rows:
            rows.setdefault(row["event_id"], row)
    return list(rows.values())
