"""Background work of copywriting."""

from parvis.core.clock import now
from parvis.core.tasks import app
from parvis.domains.copywriting import actions


@app.periodic(cron="*/10 * * * *")
@app.task(name="copywriting.recheck", queueing_lock="copywriting.recheck", lock="copywriting.recheck")
def recheck(timestamp: int) -> None:
    """Every ten minutes: drafts whose counts may have moved, since people have said more or less."""
    actions.recheck_changed(at=now())
