"""Giving money back: claimed under lock, carried out at the provider, settled once.

The claim counts against the payment before the provider is asked, so that refunds at the same moment never give back
more than was taken. A process that dies in between leaves a pending refund, which :func:`retry_refunds` carries out
under the same key.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q

from parvis.core import outbox
from parvis.core.errors import Conflict, ParvisError
from parvis.core.idempotency import KeyReused
from parvis.core.money import Money
from parvis.domains.catalog import actions as catalog
from parvis.domains.checkout import contracts, models, ports
from parvis.domains.checkout.actions import crediting, letters, moves, parcels, return_moves
from parvis.domains.checkout.actions.offers import claims
from parvis.domains.checkout.contracts import OrderRefunded, OrderState, ParcelState, RefundState
from parvis.domains.checkout.models.payments import NO_PROVIDER
from parvis.domains.checkout.ports import PaymentUnavailable, RefundResult
from parvis.domains.checkout.queries.orders import to_refund
from parvis.domains.checkout.rules import money
from parvis.domains.checkout.rules import orders as rules
from parvis.domains.checkout.rules.money import RefundableLine
from parvis.domains.checkout.rules.orders import Verb

log = structlog.get_logger("parvis.checkout")
# A refund under way is left alone for a minute; an unreachable provider is asked ever more rarely, for some two days.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
MAX_ATTEMPTS = 16
# The reason of a refund that was made in the provider's own pages.
ELSEWHERE = "made at the provider"


class NotPaid(Conflict):
    """There is no captured money to give back."""

    code = "not_paid"
    template = "The order %(number)s was not paid: there is nothing to refund."


def refund(
    *,
    order_id: int,
    lines: Mapping[int, int],
    amount_minor: int | None = None,
    reason: str,
    actor_id: int | None = None,
    key: str,
    at: datetime,
    restock: bool = True,
) -> contracts.Refund:
    """Give back ``lines`` (order line id -> pieces) and/or an amount in minor units.

    What was paid by card goes back to the card first; what gift cards paid goes back to them last.
    ``amount_minor`` None: the worth of the pieces, and all that is left once the last piece comes back. The same
    ``key`` again gives the same refund. ``restock`` puts the pieces back on the shelf. The answer may be PENDING
    when the provider cannot be reached: it is tried again by the worker.

    Raises NotFound, :class:`NotPaid`, rules.money.OverRefund, Invalid, core.idempotency.KeyReused.
    """
    wanted = {int(line_id): int(quantity) for line_id, quantity in lines.items() if int(quantity) != 0}
    with transaction.atomic():
        order = moves.locked(order_id)
        row = models.Refund.objects.filter(key=key).select_related("payment").first()
        if row is None:
            row = claim(order, wanted, amount_minor, key=key, reason=reason, actor_id=actor_id, restock=restock, at=at)
        elif (
            row.payment.order_id != order_id
            or row.lines != _stored(wanted)
            or amount_minor
            not in (
                None,
                row.amount_minor,
            )
        ):
            raise KeyReused(key=key)
    carry_out(row.id, at=at)
    row.refresh_from_db()
    return to_refund(row, order)


def _stored(lines: Mapping[int, int]) -> dict[str, int]:
    return {str(line_id): quantity for line_id, quantity in sorted(lines.items())}


def claim(
    order: models.Order,
    wanted: Mapping[int, int],
    amount_minor: int | None,
    *,
    key: str,
    reason: str,
    actor_id: int | None,
    restock: bool,
    at: datetime,
) -> models.Refund:
    """Claim a refund of a locked order; :func:`carry_out` asks the provider. Raises what :func:`refund` does."""
    payment = order.payments.filter(Q(captured_minor__gt=0) | Q(provider=NO_PROVIDER)).order_by("-id").first()
    if payment is None or not rules.can(OrderState(order.state), Verb.REFUND_WHOLE):
        raise NotPaid(number=order.number, reason="not paid")
    amount = money.refund_amount(
        [
            RefundableLine(
                id=line.id,
                unit_minor=line.unit_minor,
                quantity=line.quantity,
                refunded_quantity=line.refunded_quantity,
                discount_minor=line.discount_minor,
            )
            for line in order.lines.all()
        ],
        wanted,
        amount_minor=amount_minor,
        left_minor=payment.captured_minor - payment.refunded_minor + claims.gift_free(order),
    )
    for line_id, quantity in sorted(wanted.items()):
        order.lines.filter(id=line_id).update(refunded_quantity=F("refunded_quantity") + quantity)
    return _reserve(payment, amount, lines=wanted, key=key, reason=reason, actor_id=actor_id, restock=restock, at=at)


def _reserve(
    payment: models.Payment,
    amount_minor: int,
    *,
    lines: Mapping[int, int],
    key: str,
    reason: str,
    actor_id: int | None,
    restock: bool,
    at: datetime,
) -> models.Refund:
    by_card = min(amount_minor, payment.captured_minor - payment.refunded_minor)
    free = models.Payment.objects.filter(id=payment.id, captured_minor__gte=F("refunded_minor") + by_card)
    if not free.update(refunded_minor=F("refunded_minor") + by_card):
        raise money.OverRefund(left=payment.captured_minor - payment.refunded_minor)
    return models.Refund.objects.create(
        payment=payment,
        key=key,
        amount_minor=amount_minor,
        gift_minor=amount_minor - by_card,
        lines=_stored(lines),
        restock=restock,
        reason=reason[:300],
        actor_id=actor_id,
        due_at=at + FIRST_WAIT,
        created_at=at,
    )


def claim_whole(order: models.Order, payment: models.Payment, *, key: str, reason: str, at: datetime) -> None:
    """Claim all that is left of a payment whose order is gone; no goods come back, none were sent."""
    left = payment.captured_minor - payment.refunded_minor
    if left > 0 and not models.Refund.objects.filter(key=key).exists():
        _reserve(payment, left, lines={}, key=key, reason=reason, actor_id=None, restock=False, at=at)


def carry_out(refund_id: int, *, at: datetime) -> None:
    """Ask the provider for a pending refund and settle its answer. An unreachable provider leaves it pending."""
    row = models.Refund.objects.select_related("payment").get(id=refund_id)
    if row.state != RefundState.PENDING:
        return
    payment, by_card = row.payment, row.amount_minor - row.gift_minor
    if not by_card:
        settle(refund_id, RefundResult(reference="", succeeded=True), at=at)
        return
    try:
        result = ports.payments().refund(
            payment.reference, amount=Money(by_card, payment.currency), key=f"refund-{row.id}"
        )
    except PaymentUnavailable as error:
        log.warning("refund not carried out", refund=refund_id, reason=str(error), retry=error.retry)
        wait = min(FIRST_WAIT * 2**row.attempts, LONGEST_WAIT)
        models.Refund.objects.filter(id=refund_id).update(attempts=F("attempts") + 1, due_at=at + wait)
        if not error.retry or row.attempts + 1 >= MAX_ATTEMPTS:
            settle(refund_id, RefundResult(reference="", succeeded=False, failure="unavailable"), at=at)
        return
    settle(refund_id, result, at=at)


@transaction.atomic
def settle(refund_id: int, result: RefundResult, *, at: datetime) -> None:
    """Write the provider's answer down, once."""
    order_id = models.Refund.objects.values_list("payment__order_id", flat=True).get(id=refund_id)
    order = moves.locked(order_id)
    state = RefundState.SUCCEEDED if result.succeeded else RefundState.FAILED
    settled = models.Refund.objects.filter(id=refund_id, state=RefundState.PENDING.value).update(
        state=state.value, reference=result.reference, failure=result.failure, settled_at=at
    )
    if not settled:
        return  # another worker was first
    row = models.Refund.objects.select_related("payment").get(id=refund_id)
    if result.succeeded:
        _given_back(order, row, at=at)
    else:
        _not_given_back(order, row, at=at)


