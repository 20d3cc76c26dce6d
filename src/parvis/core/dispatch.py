"""The loop that hands events to listeners: woken by NOTIFY, safe to run in any number of processes."""

import threading

import psycopg
import structlog
from django.db import close_old_connections, connection

from parvis.core import outbox
from parvis.core.clock import now

log = structlog.get_logger("parvis.events")
IDLE_SECONDS = 2.0


def run(stop: threading.Event) -> None:
    """Deliver until ``stop`` is set. A lost database is waited for, not died of."""
    while not stop.is_set():
        try:
            _listen_and_deliver(stop)
        except (psycopg.Error, OSError) as error:
            log.warning("event loop lost its database; trying again", error=str(error))
            close_old_connections()
            stop.wait(IDLE_SECONDS)
        except Exception:
            log.exception("event loop failed; trying again")
            connection.close()
            stop.wait(IDLE_SECONDS)


def _listen_and_deliver(stop: threading.Event) -> None:
    params = connection.get_connection_params()
    for unwanted in ("pool", "cursor_factory", "context", "prepare_threshold"):
        params.pop(unwanted, None)
    with psycopg.connect(**params, autocommit=True) as listening:
        listening.execute(f"LISTEN {outbox.CHANNEL}")
        while not stop.is_set():
            while outbox.deliver(at=now(), limit_rounds=1) and not stop.is_set():
                pass
            for _ in listening.notifies(timeout=IDLE_SECONDS, stop_after=1):
                pass
