"""The only clock. Doors (web, api, cli, handlers, tasks) read it and pass the time down."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
