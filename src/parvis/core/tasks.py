"""Background work: the queue in PostgreSQL, and the housekeeping that belongs to no domain.

Domains declare tasks in their ``tasks`` module with ``@app.task`` (and ``@app.periodic``); a task takes ids and calls
an idempotent action, since a worker may be killed in the middle of it.
"""

from datetime import timedelta
from typing import Any

import structlog
from procrastinate.contrib.django import app

from parvis.core import idempotency, limits, outbox
from parvis.core.clock import now

log = structlog.get_logger("parvis.tasks")
STALLED_SECONDS = 60
SLOW = "slow"  # the lock of work that takes seconds to minutes: one at a time, so that the worker has a hand free

__all__ = ["SLOW", "app"]


@app.periodic(cron="* * * * *")
@app.task(name="core.retry_stalled", queueing_lock="core.retry_stalled", pass_context=True)
async def retry_stalled(context: Any, timestamp: int) -> None:
    """Put back the tasks of workers that died: their heart has stopped, the task goes to another one."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        log.warning("task of a dead worker put back", task=job.task_name, job=job.id)
        await manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(name="core.housekeeping", queueing_lock="core.housekeeping")
def housekeeping(timestamp: int) -> None:
    """Forget old delivered events, kept answers and rate buckets."""
    at = now()
    outbox.forget(before=at - timedelta(days=30))
    idempotency.forget(before=at - idempotency.KEPT_FOR)
    limits.forget(before=at - timedelta(days=1))
