"""What can be read of evidence."""

from parvis.domains.evidence.queries.audits import (
    audit,
    audit_sum,
    audits,
    changed_looks,
    looks,
    simulation,
    simulations,
    unaudited,
)
from parvis.domains.evidence.queries.crawlers import crawler_policies, may_read
from parvis.domains.evidence.queries.faq import (
    Wording,
    faq_asked,
    faq_counts,
    faq_desk,
    faq_entry,
    faq_for,
    faq_run,
    faq_siblings,
    faq_unanswered,
    faq_versions,
    faq_wordings,
    to_faq_run,
)
from parvis.domains.evidence.queries.files import health
from parvis.domains.evidence.queries.filmed import filmed
from parvis.domains.evidence.queries.find import ask, find, warm
from parvis.domains.evidence.queries.gallery import gallery, media_rights
from parvis.domains.evidence.queries.lacking import lacking, learning
from parvis.domains.evidence.queries.ordering import arranged, bucket_of, candidates, order_readout, ordered, standing
from parvis.domains.evidence.queries.points import points
from parvis.domains.evidence.queries.search import UnknownFilter
from parvis.domains.evidence.queries.shown import shown_for
from parvis.domains.evidence.queries.spoken import corrections, search_products, speaking
from parvis.domains.evidence.queries.standing import revision
from parvis.domains.evidence.queries.summary import (
    changed_at,
    labels,
    products_with,
    ranked,
    reason_words,
    state,
    summaries,
    summary,
    trait_counts,
    with_video,
)
from parvis.domains.evidence.queries.widgets import widget, widget_by_key, widgets

__all__ = [
    "UnknownFilter",
    "Wording",
    "arranged",
    "ask",
    "audit",
    "audit_sum",
    "audits",
    "bucket_of",
    "candidates",
    "changed_at",
    "changed_looks",
    "corrections",
    "crawler_policies",
    "faq_asked",
    "faq_counts",
    "faq_desk",
    "faq_entry",
    "faq_for",
    "faq_run",
    "faq_siblings",
    "faq_unanswered",
    "faq_versions",
    "faq_wordings",
    "filmed",
    "find",
    "gallery",
    "health",
    "labels",
    "lacking",
    "learning",
    "looks",
    "may_read",
    "media_rights",
    "order_readout",
    "ordered",
    "points",
    "products_with",
    "ranked",
    "reason_words",
    "revision",
    "search_products",
    "shown_for",
    "simulation",
    "simulations",
    "speaking",
    "standing",
    "state",
    "summaries",
    "summary",
    "to_faq_run",
    "trait_counts",
    "unaudited",
    "warm",
    "widget",
    "widget_by_key",
    "widgets",
    "with_video",
]
