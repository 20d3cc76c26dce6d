"""Background work of evidence: mend a missing or damaged index."""

import structlog

from parvis.core.clock import now
from parvis.core.tasks import app
from parvis.domains.evidence import actions, queries

log = structlog.get_logger("parvis.evidence")


@app.periodic(cron="* * * * *")
@app.task(name="evidence.mend", queueing_lock="evidence.mend", lock="evidence.mend")
def mend(timestamp: int) -> None:
    """Rebuild the index when it is missing, damaged or empty although there are public voices."""
    health = queries.health()
    if not health.ok:
        log.warning("search index rebuilt", told=health.told, voices=actions.rebuild(at=now()))
