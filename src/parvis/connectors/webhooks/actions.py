"""Writes: make and change endpoints, queue messages, send what is due."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from parvis.connectors.webhooks import sending, signing
from parvis.connectors.webhooks.models import Endpoint, Message
from parvis.connectors.webhooks.sending import DISABLE_AFTER, DISABLED, Outcome
from parvis.core import outbound, sealed
from parvis.core.errors import Invalid, NotFound
from parvis.core.tasks import app

log = structlog.get_logger("parvis.webhooks")
PURPOSE = "webhook-signing"


def create_endpoint(
    *, url: str, kinds: Sequence[str], description: str, known_kinds: Sequence[str], actor_id: int | None, at: datetime
) -> tuple[int, str]:
    """Make an endpoint; returns its id and its signing secret, which is shown this once.

    Raises AddressRefused for an address inside a private network, Invalid for an unknown kind.
    """
    outbound.check(url, allowed=settings.OUTBOUND_ALLOWED)
    unknown = sorted(set(kinds) - set(known_kinds))
    if unknown:
        raise Invalid(field="kinds", problem=f"unknown: {', '.join(unknown)}")
    secret = signing.new_secret()
    endpoint = Endpoint.objects.create(
        url=url,
        kinds=sorted(set(kinds)),
        description=description[:200],
        sealed_secret=sealed.seal(secret, purpose=PURPOSE),
        created_by_id=actor_id,
        created_at=at,
    )
    return endpoint.pk, secret


def set_active(*, endpoint_id: int, active: bool) -> None:
    """Switch an endpoint on or off; switching on forgives its failures."""
    changed = Endpoint.objects.filter(pk=endpoint_id).update(active=active, failures_in_a_row=0, disabled_reason="")
    if not changed:
        raise NotFound(kind="endpoint", key=endpoint_id)


def delete_endpoint(*, endpoint_id: int) -> None:
    """Remove an endpoint with its messages."""
    if not Endpoint.objects.filter(pk=endpoint_id).delete()[0]:
        raise NotFound(kind="endpoint", key=endpoint_id)


def queue(happened: Sequence[tuple[str, dict[str, Any]]], *, at: datetime) -> int:
    """Write a message for each (event, endpoint that wants it); runs in the transaction that receives the events."""
    endpoints = list(Endpoint.objects.filter(active=True))
    if not endpoints:
        return 0
    rows = []
    for kind, payload in happened:
        key = f"msg_{secrets.token_hex(12)}"
        body = json.dumps({"type": kind, "timestamp": at.isoformat(), "data": payload}, ensure_ascii=False)
        rows += [
            Message(endpoint=endpoint, key=key, kind=kind, body=body, created_at=at)
            for endpoint in endpoints
            if not endpoint.kinds or kind in endpoint.kinds
        ]
    Message.objects.bulk_create(rows, batch_size=1000)
    if rows:
        transaction.on_commit(_wake)
    return len(rows)


def _wake() -> None:
    # The queue is asked after the commit, by name: tasks are above actions.
    try:
        app.configure_task("webhooks.send_due", queueing_lock="webhooks.send_due").defer()
    except AlreadyEnqueued:
        log.debug("a sender is already asked for")


def resend(*, message_id: int, at: datetime) -> None:
    """Put a message back in the queue, with all its tries."""
    changed = Message.objects.filter(pk=message_id).exclude(state=Message.State.DELIVERED)
    if not changed.update(state=Message.State.WAITING, attempts=0, due_at=at):
        raise NotFound(kind="undelivered message", key=message_id)


def send_due(*, at: datetime, limit: int = 200) -> int:
    """Send messages that are due; returns how many were tried. Each is claimed in a short transaction and posted
    outside of any; a sender that dies leaves it to the next one, under the same id. Safe in several workers at once."""
    tried = 0
    while tried < limit and (message := _claim(at=at)) is not None:
        _settle(message, _post(message, at=at), at=at)
        tried += 1
    return tried


@transaction.atomic
def _claim(*, at: datetime) -> Message | None:
    due = Message.objects.select_for_update(skip_locked=True, of=("self",)).select_related("endpoint")
    message = due.filter(state=Message.State.WAITING, due_at__lte=at, endpoint__active=True).order_by("due_at").first()
    if message is not None:
        message.attempts += 1
        message.due_at = at + sending.LEASE
        message.save(update_fields=["attempts", "due_at"])
    return message


def _post(message: Message, *, at: datetime) -> Outcome:
    try:
        secret = sealed.unseal(message.endpoint.sealed_secret, purpose=PURPOSE)
    except sealed.CannotUnseal as error:  # of one endpoint: it must not hold up all others
        return Outcome(None, str(error)[:300])
    body = message.body.encode()
    headers = signing.headers(secret=secret, message_id=message.key, body=body, at=at)
    return sending.attempt(message.endpoint.url, body=body, headers=headers)


@transaction.atomic
def _settle(message: Message, outcome: Outcome, *, at: datetime) -> None:
    """Write down how a try went, unless its claim has passed to another sender, or it was taken back."""
    endpoint = Endpoint.objects.select_for_update().filter(pk=message.endpoint_id).first()
    if endpoint is None:
        return
    changes: dict[str, Any] = {"answered_status": outcome.status, "error": outcome.error}
    if not outcome.error:
        changes |= {"state": Message.State.DELIVERED, "delivered_at": at}
        endpoint.failures_in_a_row = 0
    else:
        wait = sending.wait(message.attempts)
        changes |= {"state": Message.State.FAILED} if wait is None else {"due_at": at + wait}
        endpoint.failures_in_a_row += 1
        if endpoint.failures_in_a_row >= DISABLE_AFTER:
            endpoint.active, endpoint.disabled_reason = False, DISABLED
        log.warning("webhook not taken", endpoint=endpoint.pk, attempts=message.attempts, told=outcome.error)
    endpoint.save(update_fields=["failures_in_a_row", "active", "disabled_reason"])
    mine = Message.objects.filter(pk=message.pk, state=Message.State.WAITING, attempts=message.attempts)
    mine.update(**changes)
