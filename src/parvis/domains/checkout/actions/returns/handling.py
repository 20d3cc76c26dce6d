"""What the team does with a return: accept or refuse it, receive the goods, give the money back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from parvis.core.errors import Invalid
from parvis.domains.catalog import actions as catalog
from parvis.domains.checkout import models, queries
from parvis.domains.checkout.actions import refunds
from parvis.domains.checkout.actions import return_moves as moving
from parvis.domains.checkout.actions.returns import letters
from parvis.domains.checkout.contracts import Condition, ReceivedLine, RefundState, Return, ReturnState
from parvis.domains.checkout.queries.returns import bounced_of, worth_of


@transaction.atomic
def accept_return(*, return_id: int, actor_id: int | None = None, at: datetime) -> Return:
    """A claim is justified: the goods may be sent. Raises NotFound, rules.returns.WrongReturnState."""
    order, row = moving.locked(return_id)
    moving.move(order, row, ReturnState.ACCEPTED, at=at, actor_id=actor_id, accepted_at=at)
    letters.accepted(order, row, at=at)
    return queries.return_(return_id)


@transaction.atomic
def refuse_return(*, return_id: int, answer: str, actor_id: int | None = None, at: datetime) -> Return:
    """A return is refused; ``answer`` says why and is told to the buyer. Raises NotFound, Invalid without it,
    rules.returns.WrongReturnState."""
    answer = answer.strip()
    if not answer:
        raise Invalid(field="answer", problem="tell the buyer why")
    order, row = moving.locked(return_id)
    moving.move(order, row, ReturnState.REFUSED, at=at, actor_id=actor_id, answer=answer[:1000], closed_at=at)
    letters.refused(order, row, at=at)
    return queries.return_(return_id)


@transaction.atomic
def receive_return(
    *, return_id: int, lines: Sequence[ReceivedLine], actor_id: int | None = None, at: datetime
) -> Return:
    """The goods are here: how many pieces of each line, in which condition; what can be sold again goes back on the
    shelf now. A line that is left out did not come. Receiving twice what was received changes nothing; something else
    than was received then is refused.

    Raises NotFound, Invalid for pieces that were not asked for, rules.returns.WrongReturnState.
    """
    order, row = moving.locked(return_id)
    asked = {each.line_id: each for each in row.lines.select_related("line")}
    came = {line.line_id: line for line in lines}
    if len(came) != len(lines):
        raise Invalid(field="lines", problem="each line once")
    for line in lines:
        if line.line_id not in asked or not 0 <= line.quantity <= asked[line.line_id].quantity:
            raise Invalid(field="lines", problem=f"so many of line {line.line_id} were not asked for")
    found = {line_id: _found(came.get(line_id)) for line_id in asked}
    if row.state == ReturnState.RECEIVED and found == {
        line_id: (each.received, each.condition, each.restock) for line_id, each in asked.items()
    }:
        return queries.return_(return_id)
    shelf: dict[int, int] = {}
    for line_id, each in asked.items():
        each.received, each.condition, each.restock = found[line_id]
        each.save(update_fields=["received", "condition", "restock"])
        if each.restock:
            shelf[each.line.variant_id] = each.received
    pieces = {str(line_id): each.received for line_id, each in asked.items()}
    moving.move(order, row, ReturnState.RECEIVED, at=at, actor_id=actor_id, detail={"lines": pieces}, received_at=at)
    letters.received(order, row, at=at)
    if shelf:
        catalog.take_back(shelf, ref=order.number, reason=row.number, actor_id=actor_id, at=at)
    return queries.return_(return_id)


def _found(line: ReceivedLine | None) -> tuple[int, str, bool]:
    """What is written down of a line: pieces, condition, whether they can be sold again."""
    if line is None:
        return 0, Condition.MISSING.value, False
    sold_again = line.restock and line.quantity > 0 and line.condition is not Condition.MISSING
    return line.quantity, line.condition.value, sold_again


def refund_return(
    *,
    return_id: int,
    amount_minor: int | None = None,
    answer: str = "",
    actor_id: int | None = None,
    at: datetime,
) -> Return:
    """Give the money of a received return back: what the rules say, or ``amount_minor`` (with ``answer``, told to the
    buyer, when it is less). A return is paid back once however often this is called; after a refusal by the bank it
    may be tried again, and after the buyer's bank sent it back. The answer may be pending, as with any refund.

    Raises NotFound, Invalid for a lower amount without a word, rules.returns.WrongReturnState, and what
    :func:`refunds.refund` raises.
    """
    with transaction.atomic():
        order, row = moving.locked(return_id)
        if row.refund is not None and row.refund.state != RefundState.FAILED:
            return queries.return_(return_id)
        if row.state != ReturnState.RECEIVED:
            # Raises what says so, in one way with every other step.
            moving.move(order, row, ReturnState.REFUNDED, at=at)
        rightful = worth_of(row, order).total.amount_minor
        amount = rightful if amount_minor is None else amount_minor
        if amount < rightful and not answer.strip():
            raise Invalid(field="answer", problem="tell the buyer why it is less")
        row.tries += 1
        row.answer = answer.strip()[:1000]
        row.save(update_fields=["tries", "answer"])
        # Pieces whose refund the bank sent back stay given back: what is sent again is an amount.
        lines = {} if bounced_of(row) else {each.line_id: each.received or 0 for each in row.lines.all()}
        key = f"return-{row.id}-{row.tries}"
        made = refunds.claim(
            order,
            lines,
            amount,
            key=key,
            reason=f"returned: {row.number}",
            actor_id=actor_id,
            restock=False,
            at=at,
        )
        models.Return.objects.filter(id=row.id).update(refund=made)
    refunds.carry_out(made.id, at=at)
    return queries.return_(return_id)
