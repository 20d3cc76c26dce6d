"""The worker beside the served shop: it may reach the receivers that the conformance runner opens on this machine, and
tries a message again after a second rather than a minute, so that nobody has to wait for it."""

import sys
import time
from datetime import timedelta
from threading import Thread

from tests.ucp.served import prepare


def _hurry() -> None:
    from parvis.connectors.agents import orders
    from parvis.core.clock import now

    while True:
        time.sleep(1)
        orders.tell_due(at=now())


def run() -> None:
    import django

    django.setup()
    prepare()
    from parvis.connectors.webhooks import sending
    from parvis.interfaces.cli.main import run as cli

    sending.WAITS = (timedelta(seconds=1),) * len(sending.WAITS)
    Thread(target=_hurry, daemon=True).start()

    sys.argv = ["parvis", "worker"]
    cli()


if __name__ == "__main__":
    run()
