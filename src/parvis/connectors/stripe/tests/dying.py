"""A shop that dies at a named point: its provider kills the process before or after a call, as kill -9 does.

Jobs for the crowd (checkout.testing.crowd), each in a real process.
"""

import os
import signal
from typing import Any

from parvis.connectors.stripe.client import Client
from parvis.connectors.stripe.provider import Stripe
from parvis.core.clock import now
from parvis.domains.checkout import actions, ports
from parvis.domains.checkout.testing import card, crowd, placed_order

PROGRAM = "import django; django.setup(); from parvis.connectors.stripe.tests.dying import main; main()"
CALLS = ("create", "confirm", "capture", "cancel", "refund")


def stripe(base: str) -> Stripe:
    """The connector before the served account."""
    return Stripe(
        Client("sk_test_x", base=base),
        publishable_key="pk_test_x",
        webhook_secrets=("whsec_x",),
        space="tests",
        takes_cards=True,
    )


class Dying:
    """A provider whose process ends ``before_<call>`` or ``after_<call>``."""

    def __init__(self, provider: Stripe, stop: str) -> None:
        self._provider, self._stop = provider, stop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._provider, name)
        if name not in CALLS:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            if self._stop == f"before_{name}":
                os.kill(os.getpid(), signal.SIGKILL)
            answer = found(*args, **kwargs)
            if self._stop == f"after_{name}":
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return call


def _bind(base: str, stop: str) -> None:
    ports.bind_payments(Dying(stripe(base), stop))  # type: ignore[arg-type]  # it passes everything on


def buy_and_die(*, base: str, stop: str) -> str:
    """Order a dress and pay it, as far as it goes."""
    _bind(base, stop)
    order = placed_order({"DR-M": 1}, at=now())
    if stop == "after_hold":
        os.kill(os.getpid(), signal.SIGKILL)
    return actions.pay(order_token=order.token, card=card(), return_url="https://shop.test/", at=now()).state.value


def cancel_and_die(*, base: str, stop: str, order_id: int) -> str:
    """Cancel an order whose payment was promised."""
    _bind(base, stop)
    return actions.cancel(order_id=order_id, at=now()).state.value


def refund_and_die(*, base: str, stop: str, order_id: int) -> str:
    """Give everything back."""
    _bind(base, stop)
    return actions.refund(order_id=order_id, lines={}, amount_minor=1000, reason="kind", key="r", at=now()).state.value


def main() -> None:
    """Run the crowd with these jobs."""
    crowd.JOBS |= {"buy_and_die": buy_and_die, "cancel_and_die": cancel_and_die, "refund_and_die": refund_and_die}
    crowd.main()