def _given_back(order: models.Order, row: models.Refund, *, at: datetime) -> None:
    payment = row.payment
    refunded = order.refunded_minor + row.amount_minor
    whole = refunded >= payment.captured_minor + order.gift_minor
    detail = {"amount_minor": row.amount_minor, "reason": row.reason, "lines": row.lines}
    moves.move(
        order,
        Verb.REFUND_WHOLE if whole else Verb.REFUND_PART,
        at=at,
        detail=detail,
        actor_id=row.actor_id,
        refunded_minor=refunded,
    )
    models.Refund.objects.filter(id=row.id).update(taxes=crediting.tax_inside(order, row))
    claims.give_back(order, row.gift_minor, key=f"refund-{row.id}", actor_id=row.actor_id, at=at)
    if row.restock and row.lines:
        variants = dict(order.lines.values_list("id", "variant_id"))
        pieces = {variants[int(line_id)]: quantity for line_id, quantity in row.lines.items()}
        catalog.take_back(pieces, ref=order.number, reason=row.reason[:200], actor_id=row.actor_id, at=at)
    _settle_goods(order, row, whole=whole, at=at)
    told = OrderRefunded(
        order_id=order.id,
        customer_id=order.customer_id,
        amount_minor=row.amount_minor,
        currency=order.currency,
        whole=whole,
    )
    outbox.publish(told, at=at)


