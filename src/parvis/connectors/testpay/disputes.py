"""Disputes of the simulator: opened at the capture of certain cards, answered by the shop, decided by the bank.

The bank is simple on purpose: who sends a delivery proof or a consent trail wins, who sends anything else or nothing in
time loses. The decision comes a while after the answer, by :func:`decide`.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from parvis.connectors.testpay import models, outgoing
from parvis.core.money import Money
from parvis.domains.checkout.ports import DisputeNews, DisputeState, PaymentUnavailable

TIME_TO_ANSWER = timedelta(days=7)
FEE_MINOR = 1500
CONVINCING = ("delivery", "consents")


def open_dispute(intent: models.Intent, *, reason: str, at: datetime) -> models.Dispute:
    """The cardholder's bank contests all of a captured payment. The intent is locked by the caller."""
    row, fresh = models.Dispute.objects.get_or_create(
        intent=intent,
        defaults={
            "reference": f"dsp_{secrets.token_hex(10)}",
            "reason": reason,
            "state": DisputeState.OPEN.value,
            "amount_minor": intent.captured_minor,
            "fee_minor": FEE_MINOR,
            "opened_at": at,
            "evidence_due_at": at + TIME_TO_ANSWER,
        },
    )
    if fresh:
        outgoing.tell(intent, "dispute.opened", at=at)
    return row


def answer(reference: str, *, evidence: Mapping[str, str], at: datetime) -> DisputeNews:
    """Take evidence in, once, before it is due. Raises PaymentUnavailable (not to be tried again) afterwards."""
    return _turn(reference, DisputeState.UNDER_REVIEW, at=at, evidence=dict(evidence))


def accept(reference: str, *, at: datetime) -> DisputeNews:
    """The shop gives in."""
    return _turn(reference, DisputeState.LOST, at=at)


@transaction.atomic
def _turn(
    reference: str, state: DisputeState, *, at: datetime, evidence: Mapping[str, str] | None = None
) -> DisputeNews:
    row = models.Dispute.objects.select_for_update(of=("self",)).select_related("intent").filter(reference=reference)
    found = row.first()
    if found is None:
        raise PaymentUnavailable(reason="no such dispute", retry=False)
    if found.state == state.value and found.evidence == (evidence or {}):
        return news(found)  # the same answer once more
    if found.state != DisputeState.OPEN or found.evidence_due_at <= at:
        raise PaymentUnavailable(reason=f"a dispute that is {found.state} takes no answer", retry=False)
    found.state, found.evidence = state.value, dict(evidence or {})
    found.save(update_fields=["state", "evidence"])
    intent = models.Intent.objects.select_for_update().get(id=found.intent_id)
    outgoing.tell(intent, "dispute.closed" if state is DisputeState.LOST else "dispute.updated", at=at)
    return news(found)


@transaction.atomic
def decide(*, at: datetime) -> int:
    """The bank decides what was answered, and what was not answered in time. Returns how many."""
    rows = models.Dispute.objects.select_for_update(skip_locked=True, of=("self",))
    decided = 0
    for row in rows.filter(state__in=(DisputeState.OPEN.value, DisputeState.UNDER_REVIEW.value)):
        if row.state == DisputeState.OPEN and row.evidence_due_at > at:
            continue
        won = any(row.evidence.get(name) for name in CONVINCING)
        row.state = (DisputeState.WON if won else DisputeState.LOST).value
        row.save(update_fields=["state"])
        intent = models.Intent.objects.select_for_update().get(id=row.intent_id)
        outgoing.tell(intent, "dispute.closed", at=at)
        decided += 1
    return decided


def news(row: models.Dispute) -> DisputeNews:
    """A dispute as the shop may see it."""
    return DisputeNews(
        reference=row.reference,
        payment_reference=row.intent.reference,
        amount=Money(row.amount_minor, row.intent.currency),
        reason=row.reason,
        state=DisputeState(row.state),
        opened_at=row.opened_at,
        evidence_due_at=row.evidence_due_at,
        fee_minor=row.fee_minor,
    )
