"""Django's PostgreSQL backend, with a cheaper look at pooled connections and transactions ended in one exchange.

The driver gives the interpreter's lock away to wait for the socket, several times a statement; under load each time is
a queue (see :mod:`parvis.core.exchange`). Such waits stood in every request and every transaction: the empty statement
by which the pool finds out whether a connection still lives, COMMIT, and savepoints.
"""

import select
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction
from psycopg import Connection, Error
from psycopg.pq import TransactionStatus

from parvis.core.exchange import begin, command


class DatabaseWrapper(base.DatabaseWrapper):
    """Set CONN_HEALTH_CHECKS to False where there is a pool: each connection it gives is looked at here."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that lives, of the pool where there is one. Raises what the pool raises when none can be had."""
        line = super().get_new_connection(conn_params)
        while self.pool and not lives(line):
            line.close()
            self.pool.putconn(line)  # it is closed: the pool makes another one
            line = super().get_new_connection(conn_params)
        return line

    def _configure_connection(self, connection: "Connection[Any]") -> bool:
        """Only core.prepared prepares statements with values: those are planned once, not at each execution, which
        the server does of its own accord where it guesses at the length of a list."""
        changed: bool = super()._configure_connection(connection)  # type: ignore[misc]  # its stub does not know it
        if connection.prepare_threshold is not None:
            connection.execute("SET plan_cache_mode = force_generic_plan")
            return True
        return changed

    def _commit(self) -> None:
        if self.connection is not None:
            with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
                end(self.connection, b"COMMIT")

    def _savepoint(self, sid: str) -> None:
        self._word(self.ops.savepoint_create_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        self._word(self.ops.savepoint_rollback_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self._word(self.ops.savepoint_commit_sql(sid))

    def _word(self, sql: str) -> None:
        """A word of the transaction; where statements are watched, on a cursor that is."""
        self.ensure_connection()
        if self.queries_logged or self.execute_wrappers:
            with self.cursor() as cursor:
                cursor.execute(sql)
            return
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            begin(self.connection)
            command(self.connection, sql.encode())


def lives(line: "Connection[Any]") -> bool:
    """Whether a connection that nobody uses is still there. A server that has gone has closed its end, and that can be
    read without asking anybody anything."""
    if line.closed or line.pgconn.transaction_status == TransactionStatus.UNKNOWN:
        return False
    try:
        readable = select.poll()
        readable.register(line.pgconn.socket, select.POLLIN)
        while readable.poll(0):  # a last word of the server, then the end of the line: reading that fails
            line.pgconn.consume_input()
    except (Error, OSError, ValueError):
        return False
    return not line.closed


def end(line: "Connection[Any]", word: bytes) -> None:
    """COMMIT, when a transaction is open."""
    if line.pgconn.transaction_status != TransactionStatus.IDLE:
        command(line, word)
