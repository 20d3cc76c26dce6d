"""Disputes, and what an order itself can prove."""

from collections.abc import Iterator

from django.db.models import Case, IntegerField, When

from parvis.core.errors import NotFound
from parvis.core.money import Money
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import ANSWERABLE, CLOSED, Dispute, DisputeState

_DAY = "%Y-%m-%d %H:%M UTC"


def disputes(*, limit: int = 100, open_only: bool = False) -> tuple[Dispute, ...]:
    """Disputes, those that wait for us first (the soonest due first), then the youngest."""
    rows = models.Dispute.objects.select_related("payment__order")
    if open_only:
        rows = rows.exclude(state__in=[state.value for state in CLOSED])
    waiting = Case(When(state__in=ANSWERABLE, answered_at=None, then=0), default=1, output_field=IntegerField())
    return tuple(_dispute(row) for row in rows.order_by(waiting, "evidence_due_at", "-opened_at")[:limit])


def dispute(dispute_id: int) -> Dispute:
    """One dispute. Raises NotFound."""
    row = models.Dispute.objects.select_related("payment__order").filter(id=dispute_id).first()
    if row is None:
        raise NotFound(kind="dispute", key=dispute_id)
    return _dispute(row)


def disputes_of(order_id: int) -> tuple[Dispute, ...]:
    """The disputes of an order, the oldest first."""
    rows = models.Dispute.objects.select_related("payment__order").filter(payment__order_id=order_id)
    return tuple(_dispute(row) for row in rows.order_by("id"))


def disputes_waiting() -> int:
    """How many disputes wait for our answer."""
    return models.Dispute.objects.filter(state__in=ANSWERABLE, answered_at=None).count()


def _dispute(row: models.Dispute) -> Dispute:
    order, currency = row.payment.order, row.payment.currency
    return Dispute(
        id=row.id,
        order_id=order.id,
        order_number=order.number,
        customer=order.name or order.email,
        reference=row.reference,
        reason=row.reason,
        state=DisputeState(row.state),
        amount=Money(row.amount_minor, currency),
        fee=Money(row.fee_minor, currency),
        opened_at=row.opened_at,
        evidence_due_at=row.evidence_due_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        actor_id=row.actor_id,
        evidence=row.evidence,
    )


def evidence(order_id: int) -> dict[str, str]:
    """What the order proves, by the words of contracts.EVIDENCE; what it does not is an empty text. English, as banks
    ask for, and only facts that are in our books. Raises NotFound."""
    order = models.Order.objects.filter(id=order_id).first()
    if order is None:
        raise NotFound(kind="order", key=order_id)
    lines = list(order.lines.all())
    payment = order.payments.order_by("-id").first()
    where = order.address or {}
    parts = [str(where.get(name) or "") for name in ("line1", "line2", "postcode", "city", "region", "country")]
    sent = order.shipped_at.strftime(_DAY) if order.shipped_at else ""
    handed = f"Handed over on {order.delivered_at.strftime(_DAY)}." if order.delivered_at else ""
    total = f"{order.total_minor / 100:.2f} {order.currency}"
    return {
        "customer_name": order.name,
        "customer_email": order.email,
        "articles": "\n".join(
            f"{line.quantity} x {line.name} ({line.sku}){f', size {line.size}' if line.size else ''}" for line in lines
        ),
        "shipping_address": ", ".join(part for part in parts if part),
        "shipped_on": sent,
        "tracking": order.tracking,
        "delivery": handed,
        "invoice": f"Order {order.number} of {order.placed_at.strftime(_DAY)}, {total} including tax.",
        "consents": _trail(order),
        "payment": _payment(payment),
    }


def _trail(order: models.Order) -> str:
    """What the buyer did and was told, as it was written down then."""
    kept = order.attribution.get("consents") if isinstance(order.attribution, dict) else None
    told = [f"{entry.at.strftime(_DAY)}: {entry.kind.replace('_', ' ')}" for entry in _ours(order)]
    if kept:
        told.append(f"Agreed to: {kept}")
    return "\n".join(told)


def _ours(order: models.Order) -> Iterator[models.OrderEvent]:
    """The trail without what the bank knows better."""
    return (entry for entry in order.trail.order_by("id") if not entry.kind.startswith("dispute_"))


def _payment(payment: models.Payment | None) -> str:
    if payment is None:
        return ""
    card = f"{payment.card_brand} ending in {payment.card_last4}" if payment.card_last4 else "no card"
    return f"{payment.amount_minor / 100:.2f} {payment.currency} with {card}; reference {payment.reference}."
