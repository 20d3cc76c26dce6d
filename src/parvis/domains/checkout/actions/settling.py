"""What the news of a payment does to its order.

News comes from our own calls, from the shopper's return and from webhooks, in any order and more than once. It is
merged (rules.payments), and only the step that it newly reaches is taken. Calls to the provider are never made inside
a transaction: what is due is written down (``capture_due_at``, pending refunds) and carried out after it (capturing).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from parvis.core import outbox, prepared
from parvis.core.errors import Conflict, NotFound
from parvis.core.prepared import Given
from parvis.domains.catalog.actions import OutOfStock
from parvis.domains.checkout import models
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
from parvis.domains.checkout.ports import Intent, ProviderEvent
from parvis.domains.checkout.rules import payments as rules
from parvis.domains.checkout.rules.orders import REVIVABLE, Verb
from parvis.domains.checkout.rules.payments import Standing

PAYMENT = prepared.Select(lambda: models.Payment.objects.select_for_update().filter(id=Given("id")))
_NAMED = prepared.Select(
    lambda: models.Payment.objects.filter(provider=Given("provider"), reference=Given("reference"))
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
        take_in(order, payment.id, news, at=at)
        if event.dispute is not None:
            disputes.take_dispute(order, models.Payment.objects.get(id=payment.id), event.dispute, at=at)
        if event.refund is not None:
            bounces.take_refund(order, payment, event.refund, occurred_at=moment, at=at)
    return payment.id if needs_step(payment.id) else None


def apply_intent(payment_id: int, intent: Intent, *, order_id: int | None = None, at: datetime) -> bool:
    """Take in the provider's answer to a call of ours; whether a capture is due now. ``order_id`` where it is known."""
    with transaction.atomic():
        order = moves.locked(order_id or models.Payment.objects.get(id=payment_id).order_id)
        return take_in(order, payment_id, told_by(intent, at), at=at).capture_due_at is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class _News:
    standing: Standing
    currency: str
    refunded_minor: int
    moment: datetime
    brand: str
    last4: str


def told_by(intent: Intent, at: datetime) -> _News:
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


def take_in(order: models.Order, payment_id: int, news: _News, *, at: datetime, claim: bool = False) -> models.Payment:
    """Merge the news into the payment (the order is locked) and take the step it newly reaches; the payment's row.
    ``claim``: a capture that is due is the caller's until the lease is over."""
    payment = PAYMENT.rows(id=payment_id)[0]
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
    if news.last4 and (rules.climbs(known, news.standing) or not payment.card_last4):
        payment.card_brand, payment.card_last4 = news.brand, news.last4
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


def needs_step(payment_id: int) -> bool:
    """Whether a capture, a release or a refund of this payment waits for a call to the provider."""
    row = models.Payment.objects.filter(id=payment_id)
    return (
        row.filter(capture_due_at__isnull=False).exists()
        or row.filter(refunds__state=RefundState.PENDING.value).exists()
    )


def give_up(order: models.Order, verb: Verb, *, reason: str, actor_id: int | None = None, at: datetime) -> None:
    """A locked, unpaid order ends here: what it took of offers, gift cards and stock goes back, once."""
    moves.move(order, verb, at=at, detail={"reason": reason}, actor_id=actor_id, cancelled_at=at, cancel_reason=reason)
    claims.release(order, at=at)
    moves.release_stock(order, at=at)
    outbox.publish(OrderCancelled(order_id=order.id, customer_id=order.customer_id, reason=reason), at=at)
