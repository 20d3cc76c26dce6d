"""What the news of a payment does to its order.

News comes from our own calls, from the shopper's return and from webhooks, in any order and more than once. It is
merged (rules.payments), and only the step that it newly reaches is taken. Calls to the provider are never made inside
a transaction: what is due is written down (``capture_due_at``, pending refunds) and carried out after it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from parvis.core import outbox, prepared
from parvis.core.errors import Conflict, NotFound, ParvisError
from parvis.core.money import Money
from parvis.core.prepared import Given
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.actions import OutOfStock
from parvis.domains.checkout import models, ports
from parvis.domains.checkout.actions import bounces, disputes, moves, refunds
from parvis.domains.checkout.actions.offers import claims
from parvis.domains.checkout.actions.offers.claims import OfferGone
from parvis.domains.checkout.contracts import (
    OrderCancelled,
    OrderPaid,
    OrderState,
    PaymentState,
    RefundState,
)
from parvis.domains.checkout.ports import Intent, PaymentUnavailable, ProviderEvent
from parvis.domains.checkout.rules import payments as rules
from parvis.domains.checkout.rules.orders import REVIVABLE, Verb
from parvis.domains.checkout.rules.payments import Standing

log = structlog.get_logger("parvis.checkout")
_PAYMENT = prepared.Select(lambda: models.Payment.objects.select_for_update().filter(id=Given("id")))
_NAMED = prepared.Select(
    lambda: models.Payment.objects.filter(provider=Given("provider"), reference=Given("reference"))
)
_PENDING = prepared.Rows(
    lambda: models.Refund.objects.filter(payment=Given("payment"), state=RefundState.PENDING.value).values_list("id")
)
_STANDING = (
    "state",
    "captured_minor",
    "authorised_minor",
    "decline_code",
    "news_at",
    "card_brand",
    "card_last4",
    "capture_due_at",
    "capture_attempts",
)
# A capture that a dead worker has begun is taken up by another one after this time.
LEASE = timedelta(minutes=2)


class UnknownPayment(NotFound):
    """News of a payment that is not ours, or not yet written: the provider sends it again."""

    code = "unknown_payment"
    template = "No payment is known as %(reference)s."


class AmountMismatch(Conflict):
    """The provider speaks of more money than the order costs: a person must look."""

    code = "amount_mismatch"
    template = "The provider reports %(reported)s for payment %(reference)s of %(amount)s."


def apply_provider_event(event: ProviderEvent, at: datetime) -> int | None:
    """Take in a provider's message; a copy of one that was taken changes nothing.

    Returns the id of the payment that now needs a step from us (:func:`follow_up`), or None.
    Raises :class:`UnknownPayment`, :class:`AmountMismatch`.
    """
    with transaction.atomic():
        payment = _payment(event.provider, event.reference)
        order = moves.locked(payment.order_id)
        seen = models.WebhookSeen(provider=event.provider, event_id=event.id, received_at=at)
        if models.WebhookSeen.objects.filter(provider=event.provider, event_id=event.id).exists():
            return None
        seen.save(force_insert=True)
        moment = min(event.occurred_at, at)  # a clock that runs before ours must not make later news look old
        news = _News(
            standing=Standing(
                # a message that says nothing of the state is no news of it: it never climbs
                state=PaymentState(event.state.value) if event.state is not None else PaymentState.CREATED,
                authorised_minor=event.authorised_minor,
                captured_minor=event.captured_minor,
                decline_code=event.decline_code,
                news_at=moment if event.state is not None else None,
            ),
            currency=event.currency,
            refunded_minor=event.refunded_minor,
            moment=moment,
            brand=event.card.brand if event.card else "",
            last4=event.card.last4 if event.card else "",
        )
        _take_in(order, payment.id, news, at=at)
        if event.dispute is not None:
            disputes.take_dispute(order, models.Payment.objects.get(id=payment.id), event.dispute, at=at)
        if event.refund is not None:
            bounces.take_refund(order, payment, event.refund, occurred_at=moment, at=at)
    return payment.id if needs_step(payment.id) else None


def apply_intent(payment_id: int, intent: Intent, *, order_id: int | None = None, at: datetime) -> bool:
    """Take in the provider's answer to a call of ours; whether a capture is due now. ``order_id`` where it is known."""
    with transaction.atomic():
        order = moves.locked(order_id or models.Payment.objects.get(id=payment_id).order_id)
        return _take_in(order, payment_id, _told_by(intent, at), at=at).capture_due_at is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """An authorised payment whose capture this worker has claimed: to be taken (``wanted``) or given back."""

    payment: models.Payment
    wanted: bool


