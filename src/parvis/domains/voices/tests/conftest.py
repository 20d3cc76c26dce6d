"""A product to speak of, and people of the team."""

from collections.abc import Callable
from datetime import datetime

import polars as pl
import pytest

from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.people import testing as people
from parvis.domains.voices.testing import AT


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def dress(db: None) -> int:
    return small_catalogue().products["linen-dress"]


@pytest.fixture
def sweater(db: None) -> int:
    return small_catalogue().products["wool-sweater"]


@pytest.fixture
def camille(db: None) -> int:
    return people.staff("camille", at=AT).account_id


@pytest.fixture
def olivia(db: None) -> int:
    return people.staff("olivia", at=AT).account_id


Scores = dict[str, object]


@pytest.fixture
def fake_reader() -> Callable[..., Callable[[pl.DataFrame], pl.DataFrame]]:
    """A reader with fixed scores; texts found in ``by_text`` get their own."""

    def make(by_text: dict[str, Scores] | None = None, **fixed: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
        def read(frame: pl.DataFrame) -> pl.DataFrame:
            base = {"language": "en", "sentiment": 0.0, "stars": 3.0, "toxicity": 0.0, "spam": 0.0, "aspects": []}
            rows = [
                {"id": row["id"], "model": "fake", **base, **fixed, **(by_text or {}).get(row["text"], {})}
                for row in frame.iter_rows(named=True)
            ]
            return pl.DataFrame(rows, infer_schema_length=None)

        return read

    return make
