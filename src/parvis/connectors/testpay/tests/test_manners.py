"""The test provider has the manners of a provider."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest

from parvis.connectors.testpay import models, refunding, signing
from parvis.connectors.testpay.provider import TestPay
from parvis.domains.checkout.ports import Intent
from parvis.domains.checkout.testing import AT, CHALLENGED, DECLINED, card
from parvis.domains.checkout.testing.provider_manners import Ability, Bench, ProviderManners


class OwnBench:
    lacks: frozenset[Ability] = frozenset()
    good, keeping = card(), card(save=True)
    declined, challenged = card(DECLINED), card(CHALLENGED)
    now: datetime = AT

    def __init__(self) -> None:
        self.provider = TestPay(now=lambda: self.now)

    def accept(self, intent: Intent) -> None:
        self.provider.answer_challenge(str(intent.next_url).rstrip("/").rsplit("/", 1)[-1], accepted=True)

    def pay_in_browser(self, intent: Intent) -> None:
        self.provider.answer_wallet(intent.client_token, accepted=True)

    def send_back(self, reference: str) -> None:
        refunding.send_back(reference, at=self.now)

    def deliveries(self) -> Sequence[tuple[Mapping[str, str], bytes]]:
        bodies = [row.body.encode() for row in models.Delivery.objects.order_by("id")]
        return [({signing.HEADER: signing.sign(body, at=self.now)}, body) for body in bodies]


@pytest.mark.database
@pytest.mark.django_db
class TestManners(ProviderManners):
    @pytest.fixture
    def bench(self) -> Bench:
        return OwnBench()
