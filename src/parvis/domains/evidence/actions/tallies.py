"""How many reviews of each product lean which way on each aspect, kept as reviews come and go.

What some reviews contribute is counted before and after they change; the difference moves the tallies. So a batch costs
the same whether its products have ten reviews or a million.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import connection

from parvis.domains.evidence.models import Tally

Key = tuple[int, str, bool]  # product, aspect, for it

_COUNTED = """
SELECT product_id, aspect, polarity > 0 AS pro, count(*) FROM evidence_leaning
WHERE proof_id = ANY(%s) GROUP BY product_id, aspect, pro
"""
_MOVE = """
INSERT INTO evidence_tally (product_id, aspect, pro, count, quote, voice_id)
SELECT product_id, aspect, pro, count, '', 0
FROM json_to_recordset(%s::json) AS row(product_id bigint, aspect varchar, pro boolean, count int)
WHERE count > 0
ORDER BY product_id, aspect, pro
ON CONFLICT (product_id, aspect, pro) DO UPDATE SET count = evidence_tally.count + excluded.count
"""
_SHRINK = """
UPDATE evidence_tally AS tally SET count = tally.count + row.count
FROM json_to_recordset(%s::json) AS row(product_id bigint, aspect varchar, pro boolean, count int)
WHERE row.count < 0 AND tally.product_id = row.product_id AND tally.aspect = row.aspect AND tally.pro = row.pro
"""
# Leanings whose words are not fit to be quoted (see rules.quotable) have an empty quote: they count, no more.
_QUOTE = """
UPDATE evidence_tally AS tally SET quote = coalesce(best.quote, ''), voice_id = coalesce(best.proof_id, 0)
FROM json_to_recordset(%s::json) AS row(product_id bigint, aspect varchar, pro boolean, count int)
LEFT JOIN LATERAL (
  SELECT quote, proof_id FROM evidence_leaning AS leaning
  WHERE leaning.product_id = row.product_id AND leaning.aspect = row.aspect AND (leaning.polarity > 0) = row.pro
    AND leaning.quote <> ''
  ORDER BY score DESC, proof_id LIMIT 1) AS best ON true
WHERE tally.product_id = row.product_id AND tally.aspect = row.aspect AND tally.pro = row.pro
"""
_ANEW = """
INSERT INTO evidence_tally (product_id, aspect, pro, count, quote, voice_id)
SELECT product_id, aspect, pro, count(*),
  coalesce((array_agg(quote ORDER BY score DESC, proof_id) FILTER (WHERE quote <> ''))[1], ''),
  coalesce((array_agg(proof_id ORDER BY score DESC, proof_id) FILTER (WHERE quote <> ''))[1], 0)
FROM (SELECT product_id, aspect, polarity > 0 AS pro, quote, score, proof_id FROM evidence_leaning
      WHERE product_id = ANY(%s)) AS leaning
GROUP BY product_id, aspect, pro
"""


@dataclass(frozen=True, slots=True)
class Leanings:
    """What some reviews contribute to the tallies."""

    counts: Counter[Key] = field(default_factory=Counter)


def contributed(voice_ids: Sequence[int]) -> Leanings:
    """The leanings of these reviews as they are stored now."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [list(voice_ids)])
        return Leanings(Counter({(product, aspect, pro): count for product, aspect, pro, count in cursor.fetchall()}))


def move(before: Leanings, after: Leanings) -> None:
    """Add the difference, and look up the best quote of everything touched (a score may have changed)."""
    keys = sorted(before.counts.keys() | after.counts.keys())
    if not keys:
        return
    rows = json.dumps(
        [
            {"product_id": key[0], "aspect": key[1], "pro": key[2], "count": after.counts[key] - before.counts[key]}
            for key in keys
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [rows])
        cursor.execute(_SHRINK, [rows])
        cursor.execute("DELETE FROM evidence_tally WHERE count = 0 AND product_id = ANY(%s)", [[k[0] for k in keys]])
        cursor.execute(_QUOTE, [rows])


def count_anew(product_ids: Collection[int]) -> None:
    """The tallies of these products from all their leanings."""
    ids = sorted(product_ids)
    Tally.objects.filter(product_id__in=ids).delete()
    with connection.cursor() as cursor:
        cursor.execute(_ANEW, [ids])
