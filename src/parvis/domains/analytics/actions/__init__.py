"""What analytics does: take events in, move them to Parquet, keep and forget them."""

from parvis.domains.analytics.actions.compaction import compact, forget_ids
from parvis.domains.analytics.actions.crawling import count_crawl, forget_crawls
from parvis.domains.analytics.actions.forgetting import clean_files, forget_old_events, forget_visitors
from parvis.domains.analytics.actions.loading import load
from parvis.domains.analytics.actions.merging import finish_days, tidy
from parvis.domains.analytics.actions.recording import insert, record
from parvis.domains.analytics.actions.visits import forget_salts, visit_of

__all__ = [
    "clean_files",
    "compact",
    "count_crawl",
    "finish_days",
    "forget_crawls",
    "forget_ids",
    "forget_old_events",
    "forget_salts",
    "forget_visitors",
    "insert",
    "load",
    "record",
    "tidy",
    "visit_of",
]
