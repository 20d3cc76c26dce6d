"""A small shop, and a platform whose profile is found where it says."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from parvis.core import outbound
from parvis.interfaces.agents.ucp.tests.platform import PROFILE, Platform, document
from parvis.interfaces.storefront.tests.conftest import Shop, furnished, shop  # noqa: F401 - fixture

Internet = dict[str, "bytes | Callable[[], outbound.Reply]"]


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    """What is found at which address; anything else cannot be reached."""
    held: Internet = {}

    def get(url: str, *, most: int, headers: Any = None, allowed: Any = ()) -> outbound.Reply:
        if url not in held:
            return real(url, most=most, headers=headers, allowed=allowed)
        found = held[url]
        return found() if callable(found) else outbound.Reply(status=200, body=found[:most])

    real = outbound.get
    monkeypatch.setattr(outbound, "get", get)
    cache.clear()
    yield held
    cache.clear()


@pytest.fixture
def platform(internet: Internet, shop: Shop) -> Platform:
    made = Platform()
    internet[PROFILE] = json.dumps(document((made.key,))).encode()
    return made
