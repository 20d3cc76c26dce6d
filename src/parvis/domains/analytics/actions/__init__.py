"""What analytics does: take events in, move them to Parquet, keep and forget them."""

from parvis.domains.analytics.actions.compaction import compact, forget_ids
from parvis.domains.analytics.actions.merging import finish_days, tidy
from parvis.domains.analytics.actions.recording import insert, record
from parvis.domains.analytics.actions.visits import brand_zone, forget_salts, visit_of

__all__ = [
    "brand_zone",
    "compact",
    "finish_days",
    "forget_ids",
    "forget_salts",
    "insert",
    "record",
    "tidy",
    "visit_of",
]
