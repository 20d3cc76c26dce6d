"""Search in PostgreSQL itself, with the `vector` extension: for a brand whose web machines share no disk."""

from parvis.connectors.pgvector.index import PostgresIndex, available

__all__ = ["PostgresIndex", "available"]
