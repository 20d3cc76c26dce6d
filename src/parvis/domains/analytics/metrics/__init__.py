"""The catalogue of metrics: every figure that Parvis shows is defined here, once, in both languages."""

from parvis.core.errors import NotFound
from parvis.domains.analytics.contracts import Metric
from parvis.domains.analytics.metrics import invitations, products, proof, sales, visits, voices

CATALOGUE: dict[str, Metric] = {
    each.key: each
    for family in (visits.METRICS, proof.METRICS, sales.METRICS, voices.METRICS, invitations.METRICS, products.METRICS)
    for each in family
}


def metric(key: str) -> Metric:
    """The definition behind a figure; raises :class:`NotFound`."""
    if key not in CATALOGUE:
        raise NotFound(kind="metric", key=key)
    return CATALOGUE[key]
