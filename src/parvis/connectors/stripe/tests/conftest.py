"""The shop with Stripe bound, before its simulated account."""

from collections.abc import Iterator

import pytest

from parvis.connectors.stripe.tests.bench import SimulatedBench
from parvis.core.clock import now
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import ports


@pytest.fixture
def bound(db: None) -> Iterator[SimulatedBench]:
    """Stripe in place of the test provider, taking typed cards too; and something to sell."""
    known, made = ports.payments(), SimulatedBench()
    made.now = now()
    ports.bind_payments(made.provider)
    small_catalogue()
    yield made
    ports.bind_payments(known)


@pytest.fixture
def in_browser(bound: SimulatedBench) -> SimulatedBench:
    """As a shop runs it: no card number is taken on our own pages."""
    bound.provider.takes_cards = False
    return bound
