"""Webhooks on their way to the shop: written with the change, sent over HTTP by the worker, tried again for a day.

As with real providers a message may come twice, and an older one after a younger one. Here that happens on purpose
and by rule, so that the shop is always exercised and tests can repeat it.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import httpx
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from parvis.connectors.testpay import dispute_news, signing
from parvis.connectors.testpay.models import Delivery, Intent, Refund
from parvis.core import prepared
from parvis.core.events import Event, declare
from parvis.core.outbox import publish
from parvis.core.tasks import app

log = structlog.get_logger("parvis.testpay")
TIMEOUT_SECONDS = 10.0
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600))
# While a worker sends, nobody else does; one that dies leaves the message to others after this time.
LEASE = timedelta(seconds=60)
# What a step of a payment may change.
_MOVED = tuple(each.name for each in Intent._meta.concrete_fields if each.name not in ("id", "key", "reference"))
TWICE_EVERY, LATE_EVERY = 5, 7
TWICE_AFTER, LATE_BY = timedelta(seconds=3), timedelta(seconds=20)


@declare
@dataclass(frozen=True, kw_only=True)
class WebhookWritten(Event):
    """A message to the shop waits to be sent."""

    name: ClassVar[str] = "testpay.webhook_written"
    delivery_id: int
    due_at: datetime


def tell(intent: Intent, kind: str, *, refund: Refund | None = None, at: datetime) -> None:
    """Write a change and its message in one transaction. The intent is locked by the caller, and saved here."""
    intent.sequence += 1
    prepared.update(intent, *_MOVED)
    event_id = f"evt_{secrets.token_hex(12)}"
    body = json.dumps(_payload(intent, event_id, kind, refund, at), separators=(",", ":"))
    number = intent.id + intent.sequence
    moments = [at + LATE_BY if number % LATE_EVERY == 0 else at]
    if number % TWICE_EVERY == 0:
        moments.append(moments[0] + TWICE_AFTER)
    messages = [
        Delivery(event_id=event_id, intent=intent, kind=kind, body=body, due_at=moment, created_at=at)
        for moment in moments
    ]
    prepared.insert(*messages)
    publish(*(WebhookWritten(delivery_id=each.id, due_at=each.due_at) for each in messages), at=at)


def plan(written: Sequence["WebhookWritten"]) -> None:
    """Have messages sent when they are due: the worker plans it, since the buyer waits while they are written."""
    for each in written:
        app.configure_task("testpay.send", schedule_at=each.due_at).defer(delivery_id=each.delivery_id)


def _payload(intent: Intent, event_id: str, kind: str, refund: Refund | None, at: datetime) -> dict[str, object]:
    card = {
        "brand": intent.brand,
        "last4": intent.last4,
        "exp_month": intent.exp_month,
        "exp_year": intent.exp_year,
    }
    return {
        "id": event_id,
        "type": kind,
        "created": at.isoformat(),
        "data": {
            "reference": intent.reference,
            "sequence": intent.sequence,
            "state": intent.state,
            "currency": intent.currency,
            "amount_minor": intent.amount_minor,
            "authorised_minor": intent.authorised_minor,
            "captured_minor": intent.captured_minor,
            "refunded_minor": intent.refunded_minor,
            "decline_code": intent.decline_code,
            "card": card if intent.last4 else None,
            "dispute": dispute_news.told(intent),
            "refund": _refund(refund) if refund is not None else None,
        },
    }


def _refund(row: Refund) -> dict[str, object]:
    return {
        "reference": row.reference,
        "key": row.key,
        "amount_minor": row.amount_minor,
        "succeeded": not row.failure,
        "failure": row.failure,
    }


def webhook_url() -> str:
    """Where the shop listens."""
    return f"{settings.PUBLIC_URL}{reverse('testpay:webhook')}"


def send(delivery_id: int, *, at: datetime, client: httpx.Client | None = None) -> bool:
    """Send one message if it is due; returns whether the shop took it. A failure is tried again later."""
    row = _claim(delivery_id, at=at)
    if row is None:
        return False
    body = row.body.encode()
    headers = {"content-type": "application/json", signing.HEADER: signing.sign(body, at=at)}
    status, error = None, ""
    try:
        own = client or httpx.Client(timeout=TIMEOUT_SECONDS)
        try:
            status = own.post(webhook_url(), content=body, headers=headers).status_code
        finally:
            if client is None:
                own.close()
    except httpx.HTTPError as problem:
        error = f"{type(problem).__name__}: {problem}"[:200]
    _answered(row, status, error, at=at)
    return status is not None and 200 <= status < 300


def _claim(delivery_id: int, *, at: datetime) -> Delivery | None:
    waiting = Delivery.objects.filter(id=delivery_id, delivered_at=None, failed_at=None, due_at__lte=at)
    if not waiting.update(due_at=at + LEASE, attempts=F("attempts") + 1):
        return None
    return Delivery.objects.get(id=delivery_id)


@transaction.atomic
def _answered(row: Delivery, status: int | None, error: str, *, at: datetime) -> None:
    mine = Delivery.objects.filter(id=row.id)
    if status is not None and 200 <= status < 300:
        mine.update(delivered_at=at, answered=status, error="")
    elif row.attempts > len(WAITS):
        mine.update(failed_at=at, answered=status, error=error)
        log.warning("webhook given up", event_id=row.event_id, kind=row.kind, status=status, error=error)
    else:
        mine.update(due_at=at + WAITS[row.attempts - 1], answered=status, error=error)


def send_due(*, at: datetime, client: httpx.Client | None = None, limit: int = 200) -> int:
    """Send what is due; returns how many were tried."""
    due = Delivery.objects.filter(delivered_at=None, failed_at=None, due_at__lte=at).order_by("due_at", "id")
    keys = list(due.values_list("id", flat=True)[:limit])
    for key in keys:
        send(key, at=at, client=client)
    return len(keys)
