"""Returns in lists of the team, and counted."""

from django.db.models import Count, Sum

from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import LIVE, ReturnKind, ReturnReason, ReturnRow, ReturnState
from parvis.domains.checkout.queries.returns import day
from parvis.domains.checkout.rules import returns as rules


def returns(*, states: tuple[ReturnState, ...] = (), limit: int = 100) -> tuple[ReturnRow, ...]:
    """Returns in these states (all when none are named), those that wait the longest first; closed ones newest
    first. Two statements."""
    rows = models.Return.objects.select_related("order").prefetch_related("lines")
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    waiting = bool(states) and all(state in LIVE for state in states)
    rows = rows.order_by("requested_at" if waiting else "-requested_at", "id")
    return tuple(_row(row) for row in rows[:limit])


def _row(row: models.Return) -> ReturnRow:
    lines = row.lines.all()
    kind = ReturnKind(row.kind)
    return ReturnRow(
        id=row.id,
        number=row.number,
        order_id=row.order_id,
        order_number=row.order.number,
        kind=kind,
        state=ReturnState(row.state),
        pieces=sum(line.quantity for line in lines),
        reasons=tuple(dict.fromkeys(ReturnReason(line.reason) for line in lines)),
        requested_at=row.requested_at,
        refund_due=rules.refund_due(day(row.requested_at)) if kind is ReturnKind.WITHDRAWAL else None,
        name=row.order.name,
    )


def return_counts() -> dict[ReturnState, int]:
    """How many returns stand in each state."""
    rows = models.Return.objects.order_by().values_list("state").annotate(count=Count("id"))
    return {ReturnState(state): count for state, count in rows}


def return_reasons(product_ids: tuple[int, ...]) -> dict[int, dict[ReturnReason, int]]:
    """How many pieces of each product came back, by reason: for the advice on sizes. One statement."""
    rows = (
        models.ReturnLine.objects.filter(product_id__in=product_ids)
        .exclude(parent__state=ReturnState.CANCELLED.value)
        .values_list("product_id", "reason")
        .annotate(pieces=Sum("quantity"))
    )
    found: dict[int, dict[ReturnReason, int]] = {}
    for product_id, reason, pieces in rows:
        found.setdefault(product_id, {})[ReturnReason(reason)] = pieces
    return found
