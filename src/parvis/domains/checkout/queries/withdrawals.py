"""Withdrawals that were declared, and what each of them waits for."""

from django.db.models import Exists, OuterRef

from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import (
    Declaration,
    OrderState,
    Withdrawal,
    WithdrawalStep,
)
from parvis.domains.checkout.queries.returns import day
from parvis.domains.checkout.rules import returns as rules


def declarations(*, limit: int = 100) -> tuple[Declaration, ...]:
    """Withdrawals declared with the form that no order fits, as long as nobody has dealt with them; newest first."""
    rows = models.Declaration.objects.filter(order=None, handled_at=None)
    return tuple(to_declaration(row) for row in rows[:limit])


def withdrawals(*, limit: int = 100) -> tuple[Withdrawal, ...]:
    """Withdrawals from orders of which no return was made, those that wait the longest first. An order that was
    cancelled or paid back otherwise since needs nothing more. One statement."""
    left = models.Parcel.objects.filter(order=OuterRef("order"), handed_over_at__isnull=False)
    rows = (
        models.Declaration.objects.filter(order__isnull=False, made=None, handled_at=None)
        .exclude(order__state__in=[OrderState.CANCELLED.value, OrderState.REFUNDED.value])
        .select_related("order")
        .annotate(left=Exists(left))
    )
    return tuple(
        Withdrawal(
            declaration=to_declaration(row),
            step=step_of(row.order, left=row.left),
            refund_due=rules.refund_due(day(row.at)),
        )
        for row in rows.order_by("at", "id")[:limit]
        if row.order is not None
    )


def step_of(order: models.Order, *, left: bool) -> WithdrawalStep:
    """What settles a declared withdrawal from this order as it now stands; ``left``: a parcel of it has."""
    return rules.withdrawal_step(
        OrderState(order.state), left=left or order.shipped_at is not None, came=order.delivered_at is not None
    )


def to_declaration(row: models.Declaration) -> Declaration:
    return Declaration(
        id=row.id,
        order_number=row.order_number,
        email=row.email,
        name=row.name,
        words=row.words,
        locale=row.locale,
        order_id=row.order_id,
        return_id=row.made_id,
        at=row.at,
    )
