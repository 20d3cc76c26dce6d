"""Stripe on the test bench: the connector before its simulator."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from parvis.connectors.stripe.client import Client
from parvis.connectors.stripe.provider import Stripe
from parvis.connectors.stripe.simulator import SECRET, Account
from parvis.domains.checkout.ports import Intent
from parvis.domains.checkout.testing import CHALLENGED, DECLINED, card
from parvis.domains.checkout.testing.provider_manners import Ability

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


class SimulatedBench:
    """``naps`` are the waits between the client's tries."""

    lacks = frozenset({Ability.VAULT})  # tokens come from agents' platforms, not from us
    good, keeping = card(), card(save=True)
    declined, challenged = card(DECLINED), card(CHALLENGED)

    def __init__(self) -> None:
        self.now = NOW
        self.account = Account(now=lambda: self.now)
        self.naps: list[float] = []
        self.client = Client("sk_test_x", transport=self.account.transport, sleep=self.naps.append)
        self.provider = Stripe(
            self.client,
            publishable_key="pk_test_x",
            webhook_secrets=("whsec_old", SECRET),
            space="tests",
            takes_cards=True,
            now=lambda: self.now,
        )

    def accept(self, intent: Intent) -> None:
        self.account.answer_challenge(intent.reference, accepted=True)

    def pay_in_browser(self, intent: Intent) -> None:
        self.account.pay_in_browser(intent.reference, "4242424242424242")

    def send_back(self, reference: str) -> None:
        self.account.send_back(reference)

    def deliveries(self) -> Sequence[tuple[Mapping[str, str], bytes]]:
        return self.account.deliveries()
