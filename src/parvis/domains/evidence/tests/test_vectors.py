"""Vectors come later, survive a rebuild, and an index damaged under our hands never breaks a page."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parvis.domains.catalog import testing as shop
from parvis.domains.evidence import actions, queries, tasks
from parvis.domains.evidence.queries import files
from parvis.domains.voices import testing as voices_testing

AT = datetime(2026, 3, 12, 12, tzinfo=UTC)
pytestmark = [pytest.mark.database, pytest.mark.django_db]


class _Encoder:
    """Stands for the slow encoder: a direction by the length of the text."""

    def passages(self, texts: list[str], languages: list[str]) -> Any:
        return np.eye(8, dtype=np.float32)[[len(text) % 8 for text in texts]]

    questions = passages


@pytest.fixture(autouse=True)
def own_index(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_ROOT = tmp_path / "index"
    settings.DENSE = False
    files.forget()
    yield
    files.forget()


@pytest.fixture
def dress() -> int:
    dress = shop.small_catalogue().products["linen-dress"]
    spoken = voices_testing.small_square(dress)
    ids = [voice.id for voice in spoken.voices.values()]
    actions.refresh([*ids, spoken.question_id, spoken.answer_id], at=AT)
    return dress


def test_vectors_are_filled_in_slices_and_survive_a_rebuild(dress: int, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.rebuild(at=AT)
    passages = queries.health().passages
    assert passages > 6  # five reviews, a question, its answer, the terms of the shop
    assert actions.fill_vectors(10) == 0  # switched off
    monkeypatch.setattr(files, "encoder", _Encoder)
    files.forget()
    assert [actions.fill_vectors(passages - 2) for _ in range(3)] == [passages - 2, 2, 0]
    actions.rebuild(at=AT)
    index = files.reader()
    assert index is not None
    assert index.vector_count == passages
    assert actions.fill_vectors(4) == 0
    assert queries.ask(dress, "Does it run small?", locale="en").answered


def test_the_task_stops_when_nothing_is_missing(dress: int, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    slices = [3, 1, 0]
    monkeypatch.setattr(actions, "fill_vectors", lambda limit: slices.pop(0))
    monkeypatch.setattr(tasks.os, "setpriority", lambda *_: None)
    tasks.fill_vectors(0)
    assert slices == [3, 1, 0]  # switched off
    settings.DENSE = True
    tasks.fill_vectors(0)
    assert slices == []


def test_an_index_damaged_while_open_does_not_break_a_page(dress: int, tmp_path: Path) -> None:
    assert queries.ask(dress, "Is the seam strong after a wash?", locale="en").answerable > 0
    place = files.folder()
    assert place is not None
    victim = next((place / "lexical").glob("*.store"))
    cut = tmp_path / "cut"
    cut.write_bytes(victim.read_bytes()[:10])
    cut.replace(victim)
    assert queries.ask(dress, "Is the seam strong after a wash?", locale="en").answerable == 0
    assert queries.search_products("seam", locale="en") == []
    assert not queries.health().ok
    tasks.mend(0)
    assert queries.health().ok
    assert queries.ask(dress, "Is the seam strong after a wash?", locale="en").answerable > 0
