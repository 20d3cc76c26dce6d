"""Past orders in bulk: made elsewhere, or by the simulation. Written with COPY, 15,000 in a few seconds."""

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from parvis.core.errors import Invalid
from parvis.domains.checkout.actions.ordering import next_order_ids, number_of
from parvis.domains.checkout.contracts import OrderState, PastOrder, PaymentState
from parvis.domains.checkout.rules import taxes
from parvis.domains.checkout.rules.money import TAX_BASIS_POINTS

_UNPAID = (OrderState.AWAITING_PAYMENT, OrderState.CANCELLED)
_REFUNDED = (OrderState.PARTLY_REFUNDED, OrderState.REFUNDED)

_ORDER = (
    "id, number, token, customer_id, email, name, locale, currency, state, subtotal_minor, shipping_minor,"
    " discount_minor, tax_minor, tax_basis_points, total_minor, refunded_minor, address, shipping_method,"
    " cancel_reason, tracking, visit, placed_at, paid_at, shipped_at, delivered_at, cancelled_at, provenance"
)
_LINE = (
    "order_id, variant_id, product_id, name, sku, size, colour, unit_minor, discount_minor, quantity,"
    " refunded_quantity, preorder_on"
)
_TRAIL = "order_id, kind, detail, at"
_PAYMENT = (
    "order_id, provider, reference, state, currency, amount_minor, authorised_minor, captured_minor, refunded_minor,"
    " decline_code, card_brand, card_last4, save_card, news_at, capture_attempts, created_at"
)


@transaction.atomic
def record_history(orders: Sequence[PastOrder], *, at: datetime) -> tuple[int, ...]:
    """Record orders as they were and return their ids, in order. Stock is not touched and no event is published:
    what listeners would learn is told by whoever brings the history. Payments are of the provider "history", unless
    another still knows them.

    Raises Invalid naming the first order that cannot be (no lines, refunded more than paid, dated in the future …).
    """
    for index, past in enumerate(orders):
        problem = _problem(past, at=at)
        if problem:
            raise Invalid(field=f"orders[{index}]", problem=problem)
    ids = next_order_ids(len(orders))
    pairs = list(zip(ids, orders, strict=True))
    _copy("checkout_order", _ORDER, (_order(key, past) for key, past in pairs))
    _copy("checkout_orderline", _LINE, (row for key, past in pairs for row in _lines(key, past)))
    _copy("checkout_payment", _PAYMENT, (_payment(key, past) for key, past in pairs if past.state not in _UNPAID))
    _copy("checkout_orderevent", _TRAIL, (row for key, past in pairs for row in _trail(key, past)))
    return tuple(ids)


def _total(past: PastOrder) -> int:
    return sum(line.unit_minor * line.quantity for line in past.lines) + past.shipping_minor


def _problem(past: PastOrder, *, at: datetime) -> str:
    """What keeps an order from being recorded; empty when nothing does."""
    moments = [past.placed_at, past.paid_at, past.shipped_at, past.delivered_at]
    known = [moment for moment in moments if moment is not None]
    total = _total(past)
    faults = {
        "it has no lines": not past.lines,
        "a variant is on two lines": len({line.variant_id for line in past.lines}) != len(past.lines),
        "a quantity is impossible": any(
            line.quantity < 1 or not 0 <= line.refunded_quantity <= line.quantity for line in past.lines
        ),
        "its dates are not in order, or in the future": known != sorted(known) or known[-1] > at,
        "it was delivered without being shipped": past.delivered_at is not None and past.shipped_at is None,
        "more is refunded than was paid": not 0 <= past.refunded_minor <= total,
        "its refunded amount does not fit its state": (past.refunded_minor > 0) != (past.state in _REFUNDED),
        "history does not wait for a payment": past.state is OrderState.AWAITING_PAYMENT,
    }
    return next((text for text, wrong in faults.items() if wrong), "")


def _order(key: int, past: PastOrder) -> tuple[Any, ...]:
    total = _total(past)
    return (
        key,
        number_of(key),
        secrets.token_urlsafe(24),
        past.customer_id,
        past.email.strip().lower(),
        past.name[:120],
        past.locale,
        past.currency,
        past.state.value,
        total - past.shipping_minor,
        past.shipping_minor,
        0,
        taxes.included(total, TAX_BASIS_POINTS),
        TAX_BASIS_POINTS,
        total,
        past.refunded_minor,
        json.dumps(asdict(past.address)),
        past.shipping_method,
        "history" if past.state is OrderState.CANCELLED else "",
        "",
        past.visit,
        past.placed_at,
        None if past.state is OrderState.CANCELLED else (past.paid_at or past.placed_at),
        past.shipped_at,
        past.delivered_at,
        past.cancelled_at or (past.placed_at if past.state is OrderState.CANCELLED else None),
        json.dumps(dict(past.provenance)),
    )


def _lines(key: int, past: PastOrder) -> Iterator[tuple[Any, ...]]:
    for line in past.lines:
        yield (
            key,
            line.variant_id,
            line.product_id,
            line.name[:200],
            line.sku,
            line.size,
            line.colour,
            line.unit_minor,
            0,
            line.quantity,
            line.refunded_quantity,
            line.preorder_on,
        )


def _payment(key: int, past: PastOrder) -> tuple[Any, ...]:
    total = _total(past)
    paid = past.paid_at or past.placed_at
    state = PaymentState.CAPTURED.value
    amounts = (total, total, total, past.refunded_minor)
    reference = past.reference or f"history-{key}"
    return (key, past.provider, reference, state, past.currency, *amounts, "", *past.card, False, paid, 0, paid)


def _trail(key: int, past: PastOrder) -> Iterator[tuple[Any, ...]]:
    moments = {
        "placed": past.placed_at,
        "paid": None if past.state is OrderState.CANCELLED else (past.paid_at or past.placed_at),
        "shipped": past.shipped_at,
        "delivered": past.delivered_at,
        "cancelled": past.cancelled_at,
    }
    detail = json.dumps({"from": "history"})
    for kind, moment in moments.items():
        if moment is not None:
            yield key, kind, detail, moment
    if past.refunded_minor:
        last = max(moment for moment in moments.values() if moment is not None)
        yield key, "refunded", json.dumps({"from": "history", "amount_minor": past.refunded_minor}), last


def _copy(table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    statement = f"COPY {table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
