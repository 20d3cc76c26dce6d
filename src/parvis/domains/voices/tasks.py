"""Work for the background: big imports, and voices whose event was set aside."""

from datetime import timedelta

from parvis.core.clock import now
from parvis.core.tasks import app
from parvis.domains.voices import actions

LEFT_AFTER = timedelta(minutes=15)


@app.task(name="voices.import")
def run_import(run_id: int) -> None:
    """Carry out a stored import; after a kill it goes on where it stood."""
    actions.continue_import(run_id=run_id, at=now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="voices.examine_left", queueing_lock="voices.examine_left")
def examine_left(timestamp: int) -> None:
    """Examine what was received a while ago and is still unread: an event that failed too often was set aside."""
    at = now()
    while actions.examine_pending(at=at, received_before=at - LEFT_AFTER).any:
        pass
