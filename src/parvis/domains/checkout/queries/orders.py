"""One order, whole."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery, Sum, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from parvis.core import prepared
from parvis.core.errors import NotFound
from parvis.core.money import Money
from parvis.core.prepared import Given
from parvis.domains.checkout import contracts, models
from parvis.domains.checkout.contracts import (
    Address,
    Order,
    OrderLine,
    OrderState,
    PaymentState,
    RefundState,
    ReservationState,
    Totals,
    TrailEntry,
)
from parvis.domains.checkout.queries import kept
from parvis.domains.checkout.queries.parcels import parcels_of
from parvis.domains.checkout.queries.returns import returns_of
from parvis.domains.checkout.rules.payments import RESERVED_FOR

_BY_TOKEN = prepared.Select(lambda: models.Order.objects.filter(token=Given("token")))
LAST_PAYMENT = prepared.Select(lambda: models.Payment.objects.filter(order=Given("order")).order_by("-id")[:1])
_LINES = prepared.Select(lambda: models.OrderLine.objects.filter(order=Given("order")))
_TRAIL = prepared.Select(lambda: models.OrderEvent.objects.filter(order=Given("order")))
_REFUNDS = prepared.Select(lambda: models.Refund.objects.filter(payment__order=Given("order")))
_HELD = prepared.Rows(
    lambda: models.Reservation.objects.filter(order=Given("order"), state=ReservationState.HELD.value).values_list(
        "expires_at"
    )[:1]
)


def order(order_id: int) -> Order:
    """An order by id; raises NotFound. Seven statements, one more as long as it waits for its payment; three more when
    it has parcels, one when it has returns."""
    return _one(order_id, id=order_id)


def order_by_token(token: str) -> Order:
    """An order by the unguessable token of its page; raises NotFound."""
    return to_order(row_by_token(token))


def row_by_token(token: str) -> models.Order:
    """The row of an order. For this domain's own use. Raises NotFound."""
    row = _BY_TOKEN.first(token=token)
    if row is None:
        raise NotFound(kind="order", key=token)
    return row


def order_by_number(number: str) -> Order:
    """An order by its number ("P-000123"): for the team only, since numbers can be guessed. Raises NotFound."""
    return _one(number, number=number.strip().upper())


def _one(key: object, **by: Any) -> Order:
    asked = models.Session.objects.filter(order=OuterRef("pk")).order_by("-id")
    note = Subquery(asked.values_list(KeyTextTransform("note", "details"))[:1], output_field=TextField())
    row = models.Order.objects.filter(**by).annotate(note=Coalesce(note, Value(""), output_field=TextField())).first()
    if row is None:
        raise NotFound(kind="order", key=key)
    return replace(to_order(row), note=row.note)


def to_order(row: models.Order) -> Order:
    """The whole order: lines, trail, payment, refunds, parcels, returns, reservation."""
    payment = LAST_PAYMENT.first(order=row.id)
    held = _HELD.rows(order=row.id) if row.state == OrderState.AWAITING_PAYMENT else []
    order = _bare(
        row,
        _LINES.rows(order=row.id),
        _TRAIL.rows(order=row.id),
        reserved_until=next((until for (until,) in held), None),
    )
    refunds = _REFUNDS.rows(order=row.id)
    return replace(
        order,
        payment=None if payment is None else to_payment(payment),
        refunds=tuple(to_refund(refund, row) for refund in refunds),
        parcels=parcels_of(row),
        returns=returns_of(row),
    )


def just_placed(row: models.Order, lines: Sequence[models.OrderLine], trail: Sequence[models.OrderEvent]) -> Order:
    """An order to which nothing has happened since it was placed, from the rows that were written. No statement, but
    for gift cards."""
    return _bare(row, lines, trail, reserved_until=row.placed_at + RESERVED_FOR)


def _bare(
    row: models.Order,
    lines: Sequence[models.OrderLine],
    trail: Sequence[models.OrderEvent],
    *,
    reserved_until: datetime | None,
) -> Order:
    return Order(
        id=row.id,
        number=row.number,
        token=row.token,
        state=OrderState(row.state),
        customer_id=row.customer_id,
        email=row.email,
        name=row.name,
        locale=row.locale,
        totals=_totals(row),
        refunded=Money(row.refunded_minor, row.currency),
        address=to_address(row.address),
        shipping_method=row.shipping_method,
        placed_at=row.placed_at,
        paid_at=row.paid_at,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        tracking=row.tracking,
        lines=tuple(_line(line, row.currency) for line in lines),
        trail=tuple(
            TrailEntry(kind=entry.kind, detail=entry.detail, actor_id=entry.actor_id, at=entry.at) for entry in trail
        ),
        reserved_until=reserved_until,
        provenance=row.provenance,
        adjustments=tuple(kept.adjustment(each, row.currency) for each in row.adjustments),
        taxes=tuple(kept.tax_share(each, row.currency) for each in row.taxes),
        gift_left_minor=_gift_left(row) if row.gift_minor else 0,
    )


def _gift_left(row: models.Order) -> int:
    """What gift cards paid of the order, have not had back and will not have with a refund under way."""
    moved = row.gift_entries.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    pending = models.Refund.objects.filter(payment__order=row, state=RefundState.PENDING.value)
    return -moved - (pending.aggregate(sum=Sum("gift_minor"))["sum"] or 0)


def to_address(stored: dict[str, Any]) -> Address:
    """An address from its JSON; unknown keys are ignored, so that older rows stay readable."""
    known = {key: value for key, value in stored.items() if key in Address.__dataclass_fields__}
    return Address(**known)


def _totals(row: models.Order) -> Totals:
    return Totals(
        subtotal=Money(row.subtotal_minor, row.currency),
        shipping=Money(row.shipping_minor, row.currency),
        discount=Money(row.discount_minor, row.currency),
        tax=Money(row.tax_minor, row.currency),
        total=Money(row.total_minor, row.currency),
        tax_basis_points=row.tax_basis_points,
        gift_cards=Money(row.gift_minor, row.currency),
    )


def _line(line: models.OrderLine, currency: str) -> OrderLine:
    return OrderLine(
        id=line.id,
        variant_id=line.variant_id,
        product_id=line.product_id,
        name=line.name,
        sku=line.sku,
        size=line.size,
        colour=line.colour,
        unit=Money(line.unit_minor, currency),
        quantity=line.quantity,
        refunded_quantity=line.refunded_quantity,
        preorder_on=line.preorder_on,
        discount_minor=line.discount_minor,
        tax_basis_points=line.tax_basis_points,
        tax_minor=line.tax_minor,
    )


def to_payment(row: models.Payment) -> contracts.Payment:
    return contracts.Payment(
        id=row.id,
        provider=row.provider,
        reference=row.reference,
        state=PaymentState(row.state),
        amount=Money(row.amount_minor, row.currency),
        authorised_minor=row.authorised_minor,
        captured_minor=row.captured_minor,
        refunded_minor=row.refunded_minor,
        card_brand=row.card_brand,
        card_last4=row.card_last4,
        decline_code=row.decline_code,
    )


def to_refund(row: models.Refund, order: models.Order) -> contracts.Refund:
    return contracts.Refund(
        id=row.id,
        order_id=order.id,
        amount=Money(row.amount_minor, order.currency),
        lines={int(line_id): quantity for line_id, quantity in row.lines.items()},
        reason=row.reason,
        state=RefundState(row.state),
        key=row.key,
        actor_id=row.actor_id,
        at=row.created_at,
    )
