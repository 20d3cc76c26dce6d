"""Prices, with the history that makes a reduction honest."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from parvis.core import outbox
from parvis.core.errors import Conflict, Invalid, NotFound
from parvis.core.money import Money
from parvis.domains.catalog import rules
from parvis.domains.catalog.contracts import PriceChanged
from parvis.domains.catalog.models import PriceChange, Variant


@transaction.atomic
def set_price(
    *, variant_id: int, amount_minor: int, reason: str = "", actor_id: int | None = None, at: datetime
) -> Money:
    """The price of a variant from ``at`` on. The price it has already changes nothing.

    When the new price is below the lowest of the 30 days before, that one is kept beside it as ``price_was``; else
    none is. Raises Invalid (not positive), NotFound, Conflict (a later price is known).
    """
    if amount_minor < 1:
        raise Invalid(field="amount_minor", problem="a price is at least one minor unit")
    variant = Variant.objects.select_for_update().filter(id=variant_id).first()
    if variant is None:
        raise NotFound(kind="variant", key=variant_id)
    old = variant.price_minor
    if old == amount_minor:
        return Money(old, variant.currency)
    history = list(PriceChange.objects.filter(variant_id=variant_id).values_list("from_at", "amount_minor"))
    if any(from_at >= at for from_at, _ in history):
        raise Conflict(reason="a later price of this variant is already known")
    PriceChange.objects.create(variant=variant, amount_minor=amount_minor, from_at=at, reason=reason, actor_id=actor_id)
    variant.price_minor = amount_minor
    variant.price_was_minor = rules.prior_price(history, amount=amount_minor, at=at)
    variant.save(update_fields=["price_minor", "price_was_minor"])
    refresh_products([variant.product_id])
    changed = PriceChanged(
        variant_id=variant.id,
        product_id=variant.product_id,
        old_minor=old,
        new_minor=amount_minor,
        currency=variant.currency,
    )
    outbox.publish(changed, at=at)
    return Money(amount_minor, variant.currency)


def refresh_products(product_ids: Collection[int]) -> None:
    """Write on each product the price of its cheapest variant on sale (of all of them when none is)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_product p SET price_from_minor = cheapest.price_minor,"
            " price_was_minor = cheapest.price_was_minor"
            " FROM (SELECT DISTINCT ON (product_id) product_id, price_minor, price_was_minor FROM catalog_variant"
            "  WHERE product_id = ANY(%s)"
            "  ORDER BY product_id, archived, price_minor, price_was_minor DESC NULLS LAST, id) cheapest"
            " WHERE p.id = cheapest.product_id AND (p.price_from_minor, p.price_was_minor)"
            " IS DISTINCT FROM (cheapest.price_minor, cheapest.price_was_minor)",
            [list(product_ids)],
        )


def settle_from_history(variant_ids: Collection[int]) -> None:
    """Set price and prior price of each variant from its history, after a bulk load of past prices."""
    rows = PriceChange.objects.filter(variant_id__in=list(variant_ids)).order_by("variant_id", "from_at")
    history: dict[int, list[tuple[datetime, int]]] = {}
    for variant_id, from_at, amount in rows.values_list("variant_id", "from_at", "amount_minor"):
        history.setdefault(variant_id, []).append((from_at, amount))
    ids, amounts, priors = list(history), [], []
    for points in history.values():
        since, amount = points[-1]
        amounts.append(amount)
        priors.append(rules.prior_price(points, amount=amount, at=since))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_variant v SET price_minor = row.amount, price_was_minor = row.prior"
            " FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS row (id, amount, prior) WHERE v.id = row.id"
            " RETURNING v.product_id",
            [ids, amounts, priors],
        )
        touched = {product_id for (product_id,) in cursor.fetchall()}
    refresh_products(touched)
