"""The simulator's books, as a provider's back office lists them."""

from collections.abc import Iterator
from datetime import datetime

from parvis.connectors.testpay import disputes, models
from parvis.core.money import Money
from parvis.domains.checkout.ports import Movement, MovementKind

# What the provider keeps of a charge: 1.5 % and 25 of the smallest unit, as card fees go in Europe.
FEE_BASIS_POINTS, FEE_FIXED_MINOR = 150, 25


def fee(amount_minor: int) -> int:
    """The fee of a charge, in minor units."""
    return (amount_minor * FEE_BASIS_POINTS + 5000) // 10_000 + FEE_FIXED_MINOR


def movements(since: datetime, until: datetime) -> Iterator[Movement]:
    """Charges, refunds and disputes whose moment lies in [since, until)."""
    charges = models.Intent.objects.filter(captured_minor__gt=0, captured_at__gte=since, captured_at__lt=until)
    for row in charges.order_by("id").iterator():
        yield Movement(
            kind=MovementKind.CHARGE,
            reference=f"ch_{row.reference[4:]}",
            payment_reference=row.reference,
            amount=Money(row.captured_minor, row.currency),
            at=row.captured_at or row.created_at,
            fee_minor=fee(row.captured_minor),
            order_number=row.order_number,
        )
    refunds = models.Refund.objects.filter(created_at__gte=since, created_at__lt=until).select_related("intent")
    for refund in refunds.order_by("id").iterator():
        yield Movement(
            kind=MovementKind.REFUND,
            reference=refund.reference,
            payment_reference=refund.intent.reference,
            amount=Money(refund.amount_minor, refund.intent.currency),
            at=refund.created_at,
            state="failed" if refund.failure else "succeeded",
            order_number=refund.intent.order_number,
        )
    contested = models.Dispute.objects.filter(opened_at__gte=since, opened_at__lt=until).select_related("intent")
    for dispute in contested.order_by("id").iterator():
        yield Movement(
            kind=MovementKind.DISPUTE,
            reference=dispute.reference,
            payment_reference=dispute.intent.reference,
            amount=Money(dispute.amount_minor, dispute.intent.currency),
            at=dispute.opened_at,
            state=dispute.state,
            fee_minor=dispute.fee_minor,
            order_number=dispute.intent.order_number,
            dispute=disputes.news(dispute),
        )
