"""Sum up products from their proofs and leanings: two statements for any number of products, then one write."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from parvis.domains.evidence import rules
from parvis.domains.evidence.contracts import AspectCount
from parvis.domains.evidence.models import ProductProof

_COUNTS = """
SELECT product_id, count(*), coalesce(sum(stars), 0),
  count(*) FILTER (WHERE stars = 1), count(*) FILTER (WHERE stars = 2), count(*) FILTER (WHERE stars = 3),
  count(*) FILTER (WHERE stars = 4), count(*) FILTER (WHERE stars = 5),
  count(*) FILTER (WHERE verified), count(*) FILTER (WHERE has_text), count(*) FILTER (WHERE has_photo)
FROM evidence_proof WHERE product_id = ANY(%s) GROUP BY product_id
"""
_SIMULATED = """
SELECT product_id, array_agg(DISTINCT name) FROM evidence_proof, unnest(simulated) name
WHERE product_id = ANY(%s) GROUP BY product_id
"""
# For each product, aspect and leaning: how many reviews, and the most useful one's words.
_LEANINGS = """
SELECT product_id, aspect, pro, count(*), (array_agg(quote ORDER BY score DESC, proof_id))[1],
  (array_agg(proof_id ORDER BY score DESC, proof_id))[1]
FROM (SELECT product_id, aspect, polarity > 0 AS pro, quote, score, proof_id FROM evidence_leaning
      WHERE product_id = ANY(%s)) leaning
GROUP BY product_id, aspect, pro
"""


def sum_up(product_ids: Collection[int], *, at: datetime) -> None:
    """Write the summaries of these products anew; products without public reviews lose theirs."""
    wanted = sorted(product_ids)
    if not wanted:
        return
    counts = _rows(_COUNTS, wanted)
    simulated = {row[0]: row[1] for row in _rows(_SIMULATED, wanted)}
    tallies = _tallies(wanted)
    rows = [_summary(row, tallies.get(row[0], {}), simulated.get(row[0], []), at=at) for row in counts]
    ProductProof.objects.filter(product_id__in=set(wanted) - {row.product_id for row in rows}).delete()
    ProductProof.objects.filter(product_id__in=wanted).update(revision=F("revision") + 1)
    kept = [f.name for f in ProductProof._meta.concrete_fields if not f.primary_key and f.name != "revision"]
    ProductProof.objects.bulk_create(rows, update_conflicts=True, unique_fields=["product"], update_fields=kept)


def _rows(statement: str, product_ids: list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [product_ids])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _tallies(product_ids: list[int]) -> dict[int, dict[str, dict[str, Any]]]:
    found: dict[int, dict[str, dict[str, Any]]] = {}
    for product, aspect, pro, count, quote, voice in _rows(_LEANINGS, product_ids):
        side = "pro" if pro else "con"
        tally = found.setdefault(product, {}).setdefault(aspect, {})
        tally |= {side: count, f"{side}_quote": quote, f"{side}_voice": voice}
    return found


def _summary(
    row: tuple[Any, ...], tallies: dict[str, dict[str, Any]], simulated: list[str], *, at: datetime
) -> ProductProof:
    product, count, stars, *distribution, verified, with_text, with_photo = row
    tallied = (rules.Tally(aspect=aspect, **sides) for aspect, sides in tallies.items())
    points = rules.points(tallied, with_text=with_text)
    return ProductProof(
        product_id=product,
        count=count,
        stars_sum=stars,
        distribution=distribution,
        verified=verified,
        with_text=with_text,
        with_photo=with_photo,
        aspects=[_stored(point) for point in points],
        traits=rules.traits(points, with_text=with_text),
        simulated=sorted(simulated),
        updated_at=at,
    )


def _stored(point: AspectCount) -> dict[str, Any]:
    return {
        "aspect": point.aspect,
        "sign": point.sign.value,
        "count": point.count,
        "against": point.against,
        "share": point.share,
        "quote": point.quote,
        "voice_id": point.voice_id,
    }
