"""Work for the background: big imports, and voices that nobody has read."""

from parvis.core.clock import now
from parvis.core.tasks import app
from parvis.domains.voices import actions


@app.task(name="voices.import")
def run_import(run_id: int) -> None:
    """Carry out a stored import; after a kill it goes on where it stood."""
    actions.continue_import(run_id=run_id, at=now())
