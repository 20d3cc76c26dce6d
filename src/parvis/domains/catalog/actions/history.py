"""The past in bulk: movements and prices as they were, written with COPY and array statements."""

import json
from collections.abc import Iterable

from django.db import connection, transaction

from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog.actions.prices import settle_from_history
from parvis.domains.catalog.contracts import NewMovement, NewPrice
from parvis.domains.catalog.models import StockLevel

_COPY_MOVEMENTS = "COPY catalog_stockmovement (variant_id, kind, quantity, reason, ref, at, provenance) FROM STDIN"
INSERT_PRICES = (
    "INSERT INTO catalog_pricechange (variant_id, amount_minor, from_at, reason, provenance)"
    " SELECT variant_id, amount_minor, from_at, reason, provenance::jsonb"
    " FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::text[], %s::text[])"
    " AS row (variant_id, amount_minor, from_at, reason, provenance) ON CONFLICT DO NOTHING"
)


def copy_movements(rows: Iterable[NewMovement]) -> None:
    """Append to the ledger; stock levels are the caller's to keep in step."""
    with connection.cursor() as cursor, cursor.copy(_COPY_MOVEMENTS) as copy:
        for row in rows:
            copy.write_row(
                (
                    row.variant_id,
                    row.kind.value,
                    row.quantity,
                    row.reason,
                    row.ref,
                    row.at,
                    json.dumps(dict(row.provenance)),
                )
            )


@transaction.atomic
def record_movements(rows: Iterable[NewMovement]) -> int:
    """Write past movements to the ledger and move on hand by their sums, in variant order.

    Returns how many were written. Raises Invalid when a variant would end below what is reserved of it, NotFound.
    """
    given = list(rows)
    sums: dict[int, int] = {}
    for row in given:
        sums[row.variant_id] = sums.get(row.variant_id, 0) + row.quantity
    ids = sorted(sums)
    levels = {
        level.variant_id: level
        for level in StockLevel.objects.select_for_update().filter(variant_id__in=ids).order_by("variant_id")
    }
    for variant_id in ids:
        if variant_id not in levels:
            raise NotFound(kind="variant", key=variant_id)
        level = levels[variant_id]
        if level.on_hand + sums[variant_id] + level.preorder_limit < level.reserved:
            raise Invalid(field="quantity", problem=f"variant {variant_id} would be oversold")
    copy_movements(given)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_stocklevel AS level SET on_hand = on_hand + line.quantity"
            " FROM unnest(%s::bigint[], %s::int[]) AS line (variant_id, quantity)"
            " WHERE level.variant_id = line.variant_id",
            [ids, [sums[key] for key in ids]],
        )
    return len(given)


@transaction.atomic
def record_prices(rows: Iterable[NewPrice]) -> int:
    """Write past price changes and settle each variant's present and prior price from its whole history.

    A change already known by (variant, from_at) is left as it is. Returns how many rows were given.
    """
    given = list(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_PRICES,
            [
                [row.variant_id for row in given],
                [row.amount_minor for row in given],
                [row.from_at for row in given],
                [row.reason for row in given],
                [json.dumps(dict(row.provenance)) for row in given],
            ],
        )
    settle_from_history({row.variant_id for row in given})
    return len(given)
