"""The demo's payments: one difference settled, one that waits, and no webhook for what nobody ordered."""

import pytest
from django.conf import settings

from parvis.connectors.demo import paying
from parvis.connectors.testpay.models import Delivery
from parvis.core.clock import now
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import DifferenceState


@pytest.mark.database
@pytest.mark.django_db
def test_the_payments_page_of_the_demo_has_something_to_show() -> None:
    paying.act(currency=settings.CURRENCY, actor_id=None, at=now())
    assert len(queries.differences(state=DifferenceState.SETTLED)) == 1
    assert queries.differences_open() == 1
    assert len(queries.money_days()) == 2
    assert not Delivery.objects.exists()
