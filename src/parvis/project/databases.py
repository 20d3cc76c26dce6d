"""From the address of a database to Django's settings for it."""

from urllib.parse import parse_qsl, unquote, urlsplit

POOL_WAIT = 10.0  # seconds that a request waits for a connection before it is told to come back
PREPARE_AFTER = "5"  # the driver's own default; the statements of core.prepared are prepared at once


def database_settings(url: str, *, pool: int = 0) -> dict[str, object]:
    """A DATABASE_URL as Django's settings for one database. Query parameters become connection options;
    ``prepare_threshold=none`` keeps statements from being prepared, for poolers that do not know of them.

    ``pool`` bounds the connections of a process. Without it each thread keeps its own, and the web server's threads
    come and go: a server's connections would be used up by threads that are long dead.
    """
    parts = urlsplit(url)
    query: dict[str, object] = dict(parse_qsl(parts.query))
    host = query.pop("host", None) or parts.hostname or ""
    told = str(query.pop("prepare_threshold", PREPARE_AFTER))
    query["prepare_threshold"] = int(told) if told.isdigit() else None
    if pool:
        query["pool"] = {"min_size": 1, "max_size": pool, "timeout": POOL_WAIT, "max_idle": 120.0}
    return {
        "ENGINE": "parvis.core.database",
        "NAME": unquote(parts.path.lstrip("/")) or "parvis",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
        "CONN_MAX_AGE": 0 if pool else 600,
        "CONN_HEALTH_CHECKS": not pool,  # core.database looks at those of a pool itself,
    }
