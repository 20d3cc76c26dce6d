"""What the team and the shopper do with an order: send it, tell that it arrived, cancel it, change it."""

from datetime import datetime

from django.db import transaction

from parvis.core.errors import Conflict, NotFound
from parvis.domains.checkout import contracts, models, queries
from parvis.domains.checkout.actions import moves, parcels
from parvis.domains.checkout.actions.capturing import void
from parvis.domains.checkout.actions.carts import locked_cart
from parvis.domains.checkout.actions.settling import give_up
from parvis.domains.checkout.contracts import MAX_CODES, OrderState, PaymentState
from parvis.domains.checkout.queries.orders import to_order
from parvis.domains.checkout.rules import orders as rules
from parvis.domains.checkout.rules.orders import REVIVABLE, NotPossible, Verb


class PaymentUnderWay(Conflict):
    """The bank has agreed and the money is on its way: wait for it, then refund."""

    code = "payment_under_way"
    template = "The order %(number)s is being paid at this moment."


@transaction.atomic
def ship(
    *, order_id: int, tracking: str = "", carrier: str = "", actor_id: int | None = None, at: datetime
) -> contracts.Order:
    """All that is left of an order has gone, in one parcel: the simple way, see :mod:`parcels` for several.
    Raises NotFound, rules.NotPossible, Invalid for an unknown carrier."""
    order = moves.locked(order_id)
    rules.follow(OrderState(order.state), Verb.SHIP, shipped=order.shipped_at is not None)
    parcels.send_all(order, carrier=carrier, tracking=tracking, actor_id=actor_id, at=at)
    parcels.shipped(order, happened=at, actor_id=actor_id, at=at)
    return to_order(order)


@transaction.atomic
def deliver(*, order_id: int, actor_id: int | None = None, at: datetime) -> contracts.Order:
    """All of an order has arrived. Raises NotFound, rules.NotPossible."""
    order = moves.locked(order_id)
    facts = {"shipped": order.shipped_at is not None, "delivered": order.delivered_at is not None}
    rules.follow(OrderState(order.state), Verb.DELIVER, **facts)
    parcels.bring_all(order, actor_id=actor_id, at=at)
    parcels.delivered(order, happened=at, actor_id=actor_id, at=at)
    return to_order(order)


def cancel(*, order_id: int, reason: str = "shopper", actor_id: int | None = None, at: datetime) -> contracts.Order:
    """End an order that is not paid; its stock goes back once, whoever else ends it at the same moment.

    Cancelling again changes nothing. Raises NotFound, rules.NotPossible (paid: refund it), :class:`PaymentUnderWay`.
    """
    with transaction.atomic():
        order = moves.locked(order_id)
        payment_id = None
        if order.state != OrderState.CANCELLED:
            payment_id = _end(order, reason=reason, actor_id=actor_id, at=at)
    if payment_id is not None:
        void(payment_id, at=at)
    return queries.order(order_id)


def _end(order: models.Order, *, reason: str, actor_id: int | None, at: datetime) -> int | None:
    """Cancel a locked order; returns the payment that is to be closed at the provider, if one was begun."""
    payment = order.payments.exclude(state=PaymentState.CANCELLED.value).order_by("-id").first()
    awaiting = order.state == OrderState.AWAITING_PAYMENT
    if awaiting and payment is not None and payment.capture_due_at is not None:
        raise PaymentUnderWay(number=order.number, reason="being paid")
    give_up(order, Verb.CANCEL, reason=reason[:20], actor_id=actor_id, at=at)
    return payment.id if payment is not None else None


def reopen_cart(*, order_token: str, at: datetime, locale: str) -> contracts.Cart:
    """The shopper came back from the payment to change the order: it is cancelled and its lines are in the cart
    again, with the prices that were accepted. Raises NotFound, rules.NotPossible, :class:`PaymentUnderWay`."""
    with transaction.atomic():
        found = models.Order.objects.filter(token=order_token).select_related("cart").first()
        if found is None or found.cart is None:
            raise NotFound(kind="order", key=order_token)
        order = moves.locked(found.id)
        if order.state != OrderState.AWAITING_PAYMENT:
            raise NotPossible(state=order.state, verb=Verb.CANCEL.value)
        payment_id = _end(order, reason="changed", actor_id=None, at=at)
        token = found.cart.token
        _refill(order, token, customer_id=found.cart.customer_id, at=at)
    if payment_id is not None:
        void(payment_id, at=at)
    return queries.cart(token, locale=locale)


@transaction.atomic
def try_again(
    *, order_token: str, cart_token: str | None, customer_id: int | None = None, at: datetime, locale: str
) -> contracts.Cart:
    """Put the lines of an order that was not paid in time into a cart once more (of each article the larger quantity
    counts); the order itself stays cancelled. Raises NotFound, rules.NotPossible for any other order."""
    order = models.Order.objects.filter(token=order_token).first()
    if order is None:
        raise NotFound(kind="order", key=order_token)
    if order.state != OrderState.CANCELLED or order.cancel_reason not in REVIVABLE:
        raise NotPossible(state=order.state, verb=Verb.PAY.value)
    cart = locked_cart(cart_token, currency=order.currency, visit=order.visit, at=at)
    _refill(order, cart.token, customer_id=customer_id, at=at)
    return queries.cart(cart.token, locale=locale)


def _refill(order: models.Order, token: str, *, customer_id: int | None, at: datetime) -> None:
    cart = locked_cart(token, currency=order.currency, visit=order.visit, at=at)
    if customer_id is not None and cart.customer_id is None:
        taken = models.Cart.objects.filter(customer_id=customer_id, state="open").exists()
        models.Cart.objects.filter(id=cart.id).update(customer_id=None if taken else customer_id)
    typed = [*cart.codes, *(order.cart.codes if order.cart is not None else ())]
    models.Cart.objects.filter(id=cart.id).update(codes=list(dict.fromkeys(typed))[:MAX_CODES])
    known = {line.variant_id: line for line in cart.lines.all()}
    for line in order.lines.all():
        if line.variant_id in known:
            most = max(line.quantity, known[line.variant_id].quantity)
            cart.lines.filter(variant_id=line.variant_id).update(quantity=most)
        else:
            cart.lines.create(
                variant_id=line.variant_id, quantity=line.quantity, price_seen_minor=line.unit_minor, added_at=at
            )
