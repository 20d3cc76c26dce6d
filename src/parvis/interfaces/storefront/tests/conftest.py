"""A shop with three products and the cast's voices about the dress, read and public."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.evidence.queries import files
from parvis.domains.voices import testing as voices


@dataclass(frozen=True)
class Shop:
    catalogue: SmallCatalogue
    voices: dict[str, int]

    @property
    def dress(self) -> int:
        return self.catalogue.products["linen-dress"]


def deliver() -> None:
    """What the worker does: every waiting event reaches its listeners."""
    while outbox.deliver(at=now()):
        pass


def furnish(home: Path) -> Shop:
    """The shop in the database; its index and media in the folder ``home``."""
    with override_settings(INDEX_ROOT=home / "index", MEDIA_ROOT=home / "media"):
        cache.clear()
        files.forget()
        catalogue = small_catalogue()
        said = voices.receive_cast(catalogue.products["linen-dress"])
        deliver()
    return Shop(catalogue=catalogue, voices=said)


@pytest.fixture(scope="module")
def furnished(kept: Any) -> Any:
    return kept.make(furnish)


@pytest.fixture
def shop(db: Any, furnished: Any, settings: Any, tmp_path: Path) -> Iterator[Shop]:
    made, home = furnished()
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    settings.INDEX_ROOT = tmp_path / "index"
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
    files.forget()
    yield made
    files.forget()
    cache.clear()


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0", "accept-language": "en"})
