"""The tables of a search index in PostgreSQL: made on demand and never by a migration, since they need an extension
that not every server has, and everything in them is derived."""

from typing import Final

from django.db import DatabaseError, connection, transaction

from parvis.core import locks
from parvis.core.locks import Lock
from parvis.domains.evidence.ports import IndexUnavailable

WIDTH: Final = 256
SLOW_WIDTH: Final = 384
_PARTS: Final = (
    """CREATE TABLE IF NOT EXISTS {table} (
        id text PRIMARY KEY,
        grp text,
        record bytea NOT NULL,
        facts text[] COLLATE "C" NOT NULL,
        words tsvector NOT NULL,
        near halfvec({width}),
        slow halfvec({slow_width})
    )""",
    "CREATE INDEX IF NOT EXISTS {table}_words ON {table} USING gin (words)",
    "CREATE INDEX IF NOT EXISTS {table}_facts ON {table} USING gin (facts)",
    "CREATE INDEX IF NOT EXISTS {table}_group ON {table} (grp)",
    "CREATE INDEX IF NOT EXISTS {table}_near ON {table} USING hnsw (near halfvec_cosine_ops)",
    "CREATE INDEX IF NOT EXISTS {table}_lacking ON {table} (id) WHERE slow IS NULL",
    # Every stem ever said: what a mistyped word is compared with.
    'CREATE TABLE IF NOT EXISTS {table}_said (stem text COLLATE "C" PRIMARY KEY)',
)


def available() -> bool:
    """Whether the server has the extension, or could have it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
        return cursor.fetchone() is not None


def stands(table: str) -> bool:
    """Whether the tables are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{table}_said"])
        return bool(cursor.fetchone()[0])


def make(table: str) -> None:
    """Make the tables and their indexes where they are missing. Raises ``IndexUnavailable`` without the extension."""
    if stands(table):
        return
    if not available():
        raise IndexUnavailable(
            reason="this PostgreSQL server has no vector extension; install pgvector on it, or set"
            " PARVIS_EVIDENCE_INDEX=embedded"
        )
    with transaction.atomic(), connection.cursor() as cursor:
        locks.hold(Lock.INDEX_TABLES)
        try:
            with transaction.atomic():
                cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
        except DatabaseError as error:
            raise IndexUnavailable(
                reason="the vector extension is not switched on in this database; an administrator has to run"
                " CREATE EXTENSION vector, once"
            ) from error
        for part in _PARTS:
            cursor.execute(part.format(table=table, width=WIDTH, slow_width=SLOW_WIDTH))


def drop(table: str) -> None:
    """Forget the index."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}, {table}_said")  # the name was checked when the index was opened
