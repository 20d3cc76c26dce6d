"""Events out of a transaction and into their listeners: at least once, in batches, by any number of workers.

``publish`` writes the event and one delivery for each listener in the caller's transaction. ``deliver`` takes a batch
of deliveries with ``SKIP LOCKED``, runs the handler and deletes them in one transaction: killed in the middle,
nothing is lost and nothing is done twice in the database.
"""

import json
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from parvis.core import events, prepared
from parvis.core.events import Event, Listener
from parvis.core.models import Delivery, OutboxEvent

CHANNEL = "parvis_events"
MAX_ATTEMPTS = 8
log = structlog.get_logger("parvis.events")


_PUBLISH = """
WITH happened AS (
    INSERT INTO core_outboxevent (name, payload, occurred_at)
    SELECT name, payload, %s FROM json_to_recordset(%s::json) AS row(name text, payload jsonb)
    RETURNING id, name
), due AS (
    INSERT INTO core_delivery (event_id, listener, due_at, attempts, error)
    SELECT happened.id, wanted.listener, now(), 0, ''
    FROM happened JOIN json_to_recordset(%s::json) AS wanted(name text, listener text) USING (name)
    ORDER BY happened.id
    RETURNING 1
)
SELECT pg_notify(%s, '') WHERE EXISTS (SELECT FROM due)
"""


def publish(*happened: Event, at: datetime) -> None:
    """Write events with the change they tell of, any number in one statement. Must run inside a transaction."""
    if not happened:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("events are published inside the transaction of their change")
    names = {event.name for event in happened}
    wanted = [
        {"name": kind.name, "listener": listener.name}
        for listener in events.listeners().values()
        for kind in listener.events
        if kind.name in names
    ]
    rows = [{"name": event.name, "payload": events.to_payload(event)} for event in happened]
    prepared.answer(_PUBLISH, [at, json.dumps(rows), json.dumps(wanted), CHANNEL])


def deliver(*, at: datetime, limit_rounds: int | None = None) -> int:
    """Hand over everything that is due, until nothing is left. Returns how many deliveries were made."""
    total = 0
    rounds = 0
    while limit_rounds is None or rounds < limit_rounds:
        done = sum(deliver_to(listener, at=at) for listener in events.listeners().values())
        total += done
        rounds += 1
        if not done:
            break
    return total


def deliver_to(listener: Listener, *, at: datetime) -> int:
    """Hand one batch to one listener. A batch that fails is tried again event by event, so that one bad event
    holds nobody up; each failure waits longer, and after MAX_ATTEMPTS the event is set aside for a person."""
    try:
        return _deliver_batch(listener, at=at, limit=listener.batch)
    except Exception:  # a handler may fail in any way; the worker must go on
        log.warning("handler failed on a batch; trying one by one", listener=listener.name, exc_info=True)
    done = 0
    for delivery_id in _due_ids(listener, at=at, limit=listener.batch):
        try:
            done += _deliver_batch(listener, at=at, limit=1, only=delivery_id)
        except Exception as error:  # noqa: BLE001 - same
            _postpone(delivery_id, error, at=at)
    return done


def _due_ids(listener: Listener, *, at: datetime, limit: int) -> list[int]:
    due = Delivery.objects.filter(listener=listener.name, failed_at=None, due_at__lte=at)
    return list(due.order_by("id").values_list("id", flat=True)[:limit])


@transaction.atomic
def _deliver_batch(listener: Listener, *, at: datetime, limit: int, only: int | None = None) -> int:
    due = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("event")
    due = due.filter(listener=listener.name, failed_at=None, due_at__lte=at)
    if only is not None:
        due = due.filter(id=only)
    batch = list(due.order_by("id")[:limit])
    if not batch:
        return 0
    listener.handler([events.from_payload(row.event.name, row.event.payload) for row in batch])
    Delivery.objects.filter(id__in=[row.id for row in batch]).delete()
    return len(batch)


def _postpone(delivery_id: int, error: BaseException, *, at: datetime) -> None:
    with transaction.atomic():
        row = Delivery.objects.select_for_update().filter(id=delivery_id).first()
        if row is None:
            return
        row.attempts += 1
        row.error = "".join(traceback.format_exception_only(error))[:2000]
        row.due_at = at + timedelta(seconds=min(2**row.attempts * 5, 3600))
        if row.attempts >= MAX_ATTEMPTS:
            row.failed_at = at
        row.save(update_fields=["attempts", "error", "due_at", "failed_at"])
    log.error(
        "event not taken", listener=row.listener, outbox_event=row.event_id, attempts=row.attempts, told=row.error
    )


def latest() -> tuple[int, datetime | None]:
    """The number and the moment of the last event: whatever was made before it changed is older. One statement."""
    row = OutboxEvent.objects.order_by("-id").values_list("id", "occurred_at").first()
    return row or (0, None)


def pending() -> dict[str, int]:
    """How many deliveries wait, by listener."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT listener, count(*) FROM core_delivery WHERE failed_at IS NULL GROUP BY listener")
        return dict(cursor.fetchall())


def failed() -> "Sequence[tuple[int, str, str, str]]":
    """Deliveries set aside: (delivery id, listener, event name, error)."""
    rows = Delivery.objects.exclude(failed_at=None).order_by("id")
    return list(rows.values_list("id", "listener", "event__name", "error"))


def retry_failed(*, at: datetime) -> int:
    """Put what was set aside back in the queue."""
    return Delivery.objects.exclude(failed_at=None).update(failed_at=None, attempts=0, due_at=at, error="")


def forget(*, before: datetime) -> int:
    """Delete events that everybody has taken and that are older than ``before``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM core_outboxevent e WHERE occurred_at < %s"
            " AND NOT EXISTS (SELECT 1 FROM core_delivery d WHERE d.event_id = e.id)",
            [before],
        )
        return int(cursor.rowcount)
