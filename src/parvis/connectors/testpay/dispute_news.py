"""Disputes inside webhooks: written by the simulator, read by the shop's side of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from parvis.connectors.testpay import models
from parvis.connectors.testpay.cards import DISPUTES
from parvis.core.money import Money
from parvis.domains.checkout.ports import DisputeNews, DisputeState


def told(intent: models.Intent) -> dict[str, Any] | None:
    """A payment's dispute as a webhook tells it."""
    row = models.Dispute.objects.filter(intent=intent).first() if intent.outcome in DISPUTES else None
    if row is None:
        return None
    return {
        "reference": row.reference,
        "reason": row.reason,
        "state": row.state,
        "amount_minor": row.amount_minor,
        "currency": intent.currency,
        "fee_minor": row.fee_minor,
        "opened_at": row.opened_at.isoformat(),
        "evidence_due_at": row.evidence_due_at.isoformat(),
    }


def read(told: Mapping[str, Any], payment_reference: str) -> DisputeNews:
    """What a webhook told. Raises KeyError, ValueError or TypeError for what is none."""
    return DisputeNews(
        reference=str(told["reference"]),
        payment_reference=payment_reference,
        amount=Money(int(told["amount_minor"]), str(told["currency"])),
        reason=str(told["reason"]),
        state=DisputeState(told["state"]),
        opened_at=datetime.fromisoformat(str(told["opened_at"])),
        evidence_due_at=datetime.fromisoformat(str(told["evidence_due_at"])),
        fee_minor=int(told["fee_minor"]),
    )
