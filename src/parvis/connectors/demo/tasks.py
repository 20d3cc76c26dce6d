"""What the demo leaves to the worker, so that the shop opens sooner."""

from parvis.connectors.demo import frequent
from parvis.core.clock import now
from parvis.core.tasks import app


@app.task(name="demo.frequent", queueing_lock="demo.frequent")
def approve_frequent() -> None:
    """Once, when the demo has been made: frequent questions."""
    frequent.approve_some(at=now())