def _settle_goods(order: models.Order, row: models.Refund, *, whole: bool, at: datetime) -> None:
    """What a refund changes for the goods: its return is closed; nothing more is sent of an order that is wholly paid
    back; an order whose last open piece was paid back has nothing left to send."""
    return_moves.given_back(order, row, at=at)
    if whole:
        order.parcels.filter(state=ParcelState.PREPARING.value).delete()
    else:
        parcels.follow(order, at=at)
    letters.of_refund(order, row, at=at)


def _not_given_back(order: models.Order, row: models.Refund, *, at: datetime) -> None:
    """The claim is undone: the money is still ours, the pieces still theirs."""
    by_card = row.amount_minor - row.gift_minor
    models.Payment.objects.filter(id=row.payment_id).update(refunded_minor=F("refunded_minor") - by_card)
    for line_id, quantity in row.lines.items():
        order.lines.filter(id=int(line_id)).update(refunded_quantity=F("refunded_quantity") - quantity)
    detail = {"amount_minor": row.amount_minor, "code": row.failure}
    moves.trail(order.id, "refund_failed", at=at, detail=detail, actor_id=row.actor_id)
    return_moves.not_given_back(row)


def adopt(
    order: models.Order,
    payment: models.Payment,
    amount_minor: int,
    *,
    at: datetime,
    key: str = "",
    reason: str = ELSEWHERE,
) -> None:
    """Money that went back without us (the provider's own back office, a lost dispute) enters our books. The order is
    locked."""
    row = _reserve(
        payment,
        amount_minor,
        lines={},
        key=key or f"adopted-{payment.id}-{payment.refunded_minor + amount_minor}",
        reason=reason,
        actor_id=None,
        restock=False,
        at=at,
    )
    models.Refund.objects.filter(id=row.id).update(state=RefundState.SUCCEEDED.value, settled_at=at)
    row.refresh_from_db()
    _given_back(order, row, at=at)


def retry_refunds(*, at: datetime, limit: int = 100) -> int:
    """Carry out refunds that were left pending. Returns how many were tried."""
    due = models.Refund.objects.filter(state=RefundState.PENDING.value, due_at__lte=at)
    ids = list(due.order_by("due_at").values_list("id", flat=True)[:limit])
    for refund_id in ids:
        try:
            carry_out(refund_id, at=at)
        except ParvisError as error:  # of one refund: the others are not kept waiting by it
            log.exception("refund not settled", refund=refund_id, error=error.code)
    return len(ids)
