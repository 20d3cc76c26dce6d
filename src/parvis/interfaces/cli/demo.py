"""The demo's first start: the shop, its reviews read by the same code as any other, and where to look."""

from parvis.core import outbox
from parvis.core.clock import now
from parvis.interfaces.cli import show


def prepare() -> list[str]:
    """Set up the demo shop if it is not there; returns lines to print (accounts). Changes nothing the second time."""
    from parvis.connectors.demo.setup import setup_demo

    with show.progress("Setting up the demo shop") as advance:
        ready = setup_demo(at=now(), progress=advance)
    read_all()
    return ["  accounts (password for all: " + ready.password + ")", *(f"    {line}" for line in ready.accounts)]


def read_all() -> int:
    """Hand over every waiting event (reading, deciding, indexing, counting), with a progress bar."""
    done = 0
    total = sum(outbox.pending().values())
    if not total:
        return 0
    with show.progress("Reading every voice") as advance:
        while delivered := outbox.deliver(at=now(), limit_rounds=1):
            done += delivered
            # Reading publishes, and publishing has listeners: the total grows while it is worked on.
            total = max(total, done + sum(outbox.pending().values()))
            advance(done, total)
    return done
