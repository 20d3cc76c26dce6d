"""The guide's example is a provider: it passes the battery and an order is paid with it; the guide names every part."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, ports, queries
from parvis.domains.checkout.contracts import OrderState, StepState
from parvis.domains.checkout.ports import Intent
from parvis.domains.checkout.testing import AT, card, pay, placed_order
from parvis.domains.checkout.testing.provider_manners import Ability, Bench, ProviderManners
from parvis.domains.checkout.tests import tiny_provider
from parvis.domains.checkout.tests.tiny_provider import DECLINED, Tiny

GUIDE = Path(__file__).resolve().parents[5] / "docs" / "payments.md"


class TinyBench:
    lacks = frozenset(Ability)
    good, keeping = card(), card(save=True)
    declined, challenged = card(DECLINED), card()
    now: datetime = AT

    def __init__(self) -> None:
        self.provider = Tiny(now=lambda: self.now)

    def accept(self, intent: Intent) -> None:
        raise NotImplementedError

    def pay_in_browser(self, intent: Intent) -> None:
        raise NotImplementedError

    def send_back(self, reference: str) -> None:
        raise NotImplementedError

    def deliveries(self) -> Sequence[tuple[Mapping[str, str], bytes]]:
        bodies = [json.dumps(event).encode() for event in self.provider.events]
        return [({"Tiny-Signature": tiny_provider.sign(body, at=self.now)}, body) for body in bodies]


class TestManners(ProviderManners):
    @pytest.fixture
    def bench(self) -> Bench:
        return TinyBench()


@pytest.fixture
def bound() -> Iterator[TinyBench]:
    known, made = ports.payments(), TinyBench()
    ports.bind_payments(made.provider)
    yield made
    ports.bind_payments(known)


@pytest.mark.database
@pytest.mark.django_db
def test_an_order_is_paid_and_refunded_with_it(bound: TinyBench) -> None:
    small_catalogue()
    order = placed_order({"DR-S": 1})
    assert pay(order, number=DECLINED).state is StepState.DECLINED
    assert pay(order).state is StepState.PAID
    actions.refund(order_id=order.id, lines={}, amount_minor=900, reason="kind", key="r", at=AT)
    for headers, body in bound.deliveries():
        event = bound.provider.parse_webhook(headers, body, at=AT)
        assert event is not None
        actions.apply_provider_event(event, AT)
    after = queries.order(order.id)
    assert (after.state, after.refunded.amount_minor) == (OrderState.PARTLY_REFUNDED, 900)


def test_the_guide_names_every_part_of_the_port() -> None:
    text = GUIDE.read_text().partition("## Adding a provider")[2]
    methods = [name for name in vars(ports.PaymentProvider) if not name.startswith("_")]
    abilities = ["Delegates", "Answers", "Lists", "InBrowser"]
    assert len(methods) == 9  # the name and eight methods
    missing = [name for name in [*methods, *abilities, *Ability, "lacks"] if f"`{name}`" not in text]
    assert missing == []
