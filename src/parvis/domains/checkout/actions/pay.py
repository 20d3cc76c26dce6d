"""Paying an order: one payment an order, as many attempts as it takes, never two charges."""

from dataclasses import replace
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, Subquery

from parvis.core import prepared
from parvis.core.errors import Forbidden
from parvis.core.money import Money
from parvis.core.prepared import Given
from parvis.domains.checkout import models, ports
from parvis.domains.checkout.actions import bursts, capturing, moves
from parvis.domains.checkout.actions.gift_payment import nothing_due, settle_without_payment
from parvis.domains.checkout.actions.keeping import keep_card
from parvis.domains.checkout.contracts import (
    OrderState,
    PaymentState,
    PaymentStep,
    ReservationState,
    SeenFrom,
    StepState,
)
from parvis.domains.checkout.ports import CardDetails, ClientConfirmed, Instrument, Intent, SavedCardToken
from parvis.domains.checkout.queries.orders import LAST_PAYMENT, row_by_token
from parvis.domains.checkout.rules import payments as rules
from parvis.domains.checkout.rules.orders import SETTLED

_ORDER = prepared.Select(lambda: models.Order.objects.filter(id=Given("id")))
_STANDING = prepared.Rows(
    lambda: models.Order.objects.filter(id=Given("order")).values_list(
        ArraySubquery(models.Payment.objects.filter(order=OuterRef("id")).order_by().values("state")),
        Subquery(
            models.Reservation.objects.filter(order=OuterRef("id"), state=ReservationState.HELD.value)
            .order_by("expires_at")
            .values("expires_at")[:1]
        ),
    )
)
_LIVE = (PaymentState.AUTHORISED, PaymentState.CAPTURE_FAILED, PaymentState.CAPTURED)


def pay(
    *,
    order_token: str,
    instrument: Instrument | None = None,
    card: CardDetails | None = None,
    saved_card_id: int | None = None,
    customer_id: int | None = None,
    return_url: str = "",
    seen_from: SeenFrom | None = None,
    at: datetime,
) -> PaymentStep:
    """Try to pay an order: with an ``instrument`` (``card`` is the same thing, as typed), or with a saved card of the
    signed-in customer (``customer_id``). An order that leaves nothing to pay (gift cards cover it) needs none of them.

    The answer says what follows. An order that is paid already says so and charges nothing; two tabs that pay at once
    share one payment. ``card.save`` counts only for a signed-in customer. ``seen_from`` lets the guard against
    tried-out cards see who asks. Not to be called inside a transaction.

    Raises NotFound, ports.BadCard, ports.PaymentUnavailable, bursts.TooManyDeclines, Forbidden for another's card.
    """
    order = row_by_token(order_token)
    if nothing_due(order):
        settle_without_payment(order.id, at=at)
        return step(order.id)
    used = _instrument(order, instrument or card, saved_card_id, customer_id)
    if isinstance(used, ClientConfirmed):  # nothing is sent, and what was agreed to when it was opened stands
        return settle(order_token=order_token, at=at)
    attempt = bursts.attempt(order, used, seen_from, at=at)
    with transaction.atomic():
        closed = _begin(order.id, at=at)
        stop = bursts.claim(attempt) if closed is not None else None
    if closed is None:
        return step(order.id)
    if stop is not None:
        raise stop
    saving = isinstance(used, CardDetails) and used.save
    try:
        payment_id, opened = _open(order, closed, return_url=return_url, saving=saving, at=at)
        intent = ports.payments().confirm(opened.reference, instrument=used, return_url=return_url)
    except ports.BadCard:
        bursts.unreadable(attempt)
        raise
    except ports.PaymentUnavailable:
        bursts.unanswered(attempt)
        raise
    bursts.heard(attempt, intent)
    return _took(payment_id, order, intent, at=at)


def open_payment(
    *, order_token: str, customer_id: int | None = None, save: bool = False, return_url: str = "", at: datetime
) -> Intent | None:
    """Open an order's payment for the provider's own element in the browser; None when there is nothing to pay.
    The stock is held long enough to pay. ``save`` counts only for the order's signed-in customer. Not to be called
    inside a transaction. Raises NotFound, ports.PaymentUnavailable."""
    order = row_by_token(order_token)
    if nothing_due(order):
        settle_without_payment(order.id, at=at)
        return None
    with transaction.atomic():
        closed = _begin(order.id, at=at)
    if closed is None:
        return None
    saving = save and customer_id is not None and customer_id == order.customer_id
    return _open(order, closed, return_url=return_url, saving=saving, at=at)[1]


