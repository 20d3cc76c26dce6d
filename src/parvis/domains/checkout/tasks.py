"""Background work of checkout: times out reservations, takes money that is due, gives back what is owed."""

from procrastinate import RetryStrategy

from parvis.core.clock import now
from parvis.core.tasks import app
from parvis.domains.catalog import actions as catalog
from parvis.domains.checkout import actions


@app.periodic(cron="* * * * *")
@app.task(name="checkout.expire", queueing_lock="checkout.expire")
def expire(timestamp: int) -> None:
    """Each minute: orders whose reservation is past due end, and their stock is free."""
    at = now()
    actions.expire(at=at)
    actions.expire_sessions(at=at)


@app.periodic(cron="* * * * *")
@app.task(name="checkout.settle", queueing_lock="checkout.settle")
def settle(timestamp: int) -> None:
    """Each minute: captures that failed are tried again, refunds left pending are carried out, and what a process left
    half done when it died is found."""
    actions.recover(at=now())
    # each claimed at its own moment: a slow provider must not let the claim of the next one lapse
    while actions.capture_due(at=now(), limit=1):
        pass
    actions.retry_refunds(at=now())


@app.task(name="checkout.follow_up")
def follow_up(payment_id: int) -> None:
    """What a webhook made due for one payment."""
    actions.follow_up(payment_id=payment_id, at=now())


@app.task(name="checkout.declaration")
def declaration(declaration_id: int) -> None:
    """A withdrawal was declared with the form of the law."""
    actions.handle_declaration(declaration_id=declaration_id, at=now())


@app.task(name="checkout.forget_card", retry=RetryStrategy(max_attempts=10, exponential_wait=4))
def forget_card(token: str) -> None:
    """A kept card was taken back, or its customer erased: it goes at the provider as well, tried for two weeks."""
    actions.forget_at_provider(token=token)


@app.periodic(cron="41 3 * * *")
@app.task(name="checkout.tidy", queueing_lock="checkout.tidy")
def tidy(timestamp: int) -> None:
    """Nightly: old carts and receipts go, what is personal where it is needed no more, and pre-orders for a day that is
    past."""
    at = now()
    catalog.close_preorders(at=at)
    actions.tidy(at=at)
    actions.forget_unbought(at=at)
    actions.tidy_alerts(at=at)
    actions.tidy_reminders(at=at)


@app.periodic(cron="*/15 * * * *")
@app.task(name="checkout.remind", queueing_lock="checkout.remind")
def remind(timestamp: int) -> None:
    """Each quarter of an hour: owners of carts that were left are reminded, when they agreed to it."""
    actions.send_reminders(at=now())


@app.task(name="checkout.compare", queueing_lock="checkout.compare")
def compare() -> None:
    """The provider's books compared now, because somebody asked."""
    actions.reconcile_lately(at=now())


@app.periodic(cron="17 4 * * *")
@app.task(name="checkout.reconcile", queueing_lock="checkout.reconcile")
def reconcile(timestamp: int) -> None:
    """Nightly: the provider's books of the last three days are compared with ours."""
    at = now()
    actions.reconcile_lately(at=at)
    actions.forget_attempts(at=at)


@app.periodic(cron="23 * * * *")
@app.task(name="checkout.tell_next", queueing_lock="checkout.tell_next")
def tell_next(timestamp: int) -> None:
    """Each hour: of those who wait for what is there again, the next ones are told."""
    actions.tell_next(at=now())
