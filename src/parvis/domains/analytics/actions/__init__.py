"""What analytics does: take events in, move them to Parquet, keep and forget them."""

from parvis.domains.analytics.actions.recording import insert, record
from parvis.domains.analytics.actions.visits import brand_zone, forget_salts, visit_of

__all__ = ["brand_zone", "forget_salts", "insert", "record", "visit_of"]
