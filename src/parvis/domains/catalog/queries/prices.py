"""Prices as they were."""

from datetime import datetime, timedelta

from parvis.core.errors import NotFound
from parvis.core.money import Money
from parvis.domains.catalog import rules
from parvis.domains.catalog.contracts import PricePoint
from parvis.domains.catalog.models import PriceChange, Variant


def price_history(variant_id: int) -> tuple[PricePoint, ...]:
    """Every price a variant has had, newest first."""
    rows = PriceChange.objects.filter(variant_id=variant_id).select_related("variant").order_by("-from_at", "-id")
    return tuple(
        PricePoint(
            amount=Money(row.amount_minor, row.variant.currency),
            from_at=row.from_at,
            reason=row.reason,
            actor_id=row.actor_id,
            provenance=row.provenance,
        )
        for row in rows
    )


def lowest_price(variant_id: int, *, days: int = rules.PRIOR_DAYS, at: datetime) -> Money | None:
    """The lowest price in force at any moment of the ``days`` before ``at`` (a change made at ``at`` itself does not
    count); None when the variant had no price then. Raises NotFound."""
    known = Variant.objects.filter(id=variant_id).values_list("currency", flat=True).first()
    if known is None:
        raise NotFound(kind="variant", key=variant_id)
    history = list(PriceChange.objects.filter(variant_id=variant_id).values_list("from_at", "amount_minor"))
    amount = rules.lowest_in_force(history, since=at - timedelta(days=days), until=at)
    return None if amount is None else Money(amount, known)
