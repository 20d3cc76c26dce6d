"""The one way a return changes its state, and where one comes from."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from parvis.core import outbox
from parvis.core.errors import NotFound
from parvis.domains.checkout import models
from parvis.domains.checkout.actions import moves
from parvis.domains.checkout.contracts import AskedLine, ReturnChanged, ReturnKind, ReturnState
from parvis.domains.checkout.rules import returns as rules

# Refunds that settle a withdrawal have keys that begin so: then follow its id and the number of the try.
OF_DECLARATION = "declaration-"


def locked(return_id: int) -> tuple[models.Order, models.Return]:
    """A return with its order, the order locked first as everywhere. Raises NotFound."""
    order_id = models.Return.objects.filter(id=return_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound(kind="return", key=return_id)
    order = moves.locked(order_id)
    return order, models.Return.objects.select_related("refund").get(id=return_id)


def move(
    order: models.Order,
    row: models.Return,
    after: ReturnState,
    *,
    at: datetime,
    actor_id: int | None = None,
    detail: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Lead a return whose order is locked to ``after`` and leave a trail. Raises rules.WrongReturnState."""
    rules.follow(ReturnState(row.state), after)
    row.state = after.value
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *changes])
    note = {"return": row.number, **(detail or {})}
    moves.trail(order.id, f"return_{after.value}", at=at, detail=note, actor_id=actor_id)
    _tell(order, row, at=at)


def _tell(order: models.Order, row: models.Return, *, at: datetime) -> None:
    changed = ReturnChanged(
        order_id=order.id, customer_id=order.customer_id, return_id=row.id, return_kind=row.kind, state=row.state
    )
    outbox.publish(changed, at=at)


def create(
    order: models.Order, lines: Sequence[AskedLine], *, kind: ReturnKind, key: str, note: str, at: datetime
) -> models.Return:
    """Write a return down as requested."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('checkout_return', 'id'))")
        found = cursor.fetchone()[0]
    row = models.Return.objects.create(
        id=found,
        number=f"R-{found:06d}",
        token=secrets.token_urlsafe(24),
        order=order,
        key=key[:120],
        kind=kind.value,
        note=note.strip()[:1000],
        requested_at=at,
    )
    products = dict(order.lines.values_list("id", "product_id"))
    models.ReturnLine.objects.bulk_create(
        models.ReturnLine(
            parent=row,
            line_id=line.line_id,
            product_id=products[line.line_id],
            quantity=line.quantity,
            reason=line.reason.value,
        )
        for line in lines
    )
    pieces = {str(line.line_id): line.quantity for line in lines}
    moves.trail(order.id, "return_requested", at=at, detail={"return": row.number, "lines": pieces})
    _tell(order, row, at=at)
    return row


def not_given_back(refund: models.Refund) -> None:
    """The bank refused a refund: the withdrawal that it was to settle waits once more."""
    number = refund.key.removeprefix(OF_DECLARATION).partition("-")[0]
    if refund.key.startswith(OF_DECLARATION):
        models.Declaration.objects.filter(id=int(number)).update(handled_at=None, actor=None)


def given_back(order: models.Order, refund: models.Refund, *, at: datetime) -> None:
    """The money of a refund went out: the return that it belongs to, if any, is closed. The order is locked."""
    row = models.Return.objects.filter(refund=refund).first()
    if row is not None and row.state == ReturnState.RECEIVED:
        detail = {"amount_minor": refund.amount_minor}
        move(order, row, ReturnState.REFUNDED, at=at, actor_id=refund.actor_id, detail=detail, closed_at=at)
    if row is not None and row.answer:
        moves.trail(order.id, "return_answered", at=at, detail={"return": row.number, "note": row.answer})


def owed_again(order: models.Order, refund: models.Refund, *, at: datetime) -> None:
    """The buyer's bank sent the money of a refund back: the goods of its return, if any, are here and not paid for. It
    stays closed for its pieces, which were given back. The order is locked. No step of a person leads here, hence no
    way of :mod:`rules.returns`; the trail has the bounce."""
    row = models.Return.objects.filter(refund=refund, state=ReturnState.REFUNDED.value).first()
    if row is not None:
        row.state = ReturnState.RECEIVED.value
        row.save(update_fields=["state"])
        _tell(order, row, at=at)
