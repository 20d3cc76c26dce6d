"""An agent with an ear, and orders that it placed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from parvis.connectors.agents import orders, rendering
from parvis.connectors.agents.tests import plain
from parvis.connectors.agents.tests.plain import AgentServer
from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout import contracts
from parvis.domains.checkout.testing import AT, card, session_of
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Agent

PROGRESS = ["paid", "shipped", "delivered", "refunded"]


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_KNOWN", {})
    plain.speak()


@pytest.fixture
def server(settings: Any) -> Iterator[AgentServer]:
    made = AgentServer()
    settings.OUTBOUND_ALLOWED = (made.address,)
    yield made
    made.close()


@pytest.fixture
def agent() -> Agent:
    return people.register_agent(name="Shopping Pal", at=AT)


def listen(agent: Agent, server: AgentServer, secret: str = "") -> int:
    return orders.set_endpoint(agent_id=agent.id, protocol="plain", url=server.url, secret=secret, at=AT)


def bought(agent: Agent, **more: Any) -> contracts.Order:
    """An order that the agent placed and paid."""
    session = session_of(agent_id=agent.id, **more)
    done = checkout.complete_session(token=session.token, agent_id=agent.id, instrument=card(), return_url="/", at=AT)
    assert done.order is not None
    return done.order


def hear() -> int:
    """The worker's events, then its messages; as long after as every wait lasts."""
    outbox.deliver(at=now())
    return orders.tell_due(at=now() + timedelta(days=9))
