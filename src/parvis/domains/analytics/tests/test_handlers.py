"""What the server tells: each cart line, order and review once, with its visit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from parvis.core.errors import NotFound
from parvis.domains.analytics import handlers
from parvis.domains.analytics.models import ForgottenVisitor, RawEvent
from parvis.domains.analytics.testing import NOON
from parvis.domains.checkout.contracts import CartLineAdded, OrderPaid
from parvis.domains.people.contracts import ConsentChanged, Purpose
from parvis.domains.voices.contracts import Origin, VoiceReceived

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PAID = OrderPaid(order_id=7, customer_id=None, product_ids=(3, 4), total_minor=8900, currency="EUR", visit="v" * 12)


def test_carts() -> None:
    added = CartLineAdded(cart_id=1, product_id=3, variant_id=30, quantity=2, visit="v" * 12)
    handlers.carts([added, replace(added, product_id=4, visit=None)])
    found = RawEvent.objects.order_by("product_id").values_list("kind", "product_id", "visit")
    assert list(found) == [("add_to_cart", 3, "v" * 12), ("add_to_cart", 4, "")]


def test_an_order_counts_once_at_the_time_of_its_payment(monkeypatch: pytest.MonkeyPatch) -> None:
    order = mock.Mock(paid_at=NOON - timedelta(hours=5), provenance={"order": "simulated"})
    monkeypatch.setattr(handlers.checkout, "order", lambda order_id: order)
    handlers.orders([PAID])
    handlers.orders([PAID])
    row = RawEvent.objects.get()
    assert (row.kind, row.at, row.order_id, row.value_minor, row.product_ids) == (
        "order",
        NOON - timedelta(hours=5),
        7,
        8900,
        [3, 4],
    )
    assert (row.visit, row.provenance) == ("v" * 12, "simulated")


def test_an_order_that_is_gone_was_still_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(order_id: int) -> Any:
        raise NotFound(kind="order", key=order_id)

    monkeypatch.setattr(handlers.checkout, "order", missing)
    handlers.orders([PAID])
    assert RawEvent.objects.get().value_minor == 8900


def test_only_reviews_written_on_the_shop_count(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        1: mock.Mock(id=1, origin=Origin.STOREFRONT, received_at=NOON, product_id=9, language="fr"),
        2: mock.Mock(id=2, origin=Origin.DEMO, received_at=NOON, product_id=9, language="en"),
        3: mock.Mock(id=3, origin=Origin.IMPORT, received_at=NOON, product_id=9, language="en"),
    }
    asked: list[int] = []

    def voices(ids: list[int]) -> dict[int, Any]:
        asked.extend(ids)
        return {number: found[number] for number in ids}

    monkeypatch.setattr(handlers.voices, "voices", voices)
    told = [VoiceReceived(voice_id=number, kind="review", product_id=9) for number in (1, 2, 3)]
    told.append(VoiceReceived(voice_id=4, kind="question", product_id=9))
    handlers.reviews(told)
    handlers.reviews(told)
    row = RawEvent.objects.get()
    assert (row.kind, row.product_id, row.locale, row.at) == ("review_submit", 9, "fr", NOON)
    assert 4 not in asked


def test_a_consent_taken_back_is_heard() -> None:
    change = ConsentChanged(customer_id=None, visitor="A" * 22, purpose=Purpose.ANALYTICS, granted=False)
    handlers.consents(
        [
            change,
            replace(change, visitor="B" * 22, granted=True),
            replace(change, visitor="C" * 22, purpose=Purpose.MARKETING),
            replace(change, visitor=None, customer_id=4),
        ]
    )
    assert list(ForgottenVisitor.objects.values_list("visitor", flat=True)) == ["A" * 22]
