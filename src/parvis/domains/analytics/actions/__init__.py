"""What analytics does: take events in, move them to Parquet, keep and forget them."""

from parvis.domains.analytics.actions.recording import record

__all__ = ["record"]
