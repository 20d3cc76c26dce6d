"""The one index of a shop in its database, as evidence asks for it."""

from typing import Final

from parvis.connectors.pgvector.index import PostgresIndex
from parvis.domains.evidence.queries import files

TABLE: Final = "parvis_passages_2"  # counted up with what a row holds: an older table is left, a new one filled
_open: dict[str, PostgresIndex] = {}


def shared() -> PostgresIndex:
    """The index, opened once a process. Raises :class:`IndexUnavailable` where the server has no vector extension."""
    if TABLE not in _open or not _open[TABLE].stands():
        _open[TABLE] = PostgresIndex(TABLE, encoder=files.encoder())
    return _open[TABLE]
