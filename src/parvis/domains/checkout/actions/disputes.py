"""Disputes: taken in from the provider's news, answered with what the order itself proves, and booked when lost."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Conflict, NotFound
from parvis.domains.checkout import models, ports
from parvis.domains.checkout.actions import moves, refunds
from parvis.domains.checkout.contracts import (
    ANSWERABLE,
    CLOSED,
    EVIDENCE,
    DisputeClosed,
    DisputeOpened,
    DisputeState,
)
from parvis.domains.checkout.ports import DisputeNews
from parvis.domains.checkout.queries.disputes import evidence as evidence_of

LOST = "dispute lost"
ANSWERED, ACCEPTED = "dispute_answered", "dispute_accepted"
_RANK = {
    DisputeState.WARNING: 0,
    DisputeState.OPEN: 1,
    DisputeState.UNDER_REVIEW: 2,
    DisputeState.WON: 3,
    DisputeState.LOST: 3,
}


class NotAnswerable(Conflict):
    """The dispute takes no answer (any more), or the provider has no way to give one."""

    code = "dispute_not_answerable"
    template = "This dispute cannot be answered here: it is %(state)s."


def take_dispute(order: models.Order, payment: models.Payment, news: DisputeNews, *, at: datetime) -> None:
    """Take news of a dispute in, whatever their order and however often they come. The order is locked. A dispute never
    goes back to an earlier state. An inquiry (WARNING) that was answered may still become a dispute: then it waits for
    an answer once more."""
    state = DisputeState(news.state.value)
    row, fresh = models.Dispute.objects.get_or_create(
        payment=payment,
        reference=news.reference,
        defaults={
            "reason": news.reason[:40],
            "state": state.value,
            "amount_minor": news.amount.amount_minor,
            "fee_minor": news.fee_minor,
            "opened_at": news.opened_at,
            "evidence_due_at": news.evidence_due_at,
        },
    )
    known = DisputeState(row.state)
    if fresh:
        _opened(order, row, at=at)
    elif state is known or _RANK[state] <= _RANK[known]:
        return
    if known is DisputeState.WARNING and state is DisputeState.OPEN:
        row.answered_at, row.evidence = None, {}
        _opened(order, row, at=at)
    row.state = state.value
    row.fee_minor = max(row.fee_minor, news.fee_minor)
    row.evidence_due_at = news.evidence_due_at or row.evidence_due_at
    if state in CLOSED:
        row.closed_at = at
        row.save()
        _closed(order, payment, row, won=state is DisputeState.WON, at=at)
    else:
        row.save()


def _opened(order: models.Order, row: models.Dispute, *, at: datetime) -> None:
    detail = {"amount_minor": row.amount_minor, "reason": row.reason}
    moves.trail(order.id, "dispute_opened", at=at, detail=detail)
    told = DisputeOpened(
        order_id=order.id,
        customer_id=order.customer_id,
        amount_minor=row.amount_minor,
        currency=order.currency,
        reason=row.reason,
    )
    outbox.publish(told, at=at)


def _closed(order: models.Order, payment: models.Payment, row: models.Dispute, *, won: bool, at: datetime) -> None:
    moves.trail(order.id, "dispute_won" if won else "dispute_lost", at=at, detail={"amount_minor": row.amount_minor})
    told = DisputeClosed(
        order_id=order.id,
        customer_id=order.customer_id,
        amount_minor=row.amount_minor,
        currency=order.currency,
        won=won,
    )
    outbox.publish(told, at=at)
    payment.refresh_from_db(fields=["captured_minor", "refunded_minor"])
    left = payment.captured_minor - payment.refunded_minor
    if not won and left > 0:  # the money is gone: every figure must know it
        refunds.adopt(order, payment, min(left, row.amount_minor), key=f"dispute-{row.id}", reason=LOST, at=at)


def answer_dispute(*, dispute_id: int, note: str = "", actor_id: int | None, at: datetime) -> None:
    """Send what the order proves (queries.evidence), with a note, once. Not to be called inside a transaction.
    Raises NotFound, :class:`NotAnswerable`, ports.PaymentUnavailable."""
    row = _answerable(dispute_id)
    told = evidence_of(row.payment.order_id)
    evidence = {name: told[name] for name in EVIDENCE if told.get(name)}
    if note.strip():
        evidence["note"] = note.strip()[:4000]
    provider = ports.answers()
    if provider is None:
        raise NotAnswerable(state=row.state)
    news = provider.answer_dispute(row.reference, evidence=evidence, key=f"dispute-{row.id}-{row.state}-answer")
    _sent(row, news, ANSWERED, evidence, actor_id=actor_id, at=at)


def accept_dispute(*, dispute_id: int, actor_id: int | None, at: datetime) -> None:
    """Give in: the money stays with the cardholder. Not to be called inside a transaction.
    Raises NotFound, :class:`NotAnswerable`, ports.PaymentUnavailable."""
    row = _answerable(dispute_id)
    provider = ports.answers()
    if provider is None:
        raise NotAnswerable(state=row.state)
    news = provider.accept_dispute(row.reference, key=f"dispute-{row.id}-{row.state}-accept")
    _sent(row, news, ACCEPTED, {}, actor_id=actor_id, at=at)


def _answerable(dispute_id: int) -> models.Dispute:
    row = models.Dispute.objects.select_related("payment").filter(id=dispute_id).first()
    if row is None:
        raise NotFound(kind="dispute", key=dispute_id)
    if DisputeState(row.state) not in ANSWERABLE or row.answered_at is not None:
        raise NotAnswerable(state=row.state)
    return row


@transaction.atomic
def _sent(
    row: models.Dispute,
    news: DisputeNews,
    kind: str,
    evidence: Mapping[str, str],
    *,
    actor_id: int | None,
    at: datetime,
) -> None:
    order = moves.locked(row.payment.order_id)
    known = models.Dispute.objects.get(id=row.id)
    if known.answered_at is None:
        models.Dispute.objects.filter(id=row.id).update(evidence=dict(evidence), answered_at=at, actor_id=actor_id)
    # Somebody else may have sent the same at this moment: it was done once, and is told once. Who gives in although
    # an answer has just gone out has changed something: what was sent stays, and this is told too.
    elif kind == ANSWERED or DisputeState(known.state) in CLOSED:
        return
    moves.trail(order.id, kind, at=at, detail={"amount_minor": row.amount_minor}, actor_id=actor_id)
    take_dispute(order, models.Payment.objects.select_for_update().get(id=row.payment_id), news, at=at)
