"""The steps of a payment that are due at the provider: captures, releases and refunds, each by one worker at a time.

What is due stands in the database (settling); a worker claims it for a while, calls the provider outside any
transaction, and takes in the answer. A worker that dies leaves it to the next one.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from parvis.core import prepared
from parvis.core.errors import ParvisError
from parvis.core.money import Money
from parvis.core.prepared import Given
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import models, ports
from parvis.domains.checkout.actions import moves, refunds
from parvis.domains.checkout.actions.offers import claims
from parvis.domains.checkout.actions.settling import (
    LEASE,
    PAYMENT,
    AmountMismatch,
    apply_intent,
    give_up,
    take_in,
    told_by,
)
from parvis.domains.checkout.contracts import OrderState, RefundState
from parvis.domains.checkout.ports import Intent, PaymentUnavailable
from parvis.domains.checkout.rules import payments as rules
from parvis.domains.checkout.rules.orders import REVIVABLE, Verb

log = structlog.get_logger("parvis.checkout")
_PENDING = prepared.Rows(
    lambda: models.Refund.objects.filter(payment=Given("payment"), state=RefundState.PENDING.value).values_list("id")
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """An authorised payment whose capture this worker has claimed: to be taken (``wanted``) or given back."""

    payment: models.Payment
    wanted: bool


def answered(payment_id: int, intent: Intent, *, order_id: int, at: datetime) -> Due | None:
    """Like :func:`apply_intent`; a capture that is due is claimed with it, and is the caller's to :func:`carry_out`."""
    with transaction.atomic():
        order = moves.locked(order_id)
        payment = take_in(order, payment_id, told_by(intent, at), at=at, claim=True)
        mine = payment.capture_due_at == at + LEASE
        return Due(payment=payment, wanted=_still_wanted(order)) if mine else None


def follow_up(*, payment_id: int, at: datetime) -> None:
    """Carry out what waits for this payment. Safe to call at any time, by anybody."""
    capture_due(at=at, payment_id=payment_id)
    pay_back(payment_id, at=at)


def pay_back(payment_id: int, *, at: datetime) -> None:
    """Carry out the refunds of a payment that wait."""
    for (refund_id,) in _PENDING.rows(payment=payment_id):
        refunds.carry_out(refund_id, at=at)


def capture_due(*, at: datetime, payment_id: int | None = None, limit: int = 100) -> int:
    """Take the money of authorised payments that are due, or give the authorisation back when the order is gone.
    Returns how many were tried."""
    due = models.Payment.objects.filter(capture_due_at__lte=at)
    if payment_id is not None:
        due = due.filter(id=payment_id)
    tried = 0
    for found in list(due.order_by("capture_due_at").values_list("id", "order_id")[:limit]):
        claimed = _claim_capture(*found, at=at)
        if claimed is not None:
            tried += 1
            try:
                carry_out(claimed, at=at)
            except ParvisError as error:  # of one payment: the others are not kept waiting by it
                log.exception("capture not taken in", payment=found[0], error=error.code)
    return tried


def _claim_capture(payment_id: int, order_id: int, *, at: datetime) -> Due | None:
    """Take the due capture for this worker; None when another one has it."""
    with transaction.atomic():
        order = moves.locked(order_id)
        payment = PAYMENT.rows(id=payment_id)[0]
        if payment.capture_due_at is None or payment.capture_due_at > at:
            return None
        payment.capture_due_at = at + LEASE
        payment.capture_attempts += 1
        prepared.update(payment, "capture_due_at", "capture_attempts")
        return Due(payment=payment, wanted=_still_wanted(order))


def _still_wanted(order: models.Order) -> bool:
    """Whether the money of a locked order is taken: it waits for it, or can live again with it."""
    if order.state == OrderState.AWAITING_PAYMENT:
        return True
    return order.cancel_reason in REVIVABLE and _stock_left(order) and claims.can_retake(order)


def _stock_left(order: models.Order) -> bool:
    wanted = dict(order.reservations.values_list("variant_id", "quantity"))
    left = catalog.sellable(wanted)
    return all(left.get(variant_id, 0) >= quantity for variant_id, quantity in wanted.items())


def carry_out(due: Due, *, at: datetime) -> None:
    """Take the money of a claimed capture, or give the authorisation back."""
    provider, payment = ports.payments(), due.payment
    try:
        if due.wanted:
            amount = Money(payment.amount_minor, payment.currency)
            key = f"capture-{payment.id}-{payment.capture_attempts}"
            intent = provider.capture(payment.reference, amount=amount, key=key)
        else:
            intent = provider.cancel(payment.reference, key=f"cancel-{payment.id}-{payment.capture_attempts}")
    except PaymentUnavailable as error:
        log.warning("capture failed", payment=payment.id, reason=str(error), retry=error.retry)
        _capture_failed(payment.id, retry=error.retry, at=at)
        return
    apply_intent(payment.id, intent, order_id=payment.order_id, at=at)
    if intent.capturing and at < payment.created_at + rules.CAPTURING_AT_MOST:
        # The bank takes its time; its word comes by webhook, or is asked for. The goods stay held.
        still = models.Payment.objects.filter(id=payment.id, capture_due_at__isnull=False)
        still.update(capture_due_at=at + rules.CAPTURING_WAIT)
        return
    if intent.captured_minor < payment.amount_minor and intent.state is not ports.IntentState.CANCELLED:
        _capture_failed(payment.id, retry=intent.retry, at=at)


def _capture_failed(payment_id: int, *, retry: bool, at: datetime) -> None:
    """Put the capture off, or give it up: then the order is cancelled and its stock is free again."""
    with transaction.atomic():
        order = moves.locked(models.Payment.objects.get(id=payment_id).order_id)
        payment = models.Payment.objects.select_for_update().get(id=payment_id)
        if payment.capture_due_at is None:
            return  # it came after all
        payment.capture_due_at = rules.next_capture(payment.capture_attempts, at=at) if retry else None
        payment.save(update_fields=["capture_due_at"])
        given_up = payment.capture_due_at is None
        if given_up and order.state == OrderState.AWAITING_PAYMENT:
            give_up(order, Verb.CANCEL, reason="payment_failed", at=at)
    if given_up:
        void(payment_id, at=at)


def void(payment_id: int, *, at: datetime) -> None:
    """Close a payment at the provider after its order ended, so that no money comes late. Best effort: money that
    comes all the same is given back."""
    payment = models.Payment.objects.get(id=payment_id)
    try:
        # Closing twice is harmless, and a provider repeats its first answer to a key: each try has its own.
        intent = ports.payments().cancel(payment.reference, key=f"cancel-{payment.id}-{int(at.timestamp())}")
        apply_intent(payment_id, intent, at=at)
    except (PaymentUnavailable, AmountMismatch) as error:
        log.warning("payment could not be closed", payment=payment_id, reason=str(error))
        return
    follow_up(payment_id=payment_id, at=at)
