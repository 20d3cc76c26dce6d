"""Background work of the assistant."""

from parvis.core.clock import now
from parvis.core.tasks import app
from parvis.domains.assistant import actions


@app.periodic(cron="27 3 * * *")
@app.task(name="assistant.forget_old", queueing_lock="assistant.forget_old", lock="assistant.forget_old")
def forget_old(timestamp: int) -> None:
    """Each night: conversations older than half a year go."""
    actions.forget_old(at=now())
