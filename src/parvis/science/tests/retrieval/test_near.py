"""Static vectors: languages meet at once; clusters find what a full comparison finds; files that break cost little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from parvis.science.retrieval import Index, static
from parvis.science.retrieval import packed as compare
from parvis.science.retrieval.near import Near

PASSAGES = pl.DataFrame(
    {
        "id": ["warm", "late", "film"],
        "text": [
            "This coat kept me warm all winter.",
            "The parcel arrived two weeks after the promised date.",
            "We watched a very funny movie together.",
        ],
        "language": ["en", "en", "en"],
    }
)


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def some(count: int, width: int = 32, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Keys and unit rows around a few centres; as in real ones, some directions tell more than others."""
    chance = np.random.default_rng(seed)
    turn = 0.93 ** np.arange(width)[:, None] * np.linalg.qr(np.random.default_rng(1).normal(size=(width, width)))[0]
    centres = chance.normal(size=(40, width))
    rows = (centres[chance.integers(0, 40, count)] + 0.6 * chance.normal(size=(count, width))) @ turn
    return np.arange(1, count + 1, dtype=np.uint64) + np.uint64(seed * 10**6), unit(rows)


def test_texts_of_two_languages_meet() -> None:
    made = static.texts(
        ["Ce manteau tient chaud en hiver.", "Le colis est arrivé en retard.", "Un film très drôle."], ["fr"] * 3
    )
    english = static.texts(PASSAGES["text"].to_list(), ["en"] * 3)
    assert np.argmax(made @ english.T, axis=1).tolist() == [0, 1, 2]
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-3)


def test_unknown_words_are_made_of_their_pieces_and_nothing_is_nothing() -> None:
    made = static.texts(["imperméabilisations", "imperméable", "bonjour", "", "😀 12"], ["fr"] * 5)
    assert made[0] @ made[1] > made[0] @ made[2]
    assert not made[3].any()
    assert not made[4].any()


def test_a_question_without_a_common_word_finds_the_other_language() -> None:
    found = Index.build(PASSAGES).search(pl.DataFrame({"id": [1], "text": ["Tient-il chaud quand il neige ?"]}), k=1)
    assert found["id"].to_list() == ["warm"]


def test_clusters_find_nearly_all_that_a_full_comparison_finds(tmp_path: Path) -> None:
    keys, rows = some(20_000)
    near = Near(tmp_path / "near", width=32)
    near.append(keys[:15_000], rows[:15_000])
    near.arrange(keys)
    near.append(keys[15_000:], rows[15_000:])  # the tail is searched whole
    other = Near(tmp_path / "near", width=32)
    _, questions = some(40, seed=4)
    hits = 0
    for question in questions:
        exact = set(keys[np.argsort(-(rows @ question))[:10]].tolist())
        hits += len(exact & set(other.nearest(question, 10)[0].tolist()))
    assert hits >= 0.9 * 400
    places, cosines = other.compare(rows[7], keys[[7, 16_000]])
    assert places.tolist() == [0, 1]
    assert cosines[0] == pytest.approx(1.0, abs=0.02)


def test_the_latest_row_of_a_key_counts_and_the_dead_are_forgotten(tmp_path: Path) -> None:
    keys, rows = some(50)
    near = Near(tmp_path / "near", width=32)
    near.append(keys, rows)
    near.append(keys[:1], rows[1:2])
    near.arrange(keys[:10])
    assert len(near) == 10
    assert near.compare(rows[1], keys[:1])[1][0] == pytest.approx(1.0, abs=0.02)
    assert near.compare(rows[20], keys[20:21])[0].size == 0


def test_a_half_written_or_damaged_row_is_missing_and_no_more(tmp_path: Path) -> None:
    keys, rows = some(5)
    near = Near(tmp_path / "near", width=32)
    near.append(keys, rows)
    tail = next((tmp_path / "near").glob("*.tail"))
    content = bytearray(tail.read_bytes())
    content[20] ^= 0xFF
    tail.write_bytes(bytes(content[:-7]))
    reader = Near(tmp_path / "near", width=32)
    assert reader.known(keys).tolist() == [1, 2, 3]
    reader.append(keys[4:], rows[4:])
    assert reader.known(keys).tolist() == [1, 2, 3, 4]
    assert near.nearest(rows[2], 1)[0][0] == keys[2]


@pytest.mark.parametrize("kind", ["json", "npz", "rows", "fronts", "tail"])
def test_cut_files_cost_static_vectors_only_and_they_are_made_again(tmp_path: Path, kind: str) -> None:
    Index.build(PASSAGES, path=tmp_path / "index")
    index = Index.open(tmp_path / "index")
    index._near.arrange(index._live_keys())
    index.add(PASSAGES.head(1).with_columns(id=pl.lit("warm_too")))
    victim = next((tmp_path / "index" / "near").glob(f"*.{kind}"))
    victim.write_bytes(victim.read_bytes()[:5])
    asked = pl.DataFrame({"id": [1], "text": ["warm all winter"]})
    assert set(index.search(asked, k=2)["id"]) == {"warm", "warm_too"}
    assert Index.open(tmp_path / "index").arrange()
    assert not index.arrange()
    assert len(index._near) == 4


def test_a_folder_of_an_older_format_counts_as_missing_and_is_made_again(tmp_path: Path) -> None:
    """Format 1 had one file of sixteen-bit rows, and no format in its head."""
    Index.build(PASSAGES, path=tmp_path / "index")
    near = tmp_path / "index" / "near"
    for path in near.iterdir():
        path.unlink()
    (near / "000007.rows").write_bytes(b"\0" * 512 * 3)
    (near / "000007.npz").write_bytes(b"\0" * 90)
    (near / "000007.tail").write_bytes(b"")
    (near / "near.json").write_text('{"file": 7, "width": 256}')
    index = Index.open(tmp_path / "index")
    asked = pl.DataFrame({"id": [1], "text": ["warm all winter"]})
    assert index.search(asked, k=1)["id"].to_list() == ["warm"]
    assert len(index._near) == 0
    assert index.arrange()
    assert len(Index.open(tmp_path / "index")._near) == PASSAGES.height
    assert not list(near.glob("000007.*"))


@pytest.mark.parametrize("native", [True, False])
def test_bytes_are_compared_exactly(monkeypatch: pytest.MonkeyPatch, native: bool) -> None:
    if not native:
        monkeypatch.setattr(compare, "simsimd", None)
    chance = np.random.default_rng(5)
    rows = chance.integers(-128, 128, (700, 256)).astype(np.int8)
    rows[0], rows[1] = -128, 127
    for vector in (rows[0], rows[1], rows[9]):
        exact = rows.astype(np.int64) @ vector.astype(np.int64)
        assert np.array_equal(compare.dots(rows, vector, [(0, 700)]), exact)
        assert np.array_equal(
            compare.dots(rows, vector, [(3, 90), (400, 400), (500, 700)]), np.r_[exact[3:90], exact[500:]]
        )
    assert compare.dots(rows, rows[0], []).size == 0
    matrix = np.vstack([unit(0.2 + chance.normal(size=(699, 256))), np.zeros((1, 256), np.float32)]).astype(np.float32)
    for basis in (compare.plain(256), compare.learnt(matrix)):
        held = basis.packed(matrix)
        assert np.abs(basis.floats(held) - matrix).max() < 1e-4
        assert np.abs(basis.cosines(held, matrix[3]) - matrix @ matrix[3]).max() < 1e-3
        assert basis.packed(matrix[:0]).shape == (0, 256)
    assert np.abs(compare.coded(matrix)).max() == 127
