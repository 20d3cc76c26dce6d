"""What Prometheus reads: requests, queues, events."""

from collections.abc import Iterator
from typing import Any

from prometheus_client import REGISTRY, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

REQUESTS = Histogram(
    "parvis_request_seconds",
    "Time to answer a request.",
    ("route", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class Queues(Collector):
    """Read from the database at each scrape, so that any web process can tell them."""

    def collect(self) -> Iterator[Any]:
        from django.db import connection

        waiting = GaugeMetricFamily("parvis_deliveries_waiting", "Events to be handed over.", labels=("listener",))
        failed = GaugeMetricFamily("parvis_deliveries_failed", "Events set aside after failures.")
        tasks = GaugeMetricFamily("parvis_tasks", "Tasks by state.", labels=("state",))
        oldest = GaugeMetricFamily("parvis_oldest_delivery_seconds", "Age of the oldest waiting delivery.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT listener, count(*) FROM core_delivery WHERE failed_at IS NULL GROUP BY listener")
            for listener, count in cursor.fetchall():
                waiting.add_metric((listener,), count)
            cursor.execute("SELECT count(*) FROM core_delivery WHERE failed_at IS NOT NULL")
            failed.add_metric((), cursor.fetchone()[0])
            cursor.execute("SELECT status, count(*) FROM procrastinate_jobs GROUP BY status")
            for state, count in cursor.fetchall():
                tasks.add_metric((state,), count)
            cursor.execute(
                "SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) FROM core_delivery"
                " WHERE failed_at IS NULL AND due_at <= now()"
            )
            oldest.add_metric((), float(cursor.fetchone()[0]))
        yield from (waiting, failed, tasks, oldest)

    def describe(self) -> Iterator[Any]:
        return iter(())


def register() -> None:
    """Add the queues to the default registry, once."""
    REGISTRY.register(Queues())
