"""Money given back by the simulator: once a key, never more than was taken; some banks send it back."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from parvis.connectors.testpay import models, outgoing, reading
from parvis.connectors.testpay.cards import Outcome
from parvis.core.money import Money
from parvis.domains.checkout.ports import RefundResult

# A closed account sends a refund back after so long (a real one takes days).
BOUNCES_AFTER = timedelta(minutes=2)
BOUNCED = "account_closed"


@transaction.atomic
def refund(reference: str, *, amount: Money, key: str, at: datetime) -> RefundResult:
    """Give money back; the same key answers the same."""
    row = reading.locked(reference)
    known = models.Refund.objects.filter(key=key).first()
    if known is not None:
        return _refunded(known)
    left = row.captured_minor - row.refunded_minor
    failure = ""
    if amount.currency != row.currency or not 0 < amount.amount_minor <= left:
        failure = "amount_too_large"
    elif row.outcome == Outcome.REFUND_FAILS:
        failure = "refund_refused"
    made = models.Refund.objects.create(
        intent=row,
        reference=f"ref_{secrets.token_hex(10)}",
        key=key,
        amount_minor=amount.amount_minor,
        failure=failure,
        created_at=at,
    )
    if not failure:
        row.refunded_minor += amount.amount_minor
    outgoing.tell(row, "refund.failed" if failure else "refund.succeeded", refund=made, at=at)
    return _refunded(made)


def _refunded(row: models.Refund) -> RefundResult:
    return RefundResult(reference=row.reference, succeeded=not row.failure, failure=row.failure)


@transaction.atomic
def send_back(reference: str, *, at: datetime) -> None:
    """The cardholder's bank sends a refund back; once."""
    found = models.Refund.objects.filter(reference=reference).values_list("intent__reference", flat=True).get()
    row = reading.locked(found)
    made = models.Refund.objects.get(reference=reference)
    if made.failure:
        return
    made.failure = BOUNCED
    made.save(update_fields=["failure"])
    row.refunded_minor -= made.amount_minor
    outgoing.tell(row, "refund.failed", refund=made, at=at)


def send_back_due(*, at: datetime) -> int:
    """What accounts that were closed send back; returns how many."""
    rows = models.Refund.objects.filter(failure="", intent__outcome=Outcome.REFUND_BOUNCES.value)
    references = list(rows.filter(created_at__lte=at - BOUNCES_AFTER).values_list("reference", flat=True))
    for reference in references:
        send_back(reference, at=at)
    return len(references)
