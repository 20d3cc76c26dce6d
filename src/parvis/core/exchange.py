"""A statement and its answer in one exchange with the database: the shortest way through the driver.

The driver's cursors give the interpreter's lock away several times a statement, to wait for the socket, and under load
each time is a queue. Here the statement is prepared once a connection and then executed by the one blocking call that
the client library has for it. Values go and come through the driver's own adapters, errors are its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from psycopg import Connection, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus

# More than the statements of every kind that one connection will meet; each takes some kilobytes of the server.
MOST_PREPARED = 500
LOST = "the connection to the database is lost"
_CHANGED, _UNKNOWN = b"0A000", b"26000"  # "cached plan must not change result type"; "does not exist"


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of an answer, and how many rows were read or changed."""

    rows: list[tuple[Any, ...]]
    rowcount: int


class Exchange:
    """What one connection has prepared. Not for several threads at once, as its connection is not."""

    _changes: ClassVar[int] = 0  # how often a connection of this process was told that a table has changed

    def __init__(self, line: "Connection[Any]") -> None:
        self._line, self._pg = line, line.pgconn
        self._adapters = Transformer(line)
        self._names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self._stale: list[bytes] = []
        self._given, self._known = 0, Exchange._changes

    def run(self, sql: str, values: Sequence[Any]) -> Answer:
        """The answer to ``sql``, whose values stand as ``%s``. Raises the driver's errors."""
        began = begin(self._line)
        if self._known != Exchange._changes:
            self._put_away()
        sent: Any = self._adapters.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types = tuple(self._adapters.types or ())
        result = self._executed(sql, types, sent)
        if result.status == ExecStatus.FATAL_ERROR and self._outdated(result) and self._as_before(began):
            result = self._executed(sql, types, sent)
        if result.status == ExecStatus.TUPLES_OK:
            self._adapters.set_pgresult(result)
            return Answer(self._adapters.load_rows(0, result.ntuples, tuple), result.ntuples)
        done(result)
        return Answer([], result.command_tuples or 0)

    def _executed(self, sql: str, types: tuple[int, ...], sent: Any) -> Any:
        name = self._names.get((sql, types)) or self._prepared(sql, types)
        return self._pg.exec_prepared(name, sent, self._adapters.formats)

    def _prepared(self, sql: str, types: tuple[int, ...]) -> bytes:
        if len(self._names) >= MOST_PREPARED:  # a program that writes its SQL anew each time: begin again
            self._put_away()
        if self._stale:
            words = b";".join(b"DEALLOCATE " + name for name in self._stale)
            self._stale.clear()  # first: what is gone already is not to be asked for again
            done(self._pg.exec_(words))
        self._given += 1
        name = b"parvis_%d" % self._given
        done(self._pg.prepare(name, numbered(sql).encode(), types))
        self._names[(sql, types)] = name
        return name

    def _put_away(self) -> None:
        """Prepare all anew; the server lets go of the old ones with the next one that is prepared, since in a
        transaction that has failed it would not."""
        self._stale += self._names.values()
        self._names.clear()
        self._known = Exchange._changes

    def _outdated(self, result: Any) -> bool:
        """Whether the statement would be another one by now: a migration has changed a table that it reads, which all
        connections are told; or somebody has let go of what this one had prepared."""
        state = result.error_field(DiagnosticField.SQLSTATE)
        if state == _CHANGED:
            Exchange._changes += 1
            self._put_away()
        elif state == _UNKNOWN:
            self._names.clear()
        return state in (_CHANGED, _UNKNOWN)

    def _as_before(self, began: bool) -> bool:
        """Make it as it was before the statement failed, if nothing else was done in its transaction."""
        if began:
            done(self._pg.exec_(b"ROLLBACK"))
            begin(self._line)
        return began or self._pg.transaction_status == TransactionStatus.IDLE


def begin(line: "Connection[Any]") -> bool:
    """Open a transaction as the driver does, with the first statement of it; whether this is the first."""
    if line.pgconn.status != ConnStatus.OK:
        raise OperationalError(LOST)
    if line.autocommit or line.pgconn.transaction_status != TransactionStatus.IDLE:
        return False
    done(line.pgconn.exec_(b"BEGIN"))
    return True


def command(line: "Connection[Any]", word: bytes) -> None:
    """Run a word without values and rows, as COMMIT. Raises the driver's errors."""
    if line.pgconn.status != ConnStatus.OK:
        raise OperationalError(LOST)
    done(line.pgconn.exec_(word))


def done(result: Any) -> None:
    """Raise the error that an answer of the client library tells of."""
    if result.status == ExecStatus.COMMAND_OK:
        return
    error = error_from_result(result, encoding="utf-8")
    if error.sqlstate is None:  # no server said it: the line is broken
        raise OperationalError(str(error))
    raise error


def numbered(sql: str) -> str:
    """``%s`` as ``$1``, ``$2``, …; ``%%`` is a percent sign."""
    parts = sql.split("%%")
    count = 0
    for place, part in enumerate(parts):
        first, *rest = part.split("%s")
        pieces = [first]
        for piece in rest:
            count += 1
            pieces += [f"${count}", piece]
        parts[place] = "".join(pieces)
    return "%".join(parts)
