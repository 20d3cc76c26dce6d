"""From sums to figures with their intervals: one function a kind, one line a metric."""

import math
from collections.abc import Callable, Sequence

from parvis.domains.analytics.contracts import Figure
from parvis.domains.analytics.queries.totals import Totals
from parvis.science import intervals
from parvis.science.intervals import Interval

LEVEL = 0.95
Made = tuple[float | None, float, Interval]  # numerator, denominator, interval
Make = Callable[[Totals, float], Made]


def figure(key: str, made: Made) -> Figure:
    """The contract of what was computed: NaN becomes None."""
    numerator, denominator, interval = made
    value, low, high = (None if math.isnan(part) else part for part in (interval.value, interval.low, interval.high))
    return Figure(metric=key, value=value, low=low, high=high, numerator=numerator, denominator=denominator)


def proportion(hits: int, tries: int, level: float = LEVEL) -> Made:
    """Hits over tries, Wilson."""
    return hits, tries, intervals.wilson(hits, tries, level=level)


def rate(count: int, over: int, level: float = LEVEL) -> Made:
    """A count for each of ``over``, Garwood."""
    return count, over, intervals.poisson(count, over, level=level)


def mean(total: int, count: int, squares: float, level: float = LEVEL) -> Made:
    """A mean from its sums, Student. Values that are all the same (no order at all, say) show no spread to judge by:
    then there are no limits, rather than limits that claim to be sure."""
    made = intervals.mean_of_sums(count, total, squares, level=level)
    if made.low == made.high:
        made = Interval(made.value, math.nan, math.nan)
    return total, count, made


def count(number: int) -> Made:
    """A count: no limits, since nothing is estimated."""
    return number, 0, Interval(float(number), math.nan, math.nan)


def delay(seconds: Sequence[float], share: float, level: float = LEVEL) -> Made:
    """A quantile of waits, between order statistics."""
    return None, len(seconds), intervals.quantile(seconds, share, level=level)


def _gap(totals: Totals, level: float) -> Made:
    seen, unseen = BY_TOTALS["cvr_proof_seen"](totals, level)[2], BY_TOTALS["cvr_proof_unseen"](totals, level)[2]
    return None, totals.visits, intervals.difference(seen, unseen)


COUNTS: dict[str, Callable[[Totals], int]] = {
    "visits": lambda t: t.visits,
    "product_views": lambda t: t.product_views,
    "orders": lambda t: t.orders,
    "revenue": lambda t: t.revenue,
}
BY_TOTALS: dict[str, Make] = {
    "proof_seen_rate": lambda t, level: proportion(t.proof, t.visits, level),
    "proof_click_through": lambda t, level: proportion(t.proof_clicked, t.proof, level),
    "ask_rate": lambda t, level: proportion(t.asked, t.visits, level),
    "answered_share": lambda t, level: proportion(t.asks_answered, t.asks_told, level),
    "add_to_cart_rate": lambda t, level: proportion(t.added, t.visits, level),
    "checkout_rate": lambda t, level: proportion(t.checkout, t.visits, level),
    "order_rate": lambda t, level: proportion(t.ordered, t.visits, level),
    "cvr": lambda t, level: rate(t.orders_in_visits, t.visits, level),
    "cvr_proof_seen": lambda t, level: rate(t.orders_with_proof, t.proof, level),
    "cvr_proof_unseen": lambda t, level: rate(t.orders_in_visits - t.orders_with_proof, t.visits - t.proof, level),
    "cvr_proof_gap": _gap,
    "revenue_per_visit": lambda t, level: mean(t.revenue_in_visits, t.visits, t.revenue_squares, level),
    "average_order_value": lambda t, level: mean(t.revenue, t.orders, t.order_squares, level),
    "review_rate": lambda t, level: rate(t.reviews, t.orders, level),
}
DELAYS = {"publication_delay": 0.5, "publication_delay_p95": 0.95}


def of_totals(key: str, totals: Totals) -> Figure:
    """The figure ``key`` of a period's sums (any metric that is not a delay)."""
    if key in COUNTS:
        return figure(key, count(COUNTS[key](totals)))
    return figure(key, BY_TOTALS[key](totals, LEVEL))
