"""Send what is due: at once after it was asked for, and each minute for what waits."""

from parvis.core.clock import now
from parvis.core.tasks import app
from parvis.domains.messaging import actions


@app.task(name="messaging.send_due", queueing_lock="messaging.send_due")
def send_due() -> None:
    """Send all due mail."""
    # each at its own moment: a slow answer must not make the next claim, or its signature, old
    while actions.send_due(at=now(), limit=1).any:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="messaging.retry", queueing_lock="messaging.retry")
def retry(timestamp: int) -> None:
    """Settle what a dead sender left, then send what has waited long enough."""
    actions.recover(at=now())
    send_due()


@app.periodic(cron="53 3 * * *")
@app.task(name="messaging.forget", queueing_lock="messaging.forget")
def forget(timestamp: int) -> None:
    """Empty mails after half a year."""
    actions.forget_old(at=now())
