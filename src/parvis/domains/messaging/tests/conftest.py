"""A transport that keeps what it gets, and people to write to."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from parvis.domains.messaging.testing import Postbox, postbox
from parvis.domains.people import testing as people
from parvis.domains.people.contracts import Customer

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as made:
        yield made


@pytest.fixture
def blind_box() -> Iterator[Postbox]:
    with postbox(blind=True) as made:
        yield made


@pytest.fixture
def claire(db: None) -> Customer:
    return people.customer("claire", at=AT)
