"""Send what is due: at once after something happened, and each minute for retries."""

from datetime import timedelta

from parvis.connectors.webhooks import actions
from parvis.connectors.webhooks.models import Message
from parvis.core.clock import now
from parvis.core.tasks import app

KEPT_DAYS = 30


@app.task(name="webhooks.send_due", queueing_lock="webhooks.send_due")
def send_due() -> None:
    """Send all due messages."""
    # each at its own moment: a slow answer must not make the next claim, or its signature, old
    while actions.send_due(at=now(), limit=1):
        pass


@app.periodic(cron="* * * * *")
@app.task(name="webhooks.retry", queueing_lock="webhooks.retry")
def retry(timestamp: int) -> None:
    """Send messages whose wait is over."""
    send_due()


@app.periodic(cron="41 3 * * *")
@app.task(name="webhooks.forget", queueing_lock="webhooks.forget")
def forget(timestamp: int) -> None:
    """Forget settled messages after a month."""
    old = now() - timedelta(days=KEPT_DAYS)
    Message.objects.filter(created_at__lt=old).exclude(state=Message.State.WAITING).delete()
