"""Stripe has the manners of a provider."""

import pytest

from parvis.connectors.stripe.tests.bench import SimulatedBench
from parvis.domains.checkout.testing.provider_manners import Bench, ProviderManners


class TestManners(ProviderManners):
    @pytest.fixture
    def bench(self) -> Bench:
        return SimulatedBench()
