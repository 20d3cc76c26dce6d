"""What was sold to which country at which rate: for the quarterly declaration."""

from collections import defaultdict
from datetime import datetime

from django.db import connection

from parvis.core.money import Money
from parvis.domains.checkout.contracts import RefundState, TaxReportRow

_SOLD = """
SELECT coalesce(nullif(share->>'country', ''), sold.country) AS taxed, (share->>'basis_points')::int AS points,
       count(*), sum((share->>'net')::bigint), sum((share->>'tax')::bigint)
FROM (
    SELECT coalesce(address->>'country', '') AS country,
           CASE WHEN jsonb_array_length(taxes) > 0 THEN taxes ELSE jsonb_build_array(jsonb_build_object(
               'basis_points', tax_basis_points, 'net', total_minor - tax_minor, 'tax', tax_minor)) END AS shares
    FROM checkout_order
    WHERE paid_at >= %s AND paid_at < %s AND currency = %s AND (%s OR NOT provenance ? 'order')
) AS sold, jsonb_array_elements(sold.shares) AS share
GROUP BY 1, 2
"""
_GIVEN_BACK = """
SELECT coalesce(nullif(share->>'country', ''), bought.address->>'country', '') AS taxed,
       (share->>'basis_points')::int AS points, sum((share->>'net')::bigint), sum((share->>'tax')::bigint)
FROM checkout_refund AS given
JOIN checkout_payment AS paid ON paid.id = given.payment_id
JOIN checkout_order AS bought ON bought.id = paid.order_id
CROSS JOIN jsonb_array_elements(given.taxes) AS share
WHERE given.state = %s AND given.settled_at >= %s AND given.settled_at < %s AND bought.currency = %s
  AND (%s OR NOT bought.provenance ? 'order')
GROUP BY 1, 2
"""


def tax_report(*, begins: datetime, ends: datetime, currency: str, simulated: bool = False) -> tuple[TaxReportRow, ...]:
    """Net and tax of the orders paid from ``begins`` to just before ``ends``, by the country whose tax it is (outside
    the Union: where the goods went) and rate, less the refunds given in that time with the tax that was inside them.
    Orders of the simulation only when asked for. Two statements."""
    counts: dict[tuple[str, int], int] = {}
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    with connection.cursor() as cursor:
        cursor.execute(_SOLD, [begins, ends, currency, simulated])
        for country, points, orders, net, tax in cursor.fetchall():
            counts[country, points] = orders
            sums[country, points] = [int(net), int(tax)]
        cursor.execute(_GIVEN_BACK, [RefundState.SUCCEEDED.value, begins, ends, currency, simulated])
        for country, points, net, tax in cursor.fetchall():
            sums[country, points][0] -= int(net)
            sums[country, points][1] -= int(tax)
    return tuple(
        TaxReportRow(
            country=country,
            basis_points=points,
            orders=counts.get((country, points), 0),
            net=Money(net, currency),
            tax=Money(tax, currency),
        )
        for (country, points), (net, tax) in sorted(sums.items())
    )
