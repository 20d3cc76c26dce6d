"""What the buyer does: send something back, or keep it after all."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from parvis.core.errors import Invalid, NotFound
from parvis.core.idempotency import KeyReused
from parvis.domains.checkout import models, queries
from parvis.domains.checkout.actions import moves
from parvis.domains.checkout.actions import return_moves as moving
from parvis.domains.checkout.actions.returns import letters
from parvis.domains.checkout.contracts import AskedLine, Return, ReturnKind, ReturnState
from parvis.domains.checkout.queries.returns import kept_of, returnable_of
from parvis.domains.checkout.rules import returns as rules


@transaction.atomic
def request_return(
    *,
    order_token: str,
    kind: ReturnKind,
    lines: Sequence[AskedLine],
    note: str = "",
    key: str,
    at: datetime,
) -> Return:
    """Ask to send pieces of an order back. A withdrawal in time is a right: it is accepted at once; a claim under the
    guarantee waits for the team. The same ``key`` again gives the same return; of two at once the second sees the
    pieces of the first as spoken for.

    Raises NotFound, Invalid, rules.returns.ReturnNotPossible, KeyReused.
    """
    if not key:
        raise Invalid(field="key", problem="give one")
    order = _order(order_token)
    known = order.returns.filter(key=key[:120]).first()
    if known is not None:
        return _same(known, kind, lines)
    kept = kept_of(order)
    rules.check_asked(lines, kept, returnable_of(order, kept, kind=kind, at=at), kind=kind)
    row = moving.create(order, lines, kind=kind, key=key, note=note, at=at)
    if kind is ReturnKind.WITHDRAWAL:
        moving.move(order, row, ReturnState.ACCEPTED, at=at, accepted_at=at)
        letters.accepted(order, row, at=at)
    else:
        letters.requested(order, row, at=at)
    return queries.return_(row.id)


def _order(token: str) -> models.Order:
    order_id = models.Order.objects.filter(token=token).values_list("id", flat=True).first()
    if order_id is None:
        raise NotFound(kind="order", key=token)
    return moves.locked(order_id)


def _same(known: models.Return, kind: ReturnKind, lines: Sequence[AskedLine]) -> Return:
    pieces = dict(known.lines.values_list("line_id", "quantity"))
    if known.kind != kind.value or pieces != {line.line_id: line.quantity for line in lines}:
        raise KeyReused(key=known.key)
    return queries.return_(known.id)


@transaction.atomic
def cancel_return(*, token: str, at: datetime) -> Return:
    """The buyer keeps the goods after all, as long as they were not received. Again: nothing changes.
    Raises NotFound, rules.returns.WrongReturnState."""
    found = models.Return.objects.filter(token=token).values_list("id", flat=True).first()
    if found is None:
        raise NotFound(kind="return", key=token)
    order, row = moving.locked(found)
    if row.state != ReturnState.CANCELLED:
        moving.move(order, row, ReturnState.CANCELLED, at=at, closed_at=at)
    return queries.return_(row.id)
