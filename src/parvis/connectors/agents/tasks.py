"""Tell agents of their orders, at once and each minute what waits; upkeep of the journal."""

from parvis.connectors.agents import journal, orders
from parvis.core.clock import now
from parvis.core.tasks import app


@app.task(name="agentlink.tell", queueing_lock="agentlink.tell")
def tell() -> None:
    """Send all that is due."""
    # each at its own moment: a slow answer must not make the next claim, or its signature, old
    while orders.tell_due(at=now(), limit=1):
        pass


@app.periodic(cron="* * * * *")
@app.task(name="agentlink.retry", queueing_lock="agentlink.retry")
def retry(timestamp: int) -> None:
    """Each minute: send what has waited long enough."""
    tell()


@app.periodic(cron="29 3 * * *")
@app.task(name="agentlink.forget", queueing_lock="agentlink.forget")
def forget(timestamp: int) -> None:
    """Each night: forget requests and messages older than thirty days."""
    journal.forget(at=now())
    orders.forget(at=now())
