"""The shop that agents come to."""

import pytest

from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.interfaces.agents.acp.simulator import Agent
from parvis.interfaces.agents.acp.tests.agents import agent


@pytest.fixture
def shop(db: None) -> SmallCatalogue:
    return small_catalogue()


@pytest.fixture
def helper(shop: SmallCatalogue) -> Agent:
    """A registered agent; all that it sends and gets is checked."""
    return agent()