def answered(payment_id: int, intent: Intent, *, order_id: int, at: datetime) -> Due | None:
    """Like :func:`apply_intent`; a capture that is due is claimed with it, and is the caller's to :func:`carry_out`."""
    with transaction.atomic():
        order = moves.locked(order_id)
        payment = _take_in(order, payment_id, _told_by(intent, at), at=at, claim=True)
        mine = payment.capture_due_at == at + LEASE
        return Due(payment=payment, wanted=_still_wanted(order)) if mine else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _News:
    standing: Standing
    currency: str
    refunded_minor: int
    moment: datetime
    brand: str
    last4: str


def _told_by(intent: Intent, at: datetime) -> _News:
    return _News(
        standing=Standing(
            state=PaymentState(intent.state.value),
            authorised_minor=intent.authorised_minor,
            captured_minor=intent.captured_minor,
            decline_code=intent.decline_code,
            news_at=at,
        ),
        currency=intent.amount.currency,
        refunded_minor=intent.refunded_minor,
        moment=at,
        brand=intent.card.brand if intent.card else "",
        last4=intent.card.last4 if intent.card else "",
    )


def _payment(provider: str, reference: str) -> models.Payment:
    row = _NAMED.first(provider=provider, reference=reference)
    if row is None:
        raise UnknownPayment(kind="payment", key=reference, reference=reference)
    return row


def _take_in(order: models.Order, payment_id: int, news: _News, *, at: datetime, claim: bool = False) -> models.Payment:
    """Merge the news into the payment (the order is locked) and take the step it newly reaches; the payment's row.
    ``claim``: a capture that is due is the caller's until the lease is over."""
    payment = _PAYMENT.rows(id=payment_id)[0]
    reported = max(news.standing.authorised_minor, news.standing.captured_minor, news.refunded_minor)
    if reported > payment.amount_minor:
        raise AmountMismatch(reported=reported, reference=payment.reference, amount=payment.amount_minor)
    if news.currency and news.currency != payment.currency:
        raise AmountMismatch(reported=news.currency, reference=payment.reference, amount=payment.currency)
    known = Standing(
        state=PaymentState(payment.state),
        authorised_minor=payment.authorised_minor,
        captured_minor=payment.captured_minor,
        decline_code=payment.decline_code,
        news_at=payment.news_at,
    )
    merged = rules.merge(known, news.standing)
    payment.state = merged.state.value
    payment.captured_minor = merged.captured_minor
    payment.authorised_minor = max(merged.authorised_minor, merged.captured_minor)
    payment.decline_code = merged.decline_code
    payment.news_at = merged.news_at
    payment.card_brand = news.brand or payment.card_brand
    payment.card_last4 = news.last4 or payment.card_last4
    if merged.state is not known.state or _declined_anew(known, news.standing, payment.attempted_at):
        _trail(order, merged, at=at)
    if merged.state is PaymentState.AUTHORISED and known.state is not PaymentState.AUTHORISED:
        payment.capture_due_at = at
    if merged.state in (PaymentState.CAPTURED, PaymentState.CANCELLED):
        payment.capture_due_at = None
    if claim and payment.capture_due_at is not None and payment.capture_due_at <= at:
        payment.capture_due_at = at + LEASE
        payment.capture_attempts += 1
    prepared.update(payment, *_STANDING)
    if payment.captured_minor >= payment.amount_minor and known.captured_minor < payment.amount_minor:
        _money_came(order, payment, at=at)
    if news.refunded_minor > payment.refunded_minor:
        _take_in_refunds(order, payment, news, at=at)
    return payment


