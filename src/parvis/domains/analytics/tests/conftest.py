"""Each test has an event log of its own."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def event_log(settings: Any, tmp_path: Path) -> Path:
    """The folder of this test's event log."""
    settings.EVENT_LOG = tmp_path / "events"
    return tmp_path / "events"
