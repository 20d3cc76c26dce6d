"""The demo's first start: the shop, its reviews read by the same code as any other, and where to look.

Run as `python -m parvis.interfaces.cli.demo` by `parvis serve --demo`; prints the accounts.
"""

import os
import sys

from parvis.core.clock import now
from parvis.interfaces.cli import show


def prepare() -> list[str]:
    """Set up the demo shop if it is not there; returns lines to print (accounts). Changes nothing the second time."""
    from parvis.connectors.demo import standing
    from parvis.connectors.demo.setup import setup_demo
    from parvis.domains.voices import actions as voices

    with show.progress("Setting up the demo shop") as advance:
        ready = setup_demo(at=now(), progress=advance)
    read_all()
    if ready.fresh:
        # A few invitations whose day has come are there to be read at once, in the studio and by `parvis mail`.
        voices.invite_due(at=now())
        _put_proof_on_pages()
    return standing.told()


def _put_proof_on_pages() -> None:
    """The orders of quotes that a first night would draw, a widget and texts to look at; by the worker, frequent
    questions."""
    from parvis.connectors.demo import copywriting, tasks
    from parvis.domains.evidence import actions as evidence
    from parvis.domains.evidence.contracts import Placement, WidgetKind

    for placement in Placement:
        evidence.plan_orders(at=now(), placement=placement)
    evidence.make_widget(name="Journal", kind=WidgetKind.QUOTES, structured=True, at=now())
    copywriting.write(at=now())
    tasks.approve_frequent.defer()


def read_all() -> int:
    """Hand over every waiting event (reading, deciding, indexing, counting), with a progress bar over the voices.

    Returns how many deliveries were made.
    """
    from parvis.core import outbox

    unread = outbox.pending().get("voices.examine", 0)
    made = 0
    with show.progress("Reading every voice") as advance:
        while delivered := outbox.deliver(at=now(), limit_rounds=1):
            made += delivered
            waiting = outbox.pending()
            left = waiting.get("voices.examine", 0) + waiting.get("evidence.follow", 0)
            advance(max(0, unread - left), unread)
    return made


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")
    show.start_django()
    sys.stdout.write("\n".join(prepare()) + "\n")
