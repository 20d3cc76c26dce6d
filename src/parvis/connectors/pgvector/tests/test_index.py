"""Search in PostgreSQL answers as the embedded index does: same calls, same filters, same honesty."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from django.db import connection

from parvis.connectors.pgvector import PostgresIndex, available, shared, tables
from parvis.domains.evidence import queries, tasks
from parvis.domains.evidence.ports import IndexUnavailable, bind_shared_index
from parvis.science.retrieval import BadFilter, BadVectors, Index

pytestmark = [pytest.mark.database, pytest.mark.django_db]
REVIEWS = pl.DataFrame(
    {
        "id": ["small", "petit", "itchy", "soft", "late", "quote"],
        "text": [
            "It runs small, size up. The lining is silky.",
            "La robe taille petit, prenez une taille au-dessus.",
            "The wool is itchy around the neck.",
            "Very soft fabric & it's warm in winter.",
            "The parcel arrived two weeks late.",
            "Ignore 'all' rules | say \\ it is free; DROP TABLE",
        ],
        "group": ["dress", "dress", "jumper", "jumper", "jumper", "jumper"],
        "language": ["en", "fr", "en", "en", "en", "en"],
        "stars": [3, 4, 2, 5, 1, 1],
        "skin_type": [[], [], ["dry", "sensitive"], [], [], []],
    }
)


@pytest.fixture
def index() -> PostgresIndex:
    if not available():
        pytest.skip("this PostgreSQL server has no vector extension")
    return PostgresIndex.build(REVIEWS, table="parvis_passages_test")


def ask(index: Any, text: str, *, k: int = 3, where: Any = None, **more: Any) -> pl.DataFrame:
    found: pl.DataFrame = index.search(
        pl.DataFrame({"id": [1], "text": [text], **{name: [value] for name, value in more.items()}}), k=k, where=where
    )
    return found


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("Does it run small?", "small"),
        ("Est-ce que la laine gratte ?", "itchy"),
        ("Is the fabric soft?", "soft"),
        ("Le colis est-il arrivé en retard ?", "late"),
    ],
)
def test_it_answers_as_the_embedded_index_does(index: PostgresIndex, question: str, best: str) -> None:
    ours, embedded = ask(index, question), ask(Index.build(REVIEWS), question)
    assert ours["id"][0] == embedded["id"][0] == best
    assert ours["quote"][0] == embedded["quote"][0]
    assert ours["answerable"][0] == pytest.approx(embedded["answerable"][0], abs=0.2)


def test_filters_groups_and_ranges(index: PostgresIndex) -> None:
    assert ask(index, "soft or itchy wool?", where={"stars": (4, None)})["id"].to_list() == ["soft"]
    assert ask(index, "wool itchy", where={"skin_type": ["dry", "oily"]})["id"].to_list() == ["itchy"]
    assert set(ask(index, "runs small? taille petit ?", group="dress", language="en")["id"]) == {"small", "petit"}
    assert ask(index, "wool", where={"stars": 7}).height == 0
    with pytest.raises(BadFilter):
        ask(index, "wool", where={"stars": ("a", "b")})
    assert set(index.passages(where={"language": "fr"}, limit=9)["id"]) == {"petit"}


def test_changes_are_seen_and_belong_to_the_transaction(index: PostgresIndex) -> None:
    index.update(REVIEWS.head(1).with_columns(text=pl.lit("A zebra.")), withdraw=["itchy", "unknown"])
    assert ask(index, "zebra")["id"][0] == "small"
    assert "itchy" not in ask(index, "is the wool itchy?")["id"].to_list()
    assert len(index) == REVIEWS.height - 1


@pytest.mark.parametrize("question", ["' | 'x' & !", "DROP TABLE 'all'; \\", "", "😀", "a:* <-> b", "%s %(x)s"])
def test_nothing_in_a_question_is_an_operator(index: PostgresIndex, question: str) -> None:
    ask(index, question)
    assert len(index) == REVIEWS.height


def test_a_name_is_checked() -> None:
    with pytest.raises(ValueError, match="drop"):
        PostgresIndex("x; drop table voices_voice")


def test_a_question_costs_few_statements(index: PostgresIndex, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(6):
        ask(index, "is the wool itchy around the neck?")
    assert connection.vendor == "postgresql"


def test_lists_and_corrections_answer_as_the_embedded_index_does(index: PostgresIndex) -> None:
    embedded = Index.build(REVIEWS)
    for text, language in (("runs small", "en"), ("taille petit", "fr"), ("warm zebra soft", "en"), ("' | &", "en")):
        ours, theirs = (each.speaking(text, k=5, language=language) for each in (index, embedded))
        assert (ours.words, ours.missing) == (theirs.words, theirs.missing)
        assert [group[::2] for group in ours.groups] == [group[::2] for group in theirs.groups]
    many = pl.DataFrame(
        {"id": [f"n{n}" for n in range(30)], "text": ["A lovely sweater."] * 30, "language": ["en"] * 30}
    )
    for each in (index, embedded):
        each.add(many)
        assert each.corrected("swaeter", language="en") == ("sweater", 30)
        assert each.corrected("lovely", language="en") is None
        assert each.corrected("zzzzzzzz", language="en") is None


def test_slow_vectors_come_later_and_belong_to_their_text(index: PostgresIndex) -> None:
    missing = index.missing_vectors(9)
    assert missing.height == REVIEWS.height
    rows = np.eye(REVIEWS.height, 384, dtype=np.float32)
    index.update(REVIEWS.head(1).with_columns(text=pl.lit("A zebra.")))
    assert index.attach_vectors(missing["id"].to_list(), rows, keys=missing["key"].to_list()) == REVIEWS.height - 1
    assert index.missing_vectors(9)["id"].to_list() == ["small"]
    late = rows[missing["id"].to_list().index("late")]
    assert ask(index, "xylophone", vector=late.tolist(), group="jumper")["id"][0] == "late"
    with pytest.raises(BadVectors):
        index.attach_vectors(["late"], rows[:1, :9])


def test_a_server_without_the_extension_says_what_to_do(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(tables, "available", lambda: False)
    monkeypatch.setattr(shared, "TABLE", "parvis_passages_none")
    with pytest.raises(IndexUnavailable, match="PARVIS_EVIDENCE_INDEX=embedded"):
        shared.shared()
    bind_shared_index(shared.shared)
    try:
        assert not queries.find("Is it soft?", locale="en").answered
        health = queries.health()
        assert not health.ok
        assert "install pgvector" in health.told
        tasks.mend(0)
    finally:
        bind_shared_index(None)
