"""The tables of a search index in PostgreSQL: made on demand and never by a migration, since they need an extension
that not every server has, and everything in them is derived."""

from typing import Final

from django.db import DatabaseError, connection, transaction
from psycopg import sql

from parvis.core import locks
from parvis.core.locks import Lock
from parvis.domains.evidence.ports import IndexUnavailable

WIDTH: Final = 256
SLOW_WIDTH: Final = 384
_INDEXES: Final = ("words", "facts", "group", "near", "lacking")
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
    "CREATE INDEX IF NOT EXISTS {words} ON {table} USING gin (words)",
    "CREATE INDEX IF NOT EXISTS {facts} ON {table} USING gin (facts)",
    "CREATE INDEX IF NOT EXISTS {group} ON {table} (grp)",
    "CREATE INDEX IF NOT EXISTS {near} ON {table} USING hnsw (near halfvec_cosine_ops)",
    "CREATE INDEX IF NOT EXISTS {lacking} ON {table} (id) WHERE slow IS NULL",
    # Every stem ever said: what a mistyped word is compared with.
    'CREATE TABLE IF NOT EXISTS {said} (stem text COLLATE "C" PRIMARY KEY)',
)


def statement(template: str, table: str, **parts: str | int) -> str:
    """A statement on the tables of an index: ``{table}`` and ``{said}`` are their names as identifiers, ``{words}`` and
    so on those of its indexes, ``{name}`` is the table's name as a value; ``parts`` are put in as they are (words of
    our own, never those of a person, which go as values)."""
    names = {"table": sql.Identifier(table), "said": sql.Identifier(f"{table}_said"), "name": sql.Literal(table)}
    indexes = {kind: sql.Identifier(f"{table}_{kind}") for kind in _INDEXES}
    own = {key: sql.SQL(str(part)) for key, part in parts.items()}
    return sql.SQL(template).format(**names, **indexes, **own).as_string()


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
            cursor.execute(statement(part, table, width=WIDTH, slow_width=SLOW_WIDTH))


def drop(table: str) -> None:
    """Forget the index."""
    with connection.cursor() as cursor:
        cursor.execute(statement("DROP TABLE IF EXISTS {table}, {said}", table))
