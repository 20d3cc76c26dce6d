"""The provider's post office."""

from datetime import timedelta

from parvis.connectors.testpay import disputes, outgoing, refunding
from parvis.connectors.testpay.models import Delivery
from parvis.connectors.testpay.provider import TestPay
from parvis.core.clock import now
from parvis.core.tasks import app

KEPT = timedelta(days=30)


@app.task(name="testpay.send")
def send(delivery_id: int) -> None:
    """Send one webhook."""
    outgoing.send(delivery_id, at=now())


@app.periodic(cron="* * * * *")
@app.task(name="testpay.retry", queueing_lock="testpay.retry")
def retry(timestamp: int) -> None:
    """Each minute: slow captures end, closed accounts send refunds back, and what was not taken is sent again."""
    TestPay().end_captures()
    refunding.send_back_due(at=now())
    # each at its own moment: a slow shop must not make the next claim, or its signature, old
    while outgoing.send_due(at=now(), limit=1):
        pass


@app.periodic(cron="37 4 * * *")
@app.task(name="testpay.decide", queueing_lock="testpay.decide")
def decide(timestamp: int) -> None:
    """Nightly: the bank decides disputes."""
    disputes.decide(at=now())


@app.periodic(cron="23 3 * * *")
@app.task(name="testpay.forget", queueing_lock="testpay.forget")
def forget(timestamp: int) -> None:
    """Nightly: settled messages are dropped after a month."""
    Delivery.objects.filter(created_at__lt=now() - KEPT).delete()
