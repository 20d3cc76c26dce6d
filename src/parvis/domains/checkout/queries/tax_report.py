"""What was sold to which country at which rate: for the quarterly declaration."""

from collections import defaultdict
from datetime import datetime

from django.db import connection

from parvis.core.money import Money, split_minor
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import RefundState, TaxReportRow
from parvis.domains.checkout.rules import taxes

_SOLD = """
SELECT sold.country, (share->>'basis_points')::int AS points, count(*),
       sum((share->>'net')::bigint), sum((share->>'tax')::bigint)
FROM (
    SELECT coalesce(address->>'country', '') AS country,
           CASE WHEN jsonb_array_length(taxes) > 0 THEN taxes ELSE jsonb_build_array(jsonb_build_object(
               'basis_points', tax_basis_points, 'net', total_minor - tax_minor, 'tax', tax_minor)) END AS shares
    FROM checkout_order
    WHERE paid_at >= %s AND paid_at < %s AND currency = %s AND (%s OR NOT provenance ? 'order')
) AS sold, jsonb_array_elements(sold.shares) AS share
GROUP BY 1, 2
"""


def tax_report(*, begins: datetime, ends: datetime, currency: str, simulated: bool = False) -> tuple[TaxReportRow, ...]:
    """Net and tax of the orders paid from ``begins`` to just before ``ends``, by country of arrival and rate, less the
    refunds given in that time (shared over the rates of their order in proportion). Orders of the simulation only
    when asked for. Two statements."""
    counts: dict[tuple[str, int], int] = {}
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    with connection.cursor() as cursor:
        cursor.execute(_SOLD, [begins, ends, currency, simulated])
        for country, points, orders, net, tax in cursor.fetchall():
            counts[country, points] = orders
            sums[country, points] = [int(net), int(tax)]
    given = models.Refund.objects.filter(
        state=RefundState.SUCCEEDED.value,
        settled_at__gte=begins,
        settled_at__lt=ends,
        payment__order__currency=currency,
    ).select_related("payment__order")
    for refund in given if simulated else given.exclude(payment__order__provenance__has_key="order"):
        order = refund.payment.order
        for points, net, tax in _shares(order, refund.amount_minor):
            found = sums[order.address.get("country", ""), points]
            found[0] -= net
            found[1] -= tax
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


def _shares(order: models.Order, amount_minor: int) -> list[tuple[int, int, int]]:
    """A refund of an order by rate: (rate, net, tax)."""
    known = order.taxes or [
        {"basis_points": order.tax_basis_points, "net": order.total_minor - order.tax_minor, "tax": order.tax_minor}
    ]
    parts = split_minor(amount_minor, [each["net"] + each["tax"] for each in known])
    found = []
    for each, part in zip(known, parts, strict=True):
        tax = taxes.included(part, each["basis_points"])
        found.append((each["basis_points"], part - tax, tax))
    return found