def _take_in_refunds(order: models.Order, payment: models.Payment, news: _News, *, at: datetime) -> None:
    """Money went back without us, unless the news is older than what a bank has sent back since."""
    more = news.refunded_minor - payment.refunded_minor - bounces.bounced_since(payment.id, news.moment)
    if more > 0:
        refunds.adopt(order, payment, more, at=at)


def _declined_anew(known: Standing, news: Standing, attempted_at: datetime | None) -> bool:
    """Whether the news is the first that is heard of a further attempt that was declined too. The provider's answer and
    its webhooks tell the same decline, in any order: one step for each attempt."""
    if known.state is not PaymentState.DECLINED or news.state is not PaymentState.DECLINED:
        return False
    if attempted_at is None or news.news_at is None or known.news_at is None:
        return False
    return known.news_at < attempted_at <= news.news_at


def _trail(order: models.Order, standing: Standing, *, at: datetime) -> None:
    if standing.state in (PaymentState.CREATED, PaymentState.CAPTURED):
        return  # "paid" tells it better
    detail = {"code": standing.decline_code} if standing.decline_code else {}
    moves.trail(order.id, f"payment_{standing.state.value}", at=at, detail=detail)


def _money_came(order: models.Order, payment: models.Payment, *, at: datetime) -> None:
    """All of the money is there: the order is paid, or, when its stock was given up, taken again or given back."""
    if order.state == OrderState.AWAITING_PAYMENT:
        moves.move(order, Verb.PAY, at=at, detail={"amount_minor": payment.captured_minor}, paid_at=at)
        moves.commit_stock(order, at=at)
        tell_paid(order, at=at)
        return
    if order.state != OrderState.CANCELLED:
        return
    if order.cancel_reason in REVIVABLE:
        try:
            with transaction.atomic():
                claims.retake(order, at=at)
                moves.retake_stock(order, at=at)
                moves.move(
                    order,
                    Verb.PAY_LATE,
                    at=at,
                    detail={"amount_minor": payment.captured_minor},
                    paid_at=at,
                    cancelled_at=None,
                    cancel_reason="",
                )
        except (OutOfStock, OfferGone):
            pass
        else:
            tell_paid(order, at=at)
            return
    refunds.claim_whole(order, payment, key=f"late-{payment.id}", reason="late_payment", at=at)
    moves.trail(order.id, "late_payment", at=at, detail={"amount_minor": payment.captured_minor})


def tell_paid(order: models.Order, *, at: datetime) -> None:
    """Say that an order is paid."""
    paid = OrderPaid(
        order_id=order.id,
        customer_id=order.customer_id,
        product_ids=moves.product_ids(order),
        total_minor=order.total_minor,
        currency=order.currency,
        visit=order.visit,
    )
    outbox.publish(paid, at=at)


# -- the steps that are due -----------------------------------------------------------------------------------


def needs_step(payment_id: int) -> bool:
    """Whether a capture, a release or a refund of this payment waits for a call to the provider."""
    row = models.Payment.objects.filter(id=payment_id)
    return (
        row.filter(capture_due_at__isnull=False).exists()
        or row.filter(refunds__state=RefundState.PENDING.value).exists()
    )


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
        payment = _PAYMENT.rows(id=payment_id)[0]
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


def give_up(order: models.Order, verb: Verb, *, reason: str, actor_id: int | None = None, at: datetime) -> None:
    """A locked, unpaid order ends here: what it took of offers, gift cards and stock goes back, once."""
    moves.move(order, verb, at=at, detail={"reason": reason}, actor_id=actor_id, cancelled_at=at, cancel_reason=reason)
    claims.release(order, at=at)
    moves.release_stock(order, at=at)
    outbox.publish(OrderCancelled(order_id=order.id, customer_id=order.customer_id, reason=reason), at=at)


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
