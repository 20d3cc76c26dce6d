"""The columns of the event log's Parquet files, once for every engine that writes or reads them.

Times are UTC without a zone mark, so that no engine needs a time zone database; ``day`` is the brand's own.
"""

from typing import Any

# name -> (DuckDB type, Ibis type)
EVENTS: dict[str, tuple[str, str]] = {
    "day": ("DATE", "date"),
    "id": ("BLOB", "binary"),
    "kind": ("VARCHAR", "string"),
    "at": ("TIMESTAMP", "timestamp(6)"),
    "received_at": ("TIMESTAMP", "timestamp(6)"),
    "visit": ("VARCHAR", "string"),
    "visitor": ("VARCHAR", "string"),
    "product_id": ("BIGINT", "int64"),
    "product_ids": ("BIGINT[]", "array<int64>"),
    "voice_ids": ("BIGINT[]", "array<int64>"),
    "surface": ("VARCHAR", "string"),
    "path": ("VARCHAR", "string"),
    "referrer": ("VARCHAR", "string"),
    "locale": ("VARCHAR", "string"),
    "device": ("VARCHAR", "string"),
    "value_minor": ("BIGINT", "int64"),
    "order_id": ("BIGINT", "int64"),
    "answered": ("BOOLEAN", "boolean"),
    "bot": ("BOOLEAN", "boolean"),
    "bot_sign": ("VARCHAR", "string"),
    "provenance": ("VARCHAR", "string"),
}
_COUNT = ("BIGINT", "int64")
_FLAG = ("BOOLEAN", "boolean")
# One row for everything one browser did in one day; rows with an empty visit hold what came without one.
VISITS: dict[str, tuple[str, str]] = {
    "day": ("DATE", "date"),
    "visit": ("VARCHAR", "string"),
    "bot": _FLAG,
    "simulated": _FLAG,
    "device": ("VARCHAR", "string"),
    "events": _COUNT,
    "pages": _COUNT,
    "products_seen": _COUNT,
    "proofs_seen": _COUNT,
    "proofs_clicked": _COUNT,
    "asks": _COUNT,
    "asks_told": _COUNT,
    "asks_answered": _COUNT,
    "adds": _COUNT,
    "checkouts": _COUNT,
    "orders": _COUNT,
    "revenue_minor": _COUNT,
    "order_squares": ("DOUBLE", "float64"),
    "reviews": _COUNT,
}
# Visits by product and day; "…_too" counts those among the group named first.
PRODUCTS: dict[str, tuple[str, str]] = {
    "day": ("DATE", "date"),
    "product_id": _COUNT,
    "simulated": _FLAG,
    "viewed": _COUNT,
    "proof_seen": _COUNT,
    "proof_clicked": _COUNT,
    "asked": _COUNT,
    "added": _COUNT,
    "ordered": _COUNT,
    "viewed_proof": _COUNT,
    "viewed_asked": _COUNT,
    "viewed_added": _COUNT,
    "viewed_ordered": _COUNT,
    "seen_clicked": _COUNT,
}
PROOFS: dict[str, tuple[str, str]] = {
    "day": ("DATE", "date"),
    "voice_id": _COUNT,
    "simulated": _FLAG,
    "seen": _COUNT,
    "clicked": _COUNT,
    "seen_clicked": _COUNT,
}
DATASETS: dict[str, dict[str, tuple[str, str]]] = {
    "events": EVENTS,
    "visits": VISITS,
    "products": PRODUCTS,
    "proofs": PROOFS,
}


def empty(dataset: str) -> str:
    """SQL of a table with the columns of ``dataset`` and no rows."""
    columns = ", ".join(f'NULL::{kind} AS "{name}"' for name, (kind, _) in DATASETS[dataset].items())
    return f"SELECT {columns} WHERE false"


def typed(dataset: str, query: str) -> str:
    """``query`` with its columns in the types of the dataset. A sum of integers is wider than any column, and Parquet
    would keep it as a fraction: money must not pass through one."""
    columns = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, (kind, _) in DATASETS[dataset].items())
    return f"SELECT {columns} FROM ({query})"  # noqa: S608 - names and types of this file


def unbound(dataset: str, *, name: str | None = None) -> Any:
    """The dataset as an Ibis table that is bound to no engine yet."""
    import ibis

    return ibis.table({column: kind for column, (_, kind) in DATASETS[dataset].items()}, name=name or dataset)
