"""What analytics can be asked. Periods are days of the brand's time zone, [since, until)."""

from collections.abc import Mapping

from parvis.domains.analytics.contracts import Metric
from parvis.domains.analytics.metrics import CATALOGUE, metric
from parvis.domains.analytics.queries.assistants import crawled, crawled_pages, referred
from parvis.domains.analytics.queries.drawn import dealt, placed
from parvis.domains.analytics.queries.glance import last_weeks, overview, series, warm
from parvis.domains.analytics.queries.invitations import invitation_figures
from parvis.domains.analytics.queries.places import exposures
from parvis.domains.analytics.queries.tables import product_table, proof_table

__all__ = [
    "catalogue",
    "crawled",
    "crawled_pages",
    "dealt",
    "exposures",
    "invitation_figures",
    "last_weeks",
    "metric",
    "overview",
    "placed",
    "product_table",
    "proof_table",
    "referred",
    "series",
    "warm",
]


def catalogue() -> Mapping[str, Metric]:
    """Every metric by key, in the order of the documentation."""
    return CATALOGUE
