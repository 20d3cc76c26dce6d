"""Quotes in the order drawn for somebody, and how the drawn orders do against the order by usefulness."""

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import polars as pl
from django.db import connection

from parvis.domains.analytics import queries as analytics
from parvis.domains.evidence import rules
from parvis.domains.evidence.contracts import Ordered, OrderPlan, OrderReadout, Placement, Proof
from parvis.domains.evidence.models import OrderPlan as Plan
from parvis.domains.evidence.models import Proof as Row
from parvis.domains.evidence.queries.standing import DERIVED
from parvis.domains.voices import queries as voices
from parvis.science import proof_order

MOST = proof_order.MOST


_STANDING = f"""
SELECT {DERIVED}, plan.id, plan.orders, plan.held_out
FROM (SELECT 1) AS one
LEFT JOIN evidence_orderplan AS plan ON plan.product_id = %s AND plan.placement = %s AND plan.ended_at IS NULL
"""  # noqa: S608 - a constant


_CANDIDATES = """
SELECT product_id, voice_id, score, stars FROM (
  SELECT product_id, voice_id, score, stars,
    row_number() OVER (PARTITION BY product_id ORDER BY score DESC, voice_id DESC) AS place,
    row_number() OVER (PARTITION BY product_id, stars <= %s ORDER BY score DESC, voice_id DESC) AS side
  FROM evidence_proof WHERE has_text AND product_id = ANY(%s)) AS ranked
WHERE place < %s OR (side = 1 AND stars <= %s)
ORDER BY product_id, score DESC, voice_id DESC
"""


def bucket_of(who: str) -> int:
    """The bucket of a visit: even, the same for all of its pages, and nothing to do with its other properties."""
    digest = hashlib.sha256(f"order of proof\0{who}".encode()).digest()
    return int.from_bytes(digest[:8]) % proof_order.BUCKETS


def ordered(product_ids: Iterable[int], *, placement: Placement, bucket: int, limit: int = MOST) -> dict[int, Ordered]:
    """The quotes of each product as ``bucket`` has them; products without any are absent. Four statements.

    Proofs that have gone since the plan was made are left out, and new ones wait for the next plan.
    """
    wanted = list(dict.fromkeys(product_ids))
    bucket %= proof_order.BUCKETS
    plans = {
        product: (plan, orders[bucket], held)
        for plan, product, orders, held in Plan.objects.filter(
            product_id__in=wanted, placement=placement, ended_at=None
        ).values_list("id", "product_id", "orders", "held_out")
    }
    useful = _useful([product for product in wanted if product not in plans])
    order = {product: plans[product][1] if product in plans else useful.get(product, []) for product in wanted}
    proofs = _proofs([voice for listed in order.values() for voice in listed])
    found = {}
    for product, listed in order.items():
        shown = tuple(proofs[voice] for voice in listed if voice in proofs)[:limit]
        if not shown:
            continue
        plan, held = (plans[product][0], plans[product][2]) if product in plans else (0, 0)
        arm = "useful" if not plan else "held_out" if bucket < held else "drawn"
        found[product] = Ordered(product_id=product, plan=plan, bucket=bucket, arm=arm, proofs=shown)
    return found


def standing(product_id: int, *, placement: Placement) -> tuple[str, OrderPlan | None]:
    """The revision of what is derived for a product, as :func:`~parvis.domains.evidence.queries.standing.revision` has
    it, and its plan at ``placement``. One statement: for pages that are kept under the one and show by the other what
    they have loaded already (:func:`arranged`)."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [product_id, product_id, product_id, placement.value])
        revision, plan, orders, held_out = cursor.fetchone()
    if plan is None:
        return revision, None
    listed = json.loads(orders) if isinstance(orders, str) else orders
    return revision, OrderPlan(id=plan, orders=tuple(tuple(each) for each in listed), held_out=held_out)


def arranged(
    product_id: int, plan: OrderPlan | None, proofs: Sequence[Proof], *, bucket: int, limit: int = MOST
) -> Ordered:
    """``proofs`` as ``plan`` has them for ``bucket``: those it does not know are left out. Without a plan, as given."""
    bucket %= proof_order.BUCKETS
    if plan is None:
        return Ordered(product_id=product_id, plan=0, bucket=bucket, arm="useful", proofs=tuple(proofs)[:limit])
    known = {proof.voice.id: proof for proof in proofs}
    shown = tuple(known[voice] for voice in plan.orders[bucket] if voice in known)[:limit]
    arm = "held_out" if bucket < plan.held_out else "drawn"
    return Ordered(product_id=product_id, plan=plan.id, bucket=bucket, arm=arm, proofs=shown)


def candidates(product_ids: Sequence[int]) -> list[tuple[int, int, float, int | None]]:
    """(product, voice, usefulness, stars) of the quotes that take part in an order: of each product the most useful
    ones, and the best one of the displeased. The most useful first. One statement."""
    with connection.cursor() as cursor:
        least = rules.DISPLEASED
        cursor.execute(_CANDIDATES, [least, list(product_ids), proof_order.MOST, least])
        found: list[tuple[int, int, float, int | None]] = cursor.fetchall()
        return found


def _useful(product_ids: Sequence[int]) -> dict[int, list[int]]:
    """The quotes of each product by usefulness, both sides in sight."""
    found: dict[int, list[int]] = {}
    stars: dict[int, int | None] = {}
    for product, voice, _score, star in candidates(product_ids) if product_ids else ():
        found.setdefault(product, []).append(voice)
        stars[voice] = star
    return {product: list(rules.both_sides_in_sight(listed, stars)) for product, listed in found.items()}


def _proofs(voice_ids: Sequence[int]) -> dict[int, Proof]:
    if not voice_ids:
        return {}
    kept = {
        row[0]: row[1:]
        for row in Row.objects.filter(voice_id__in=voice_ids).values_list("voice_id", "score", "reasons")
    }
    return {
        voice_id: Proof(voice=voice, score=kept[voice_id][0], reasons=tuple(kept[voice_id][1]), highlights=())
        for voice_id, voice in voices.voices(kept).items()
        if voice.is_public
    }


def order_readout(*, at: datetime, placement: Placement, days: int = 28) -> OrderReadout:
    """How the orders of ``placement`` did in the last ``days`` whole days."""
    _, until, _, _ = analytics.last_weeks(at, length=days)
    told = analytics.dealt(since=until - timedelta(days=days), until=until).filter(pl.col("placement") == placement)
    held = pl.col("bucket") < proof_order.HELD_OUT
    drawn, kept = (told.filter(part).select(pl.col("looked", "acted", "led").sum()).row(0) for part in (~held, held))
    found = proof_order.compare(looked=drawn[0], acted=drawn[1], held_out_looked=kept[0], held_out_acted=kept[1])
    return OrderReadout(
        placement=placement,
        plans=Plan.objects.filter(placement=placement, ended_at=None).count(),
        looked=drawn[0], acted=drawn[1], led=drawn[2],
        held_out_looked=kept[0], held_out_acted=kept[1], held_out_led=kept[2],
        rate=_known(found.rate), held_out_rate=_known(found.held_out_rate), difference=_known(found.difference),
        low=_known(found.low), high=_known(found.high), sample_ratio_p=_known(found.sample_ratio_p),
        verdict=found.verdict,
    )  # fmt: skip


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
