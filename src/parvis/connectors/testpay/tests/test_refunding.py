"""A closed account sends a refund back, and the shop hears of it."""

from datetime import timedelta

import pytest

from parvis.connectors.testpay import models, refunding, signing
from parvis.core.clock import now
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, ports, queries
from parvis.domains.checkout import models as shop_models
from parvis.domains.checkout.contracts import OrderState, RefundState
from parvis.domains.checkout.testing import paid_order

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def hear_youngest_first() -> None:
    for row in models.Delivery.objects.order_by("-id"):
        body = row.body.encode()
        event = ports.payments().parse_webhook({signing.HEADER: signing.sign(body, at=now())}, body, at=now())
        assert event is not None
        actions.apply_provider_event(event, now())


def test_a_refund_to_a_closed_account_comes_back(client) -> None:
    small_catalogue()
    order = paid_order({"DR-S": 1}, number="4000000000005134", at=now())
    made = actions.refund(order_id=order.id, lines={}, amount_minor=900, reason="kind", key="r", at=now())
    assert made.state is RefundState.SUCCEEDED
    assert refunding.send_back_due(at=now()) == 0
    assert refunding.send_back_due(at=now() + timedelta(minutes=3)) == 1
    assert refunding.send_back_due(at=now() + timedelta(minutes=3)) == 0, "once"
    hear_youngest_first()
    hear_youngest_first()
    after = queries.order(order.id)
    assert (after.state, shop_models.Refund.objects.get(id=made.id).failure) == (OrderState.PAID, "account_closed")
    later = now() + timedelta(minutes=30)
    assert actions.reconcile(since=later - timedelta(days=1), until=later, at=later).found == 0