def _open(order: models.Order, closed: int, *, return_url: str, saving: bool, at: datetime) -> tuple[int, Intent]:
    """The payment's row and the provider's: the same for every attempt, until the provider closes it. ``closed`` is how
    many were."""
    provider = ports.payments()
    opened = provider.create(
        amount=Money(order.total_minor - order.gift_minor, order.currency),
        order_number=order.number,
        key=f"order-{order.id}-{closed + 1}",
        return_url=return_url,
        locale=order.locale,
        save=saving,
    )
    return _payment(order, provider.name, opened, saving=saving, at=at), opened


def settle(*, order_token: str, at: datetime) -> PaymentStep:
    """Ask the provider how the order's payment stands and act on it: on the shopper's return from the bank, and
    whenever its page is opened while a payment is under way. Not to be called inside a transaction."""
    order = row_by_token(order_token)
    payment = order.payments.exclude(state=PaymentState.CANCELLED.value).order_by("-id").first()
    if payment is None or order.state not in (OrderState.AWAITING_PAYMENT, OrderState.CANCELLED):
        return step(order.id)
    return _took(payment.id, order, ports.payments().retrieve(payment.reference), at=at)


def _took(payment_id: int, order: models.Order, intent: Intent, *, at: datetime) -> PaymentStep:
    due = capturing.answered(payment_id, intent, order_id=order.id, at=at)
    if due is not None:
        capturing.carry_out(due, at=at)
    capturing.pay_back(payment_id, at=at)
    keep_card(payment_id, intent, customer_id=order.customer_id, at=at)
    return step(order.id, next_url=intent.next_url)


def step(order_id: int, *, next_url: str | None = None) -> PaymentStep:
    """What the shopper does next, read from what is stored."""
    order = _ORDER.rows(id=order_id)[0]
    known = SETTLED.get(OrderState(order.state))
    payment = LAST_PAYMENT.first(order=order_id)
    if known is StepState.CANCELLED and payment is not None and payment.refunded_minor:
        known = StepState.REFUNDED
    if known is not None:
        return PaymentStep(state=known, order_token=order.token)
    state = PaymentState(payment.state) if payment is not None else PaymentState.CREATED
    if state in _LIVE:
        return PaymentStep(state=StepState.PROCESSING, order_token=order.token)
    if state is PaymentState.ACTION_REQUIRED:
        return PaymentStep(state=StepState.ACTION_REQUIRED, order_token=order.token, next_url=next_url)
    code = payment.decline_code if payment is not None else ""
    return PaymentStep(state=StepState.DECLINED, order_token=order.token, decline_code=code)


def _instrument(
    order: models.Order, given: Instrument | None, saved_card_id: int | None, customer_id: int | None
) -> Instrument:
    """What is paid with. A kept card is asked for by our own id: a token from outside could be anybody's."""
    if saved_card_id is not None:
        if customer_id is None or order.customer_id != customer_id:
            raise Forbidden(permission="card")
        mine = models.SavedCard.objects.filter(id=saved_card_id, customer_id=customer_id, removed_at=None).first()
        if mine is None:
            raise Forbidden(permission="card")
        return SavedCardToken(token=mine.token)
    if given is None:
        raise ports.BadCard(field="number", problem="missing")
    if isinstance(given, SavedCardToken):
        raise Forbidden(permission="card")
    unasked = customer_id is None or customer_id != order.customer_id
    if isinstance(given, CardDetails) and given.save and unasked:
        return replace(given, save=False)
    return given


def _begin(order_id: int, *, at: datetime) -> int | None:
    """How many payments of the order were closed before, if there is something to pay; then the stock is held long
    enough for this attempt. None: there is nothing to pay."""
    order = moves.locked(order_id)
    if order.state != OrderState.AWAITING_PAYMENT:
        return None
    ((states, first),) = _STANDING.rows(order=order_id)
    if any(state in _LIVE for state in states):
        return None
    if first is not None:
        longer = rules.reserved_until(placed_at=order.placed_at, known=first, at=at)
        if longer > first:
            order.reservations.filter(state=ReservationState.HELD.value).update(expires_at=longer)
    return int(states.count(PaymentState.CANCELLED.value))


def _payment(order: models.Order, provider: str, opened: Intent, *, saving: bool, at: datetime) -> int:
    """The id of a payment's row, with this attempt noted; two attempts at once find the same one."""
    row = models.Payment(
        provider=provider,
        reference=opened.reference,
        order=order,
        currency=order.currency,
        amount_minor=opened.amount.amount_minor,
        save_card=saving,
        attempted_at=at,
        created_at=at,
    )
    if prepared.insert_new(row):
        return row.id
    # another attempt, or another tab at this moment, has opened it
    known = models.Payment.objects.filter(provider=provider, reference=opened.reference)
    if not known.update(save_card=saving, attempted_at=at):
        raise ports.PaymentUnavailable(reason="the order is being paid elsewhere", retry=False)
    return known.get().id
