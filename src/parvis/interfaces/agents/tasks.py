"""Background looks at our own pages."""

from datetime import timedelta

import structlog
from django.conf import settings

from parvis.connectors.agentfeeds.actions import Busy
from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.core.tasks import app
from parvis.domains.evidence import queries
from parvis.domains.people import actions as people
from parvis.interfaces.agents import looking
from parvis.interfaces.agents.acp import pushing

log = structlog.get_logger("parvis.agents")
AT_ONCE = 40  # pages an audit turn fetches: some seconds
GROWS_OLD = timedelta(days=30)
UNUSED = timedelta(days=7)  # for which a program that registered may wait for its first consent


@app.periodic(cron="23 3 * * *")
@app.task(name="agents.look_around", queueing_lock="agents.look_around", lock="agents.look_around", priority=-10)
def look_around(timestamp: int) -> None:
    """Each night: what every known program is given."""
    log.info("looked around", looks=looking.look_around())


@app.periodic(cron="*/10 * * * *")
@app.task(name="agents.audit_pages", queueing_lock="agents.audit_pages", lock="agents.audit_pages", priority=-10)
def audit_pages(timestamp: int) -> None:
    """Every ten minutes: score pages that changed, or were never scored, some at a time."""
    at = now()
    for code, _name in settings.LANGUAGES:
        for product_id in queries.unaudited(language=code, before=at - GROWS_OLD, limit=AT_ONCE // 2):
            try:
                audit_product(product_id, code)
            except NotFound:
                continue  # no longer sold


@app.periodic(cron="41 4 * * *")
@app.task(name="agents.forget_programs", queueing_lock="agents.forget_programs", priority=-10)
def forget_programs(timestamp: int) -> None:
    """Each night: programs that registered and were never allowed anything, and secrets that are long over."""
    log.info("forgot programs", programs=people.forget_unused(before=now() - UNUSED))


@app.task(name="agents.audit_product", priority=5)
def audit_one(product_id: int) -> None:
    """Score one product's pages now, since somebody of the team asks."""
    for code, _name in settings.LANGUAGES:
        audit_product(product_id, code)


def audit_product(product_id: int, language: str) -> None:
    """One page; a page that cannot be reached is scored as such and tried again with the next change."""
    looking.audit(product_id, language)


@app.periodic(cron="*/15 * * * *")
@app.task(name="agents.push_feeds", queueing_lock="agents.push_feeds", lock="agents.push_feeds", priority=-10)
def push_feeds(timestamp: int) -> None:
    """Every quarter of an hour: what changed of the products, to the feeds of agents' platforms."""
    for feed, pushed in pushing.push_all().items():
        log.info("feed pushed", feed=feed, sent=pushed.sent, withdrawn=pushed.withdrawn, unchanged=pushed.unchanged)


@app.task(name="agents.push_feed", priority=5)
def push_feed(feed_id: int) -> None:
    """One feed now, since somebody of the team asks; one that is being pushed to, or is gone, is left alone."""
    try:
        pushing.push_one(feed_id)
    except (Busy, NotFound) as error:
        log.info("a feed was not pushed to", feed=feed_id, why=error.code)
