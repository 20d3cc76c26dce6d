"""An agent buys, from the shop's door to the order, and everything that is said on the way fits the release."""

import pytest

from parvis.core.clock import now
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import OrderState
from parvis.interfaces.agents.acp.simulator import total
from parvis.interfaces.agents.acp.tests.agents import DELIVERY, agent

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> SmallCatalogue:
    return small_catalogue()


def test_an_agent_buys_end_to_end(shop: SmallCatalogue) -> None:
    helper = agent()
    items = [{"id": "DR-S", "quantity": 2}]
    session = helper.buy(items, delivery=DELIVERY, at=now())
    order = models.Order.objects.get()
    assert session["order"]["order_number"] == order.number
    assert session["order"]["permalink_url"].startswith("http://testserver/en/orders/")
    assert (order.state, order.door, order.agent.key) == (OrderState.PAID, "acp", "helper")
    assert total(session) == order.total_minor == models.Payment.objects.get().captured_minor
    assert helper.done == [
        "POST /checkout_sessions",
        f"POST /checkout_sessions/{session['id']}",
        "POST /agentic_commerce/delegate_payment",
        f"POST /checkout_sessions/{session['id']}/complete",
    ]
