"""Draw the orders of quotes anew from what visits did with them: a plan for each product and placement."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import structlog
from django.db import transaction

from parvis.domains.analytics import queries as analytics
from parvis.domains.evidence import queries, rules
from parvis.domains.evidence.contracts import Placement
from parvis.domains.evidence.models import OrderPlan
from parvis.science import proof_order, usefulness_learning

log = structlog.get_logger("parvis.evidence")
DAYS = 60
MOST_PRODUCTS = 5000  # the most reviewed ones; others keep the order by usefulness
KEPT_DAYS = 400  # plans that have ended are kept as long as events are
_BATCH = 500


def plan_orders(*, at: datetime, placement: Placement) -> int:
    """Make the plans of a placement from the last ``DAYS`` whole days; returns how many changed. Idempotent in effect:
    the draws of a day are the same however often it runs."""
    proofs, stars = _candidates()
    if proofs.is_empty():
        return 0
    _, until, _, _ = analytics.last_weeks(at, length=DAYS)
    told = analytics.placed(since=until - timedelta(days=DAYS), until=until).filter(pl.col("placement") == placement)
    looks = told.rename({"product": "group", "voice": "proof"})
    weighed = proof_order.weighed(looks, places=_places(told))
    plans = proof_order.plan(
        proofs.join(weighed, on=["group", "proof"], how="left"),
        seed=_seed(placement, until),
        arrange=lambda group, order: rules.both_sides_in_sight(order, stars),
    )
    return _keep(plans, placement, at=at)


def _candidates() -> tuple[pl.DataFrame, dict[int, int | None]]:
    rows = queries.candidates(queries.ranked(by="count", limit=MOST_PRODUCTS))
    schema = {"group": pl.Int64, "proof": pl.Int64, "score": pl.Float64}
    frame = pl.DataFrame([row[:3] for row in rows], schema=schema, orient="row")
    several = frame.filter(pl.len().over("group") > 1)
    return several, {row[1]: row[3] for row in rows}


def _places(told: pl.DataFrame) -> Sequence[float]:
    """The propensity of each place at this placement, learnt once there is enough to learn from."""
    if told["clicked"].sum() < 200:
        return proof_order.PLACES
    learned = usefulness_learning.learn(told.select("product", "voice", "place", "seen", "clicked"))
    known: dict[int, float] = dict(learned.places.select("place", "propensity").iter_rows())
    return [known.get(place, guess) for place, guess in enumerate(proof_order.PLACES, 1)]


def _seed(placement: Placement, day: object) -> int:
    return int.from_bytes(hashlib.sha256(f"{placement} {day}".encode()).digest()[:6])


def _keep(plans: proof_order.Plans, placement: Placement, *, at: datetime) -> int:
    chances: dict[int, list[list[Any]]] = {}
    for group, proof, place, chance in plans.propensities.iter_rows():
        chances.setdefault(group, []).append([proof, place, round(chance, 6)])
    made = [
        OrderPlan(
            product_id=group, placement=placement, orders=rows.sort("bucket")["order"].to_list(),
            held_out=proof_order.HELD_OUT, propensities=chances[group], made_at=at,
        )
        for (group,), rows in plans.orders.group_by("group", maintain_order=True)
    ]  # fmt: skip
    with transaction.atomic():
        running = OrderPlan.objects.select_for_update().filter(placement=placement, ended_at=None)
        before: Mapping[int, Any] = dict(running.values_list("product_id", "orders"))
        changed = [plan for plan in made if before.get(plan.product_id) != plan.orders]
        over = before.keys() - {plan.product_id for plan in made}
        gone = [plan.product_id for plan in changed] + sorted(over)
        running.filter(product_id__in=gone).update(ended_at=at)
        OrderPlan.objects.bulk_create(changed, batch_size=_BATCH)
        OrderPlan.objects.filter(ended_at__lt=at - timedelta(days=KEPT_DAYS)).delete()
    log.info("orders of quotes drawn", placement=placement.value, plans=len(made), changed=len(changed))
    return len(changed)
