"""Vectors are optional, filled in late, and never wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from parvis.science.retrieval import BadVectors, Index

PASSAGES = pl.DataFrame(
    {
        "id": ["wet", "warm", "red"],
        "text": ["Kept me dry in the storm.", "Cosy through January.", "Crimson like cherries."],
        "group": ["coat", "coat", "hat"],
    }
)
DIRECTIONS = {"wet": [1.0, 0, 0, 0], "warm": [0, 1.0, 0, 0], "red": [0, 0, 1.0, 0]}
MATRIX = np.array(list(DIRECTIONS.values()), np.float32)


def ask(index: Index, vector: list[float], text: str = "zzz", **more: object) -> pl.DataFrame:
    where = more.pop("where", None)
    columns = {"id": ["q"], "text": [text], "vector": [[float(each) for each in vector]]} | {
        name: [value] for name, value in more.items()
    }
    return index.search(pl.DataFrame(columns), k=3, where=where)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Index.build(PASSAGES).save(tmp_path / "index")
    Index.open(tmp_path / "index").attach_vectors(list(DIRECTIONS), MATRIX)
    return tmp_path / "index"


def test_meaning_finds_what_words_do_not(folder: Path) -> None:
    index = Index.open(folder)
    assert ask(index, [0, 0.9, 0.1, 0])["id"][0] == "warm"
    assert ask(index, [0, 0.9, 0.1, 0])["quote"][0] == "Cosy through January."
    assert ask(index, [0, 0, 1, 0], group="coat")["id"].to_list().count("red") == 0
    assert ask(index, [0, 1, 0, 0], where={"group": "hat"})["id"].to_list() == ["red"]


def test_words_and_meaning_add_up(folder: Path) -> None:
    assert ask(Index.open(folder), [0, 0.7, 0.7, 0], text="crimson")["id"][0] == "red"


def test_what_misses_a_vector_is_listed_until_it_has_one(tmp_path: Path) -> None:
    index = Index.build(PASSAGES, path=tmp_path / "index")
    assert set(index.missing_vectors(10)["id"].to_list()) == {"wet", "warm", "red"}
    part = index.missing_vectors(2)
    assert part.columns == ["id", "text", "language", "key"]
    index.attach_vectors(part["id"].to_list(), np.eye(4, dtype=np.float32)[:2], keys=part["key"].to_list())
    assert index.missing_vectors(10).height == 1
    assert Index.open(tmp_path / "index").missing_vectors(10).height == 1
    rest = index.missing_vectors(10)
    index.attach_vectors(rest["id"].to_list(), np.eye(4, dtype=np.float32)[:1])
    assert index.missing_vectors(10).height == 0
    index.add(PASSAGES.head(1).with_columns(text=pl.lit("Another text.")))
    assert index.missing_vectors(10)["text"].to_list() == ["Another text."]


def test_a_vector_of_an_older_text_is_not_used(folder: Path) -> None:
    index = Index.open(folder)
    keys = index.missing_vectors(5)
    assert keys.height == 0
    index.add(PASSAGES.filter(pl.col("id") == "warm").with_columns(text=pl.lit("A linen shirt.")))
    assert "warm" not in ask(index, [0, 1, 0, 0])["id"].to_list()


def test_a_withdrawn_passage_is_not_found_by_meaning(folder: Path) -> None:
    reader = Index.open(folder)
    Index.open(folder).withdraw(["warm"])
    assert "warm" not in ask(reader, [0, 1, 0, 0])["id"].to_list()


def test_another_reader_sees_new_vectors(tmp_path: Path) -> None:
    writer = Index.build(PASSAGES, path=tmp_path / "index")
    reader = Index.open(tmp_path / "index")
    assert ask(reader, [0, 1, 0, 0]).height == 0
    writer.attach_vectors(list(DIRECTIONS), MATRIX)
    assert ask(reader, [0, 1, 0, 0])["id"][0] == "warm"


def test_vectors_are_saved_with_the_index(folder: Path, tmp_path: Path) -> None:
    Index.open(folder).save(tmp_path / "copy")
    assert ask(Index.open(tmp_path / "copy"), [0, 1, 0, 0]).equals(ask(Index.open(folder), [0, 1, 0, 0]))


@pytest.mark.parametrize("kept", [0, 3, 11])
@pytest.mark.parametrize("kind", ["rows", "keys", "json"])
def test_cut_vector_files_cost_vectors_only(folder: Path, kind: str, kept: int) -> None:
    victim = next((folder / "vectors").glob(f"*.{kind}"))
    victim.write_bytes(victim.read_bytes()[:kept])
    index = Index.open(folder)
    missing = index.missing_vectors(10)
    assert missing.height >= 2
    by_id = {name: DIRECTIONS[name] for name in missing["id"].to_list()}
    index.attach_vectors(list(by_id), np.array(list(by_id.values()), np.float32))
    assert Index.open(folder).missing_vectors(10).height == 0
    assert ask(Index.open(folder), [0, 1, 0, 0])["id"][0] == "warm"


def test_damaged_rows_are_made_again(folder: Path) -> None:
    victim = next((folder / "vectors").glob("*.rows"))
    content = bytearray(victim.read_bytes())
    content[9] ^= 0xFF
    victim.write_bytes(bytes(content))
    assert Index.open(folder).missing_vectors(10)["id"].to_list() == ["warm"]


def test_dead_rows_are_swept(tmp_path: Path) -> None:
    index = Index.build(PASSAGES, path=tmp_path / "index")
    many = np.tile(MATRIX, (700, 1))
    for _ in range(2):
        index.attach_vectors(list(range(2_100)), many, keys=list(range(1, 2_101)))
    index.attach_vectors(list(DIRECTIONS), MATRIX)
    assert len(index._vectors) == 3
    assert ask(Index.open(tmp_path / "index"), [0, 1, 0, 0])["id"][0] == "warm"


@pytest.mark.parametrize(
    "matrix",
    [np.ones((2, 4)), np.ones((3, 5)), np.ones(3), np.full((3, 4), np.nan)],
    ids=["few", "wide", "flat", "nan"],
)
def test_vectors_of_another_shape_are_refused(folder: Path, matrix: np.ndarray) -> None:
    index = Index.open(folder)
    with pytest.raises(BadVectors):
        index.attach_vectors(list(DIRECTIONS), matrix)
    assert ask(index, [0, 1, 0, 0])["id"][0] == "warm"


def test_a_question_vector_of_another_width_is_refused(folder: Path) -> None:
    with pytest.raises(BadVectors, match="4 numbers"):
        ask(Index.open(folder), [1.0, 0.0])


class _Compass:
    """Stands for an encoder: north is what is warm."""

    def questions(self, texts: list[str], languages: list[str]) -> np.ndarray:
        return np.array([[0, 1, 0, 0] if "chaud" in text else [0, 0, 1, 0] for text in texts], np.float32)


def test_an_encoder_given_on_opening_reads_the_questions(folder: Path) -> None:
    index = Index.open(folder, encoder=_Compass())
    assert index.search(pl.DataFrame({"id": [1], "text": ["chaud ?"]}), k=1)["id"].to_list() == ["warm"]


def test_a_rebuilt_index_takes_over_vectors_of_unchanged_texts(folder: Path) -> None:
    rebuilt = Index.build(
        PASSAGES.with_columns(text=pl.when(pl.col("id") == "red").then(pl.lit("New.")).otherwise("text"))
    )
    rebuilt.adopt_vectors(Index.open(folder))
    assert rebuilt.missing_vectors(10)["id"].to_list() == ["red"]
    assert ask(rebuilt, [0, 1, 0, 0])["id"][0] == "warm"
    assert rebuilt.vector_count == 3
