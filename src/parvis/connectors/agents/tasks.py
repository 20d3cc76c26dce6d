"""Upkeep of the journal."""

from parvis.connectors.agents import journal
from parvis.core.clock import now
from parvis.core.tasks import app


@app.periodic(cron="29 3 * * *")
@app.task(name="agentlink.forget", queueing_lock="agentlink.forget")
def forget(timestamp: int) -> None:
    """Each night: forget requests older than thirty days."""
    journal.forget(at=now())
