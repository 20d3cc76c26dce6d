"""Stock as it stands and as it moved."""

from collections.abc import Iterable

from django.db.models import F, Sum, Window

from parvis.domains.catalog.contracts import Movement, MovementKind
from parvis.domains.catalog.models import StockLevel, StockMovement


def available(variant_ids: Iterable[int]) -> dict[int, int]:
    """What is there of each variant: on hand minus reserved, nothing when archived. Unknown ids are absent."""
    rows = StockLevel.objects.filter(variant_id__in=list(variant_ids))
    return {
        variant_id: 0 if archived else max(0, on_hand - reserved)
        for variant_id, on_hand, reserved, archived in rows.values_list(
            "variant_id", "on_hand", "reserved", "variant__archived"
        )
    }


def sellable(variant_ids: Iterable[int]) -> dict[int, int]:
    """What can be sold of each variant: what is there, and what can be ordered ahead. Unknown ids are absent."""
    rows = StockLevel.objects.filter(variant_id__in=list(variant_ids)).select_related("variant")
    return {
        row.variant_id: 0
        if row.variant.archived
        else max(0, row.on_hand - row.reserved + (row.preorder_limit if row.preorder_on is not None else 0))
        for row in rows
    }


def movements(variant_id: int, *, limit: int = 200) -> tuple[Movement, ...]:
    """The ledger of a variant, newest first, each movement with the level it left."""
    rows = (
        StockMovement.objects.filter(variant_id=variant_id)
        .annotate(level=Window(Sum("quantity"), order_by=[F("at"), F("id")]))
        .order_by("-at", "-id")[:limit]
    )
    return tuple(
        Movement(
            id=row.id,
            variant_id=row.variant_id,
            kind=MovementKind(row.kind),
            quantity=row.quantity,
            on_hand=row.level,
            reason=row.reason,
            ref=row.ref,
            actor_id=row.actor_id,
            at=row.at,
            provenance=row.provenance,
        )
        for row in rows
    )
