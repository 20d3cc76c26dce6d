"""Withdrawals from which no return was made, for they were declared before the goods came."""

from datetime import datetime

from django.db import transaction

from parvis.core.errors import Conflict, NotFound
from parvis.domains.checkout import models
from parvis.domains.checkout.actions import fulfil, moves, refunds, return_moves
from parvis.domains.checkout.actions.returns.declaring import make_return
from parvis.domains.checkout.contracts import WithdrawalStep
from parvis.domains.checkout.queries.withdrawals import step_of


class NothingToSettle(Conflict):
    """The parcels are on their way: a return can be made once they have come in. Or all of it is too late."""

    code = "nothing_to_settle"
    template = "Nothing can be done yet for the withdrawal from the order %(number)s."


def settle_withdrawal(*, declaration_id: int, actor_id: int | None = None, at: datetime) -> int:
    """Carry a declared withdrawal out: an order that was not paid is cancelled, one of which nothing has left is paid
    back whole, and of what has come in meanwhile a return is made. Settling again changes nothing,
    unless the bank has refused the refund: then it is tried once more. Returns the id of the order.

    Raises NotFound, :class:`NothingToSettle`, and what :func:`fulfil.cancel` and :func:`refunds.refund` raise.
    """
    with transaction.atomic():
        row, order = _locked(declaration_id)
        left = order.parcels.filter(handed_over_at__isnull=False).exists()
        step = step_of(order, left=left) if row.handled_at is None and row.made_id is None else None
        claimed = None
        if step is WithdrawalStep.RETURN:
            row.made = make_return(order, row, at=at)
        if step is WithdrawalStep.WAIT or (step is WithdrawalStep.RETURN and row.made is None):
            raise NothingToSettle(number=order.number, reason="on its way, or too late")
        if step is WithdrawalStep.REFUND:
            claimed = _claim(order, row, actor_id=actor_id, at=at)
        if step is not None and step is not WithdrawalStep.CANCEL:
            _close(row, actor_id=actor_id, at=at)
    if claimed is not None:
        refunds.carry_out(claimed.id, at=at)
    if step is WithdrawalStep.CANCEL:
        fulfil.cancel(order_id=order.id, reason="team", actor_id=actor_id, at=at)
        _close(row, actor_id=actor_id, at=at)
    return order.id


def _locked(declaration_id: int) -> tuple[models.Declaration, models.Order]:
    """A declaration with its order, the order locked first as everywhere. Raises NotFound."""
    found = models.Declaration.objects.filter(id=declaration_id).values_list("order_id", flat=True).first()
    if found is None:
        raise NotFound(kind="withdrawal", key=declaration_id)
    order = moves.locked(found)
    return models.Declaration.objects.get(id=declaration_id), order


def _claim(order: models.Order, row: models.Declaration, *, actor_id: int | None, at: datetime) -> models.Refund:
    """Claim all that is left of the order, pieces and delivery; return_moves.not_given_back reopens the withdrawal when
    the bank refuses it."""
    key = f"{return_moves.OF_DECLARATION}{row.id}-"
    tries = models.Refund.objects.filter(key__startswith=key).count()
    left = {line.id: line.quantity - line.refunded_quantity for line in order.lines.all()}
    return refunds.claim(
        order,
        {line_id: pieces for line_id, pieces in left.items() if pieces},
        None,
        key=f"{key}{tries + 1}",
        reason="withdrawal",
        actor_id=actor_id,
        restock=True,
        at=at,
    )


def _close(row: models.Declaration, *, actor_id: int | None, at: datetime) -> None:
    row.handled_at, row.actor_id = at, actor_id
    row.save(update_fields=["handled_at", "actor", "made"])
