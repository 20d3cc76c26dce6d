"""The table of a search index in PostgreSQL: made on demand and never by a migration, since it needs an extension that
not every server has, and everything in it is derived."""

from typing import Final

from django.db import connection

WIDTH: Final = 256
_PARTS: Final = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    """CREATE TABLE IF NOT EXISTS {table} (
        id text PRIMARY KEY,
        grp text,
        record bytea NOT NULL,
        facts text[] COLLATE "C" NOT NULL,
        words tsvector NOT NULL,
        near halfvec({width})
    )""",
    "CREATE INDEX IF NOT EXISTS {table}_words ON {table} USING gin (words)",
    "CREATE INDEX IF NOT EXISTS {table}_facts ON {table} USING gin (facts)",
    "CREATE INDEX IF NOT EXISTS {table}_group ON {table} (grp)",
    "CREATE INDEX IF NOT EXISTS {table}_near ON {table} USING hnsw (near halfvec_cosine_ops)",
)


def available() -> bool:
    """Whether the server has the extension, or could have it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
        return cursor.fetchone() is not None


def make(table: str) -> None:
    """Make the table and its indexes where they are missing. Raises ``DatabaseError`` without the extension."""
    with connection.cursor() as cursor:
        for part in _PARTS:
            cursor.execute(part.format(table=table, width=WIDTH))


def drop(table: str) -> None:
    """Forget the index."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")  # the name was checked when the index was opened
