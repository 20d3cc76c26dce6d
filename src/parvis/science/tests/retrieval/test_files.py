"""Index folders: what is saved is what is opened, damage is seen, other processes see changes at once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from parvis.science.retrieval import BadTable, Index, IndexBusy, IndexCorrupt

PASSAGES = pl.DataFrame(
    {
        "id": [f"v{number}" for number in range(60)],
        "text": [f"Review {number}: the dress is soft and runs small. Word{number}." for number in range(60)],
        "group": ["even" if number % 2 == 0 else "odd" for number in range(60)],
        "rating": [number % 5 + 1 for number in range(60)],
    }
)
QUESTIONS = pl.DataFrame({"id": ["a", "b"], "text": ["does it run small?", "word17"]})


def _run(script: str, *, check: bool) -> None:
    subprocess.run(
        [sys.executable, "-c", script], check=check, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    )


def _asked(words: str) -> pl.DataFrame:
    return pl.DataFrame({"id": [1], "text": [words]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Index.build(PASSAGES).save(tmp_path / "index")
    return tmp_path / "index"


def test_what_is_opened_answers_as_what_was_built(folder: Path) -> None:
    built, opened = Index.build(PASSAGES), Index.open(folder)
    assert opened.search(QUESTIONS, k=10).equals(built.search(QUESTIONS, k=10))
    assert opened.search(QUESTIONS, k=10, where={"rating": (4, 5)}).equals(
        built.search(QUESTIONS, k=10, where={"rating": (4, 5)})
    )


def test_a_second_reader_sees_each_change(folder: Path) -> None:
    writer, reader = Index.open(folder), Index.open(folder)
    writer.withdraw(["v17"])
    assert "v17" not in reader.search(QUESTIONS, k=60)["id"].to_list()
    writer.add(pl.DataFrame({"id": ["new"], "text": ["Brand new zebra."]}))
    assert reader.search(pl.DataFrame({"id": [1], "text": ["zebra"]}), k=1)["id"].to_list() == ["new"]
    assert len(reader) == 60


def test_a_writer_in_another_process_is_seen(folder: Path) -> None:
    reader = Index.open(folder)
    before = reader.generation
    script = f"from parvis.science.retrieval import Index; Index.open({str(folder)!r}).withdraw(['v17'])"
    _run(script, check=True)
    assert "v17" not in reader.search(QUESTIONS, k=60)["id"].to_list()
    assert reader.generation != before


def test_readers_in_threads_follow_a_busy_writer_in_another_process(folder: Path) -> None:
    script = (
        "import polars as pl\nfrom parvis.science.retrieval import Index\n"
        f"index = Index.open({str(folder)!r})\n"
        "for turn in range(40):\n"
        "    ids = [f'new{turn}-{n}' for n in range(20)]\n"
        "    index.add(pl.DataFrame({'id': ids, 'text': ['A new zebra dress runs small.'] * 20}))\n"
        "    index.withdraw(ids[:19] + [f'v{turn}'])\n"
    )
    command = [sys.executable, "-c", script]
    shared = Index.open(folder)
    counts: list[int] = []

    def read_on(busy: subprocess.Popen[bytes]) -> int:
        own, turns = Index.open(folder), 0
        while busy.poll() is None:
            for index in (own, shared, Index.open(folder)):
                found = index.search(QUESTIONS, k=200)
                counts.append(found.filter(pl.col("query") == "a").height)
            turns += 1
        return turns

    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment) as busy, ThreadPoolExecutor(3) as pool:
        turns = [future.result() for future in [pool.submit(read_on, busy) for _ in range(3)]]
    assert busy.returncode == 0
    assert min(turns) > 0
    assert set(counts) - {60}  # changes were seen while they were made
    assert len(shared) == 60
    assert "v3" not in shared.search(QUESTIONS, k=200)["id"].to_list()


def test_an_interrupted_batch_leaves_nothing(folder: Path) -> None:
    index = Index.open(folder)
    with pytest.raises(BadTable):
        index.add(pl.DataFrame({"id": ["v1", "v2"], "text": ["changed", None]}))
    assert len(Index.open(folder)) == 60
    assert index.withdraw(["v1"]) == 1
    assert len(Index.open(folder)) == 59


def test_writers_opened_at_different_times_leave_no_strangers(folder: Path) -> None:
    """A long-lived one wrote the register of files as it was when it was opened: the next opening found strangers."""
    early = Index.open(folder)
    for turn in range(3):
        late = Index.open(folder)
        late.update(pl.DataFrame({"id": [f"n{turn}"], "text": [f"A new cardigan, number {turn}."]}))
        late.update(pl.DataFrame({"id": ["o"], "text": ["Old words."]}), withdraw=[f"n{turn - 1}"])
        early.update(pl.DataFrame({"id": [f"e{turn}"], "text": [f"An early scarf, number {turn}."]}))
        assert Index.open(folder).search(_asked("cardigan"), k=9)["id"].to_list() == [f"n{turn}"]
        assert early.search(_asked("scarf"), k=9).height == turn + 1


def test_a_killed_writer_leaves_the_last_commit(folder: Path) -> None:
    script = (
        "import os, signal\nfrom parvis.science.retrieval import Index\n"
        f"index = Index.open({str(folder)!r})\n"
        "with index._store.writing() as writer:\n"
        "    writer.delete_documents_by_term('id', 'v1')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    _run(script, check=False)
    index = Index.open(folder)
    assert len(index) == 60
    assert index.withdraw(["v2"]) == 1
    assert len(Index.open(folder)) == 59


def test_a_second_writer_waits_and_then_says_so(folder: Path) -> None:
    first, second = Index.open(folder), Index.open(folder)
    with (
        first._store.writing(),
        pytest.raises(IndexBusy),
        second._store.writing(wait_seconds=0.05),
    ):
        pass


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size]


def test_every_truncated_file_is_seen(folder: Path) -> None:
    checked = 0
    for path in (each for each in _files(folder) if each.parent.name != "near"):  # those are no reason to lose it
        content = path.read_bytes()
        for kept in (0, len(content) // 2, len(content) - 3):
            path.write_bytes(content[:kept])
            with pytest.raises(IndexCorrupt):
                Index.open(folder)
        path.write_bytes(content)
        checked += 1
    assert checked >= 8
    assert len(Index.open(folder)) == 60


def test_a_changed_byte_is_seen(folder: Path) -> None:
    for path in _files(folder / "lexical"):
        if path.suffix in {".json", ".lock"}:
            continue
        content = bytearray(path.read_bytes())
        content[len(content) // 3] ^= 0x55
        original = path.read_bytes()
        path.write_bytes(bytes(content))
        with pytest.raises(IndexCorrupt):
            Index.open(folder)
        path.write_bytes(original)


@pytest.mark.parametrize("place", ["", "lexical"])
def test_a_foreign_file_is_seen(folder: Path, place: str) -> None:
    (folder / place / "stranger.store").write_text("hello")
    with pytest.raises(IndexCorrupt, match="foreign"):
        Index.open(folder)


def test_a_missing_file_a_missing_folder_and_another_format_are_seen(folder: Path, tmp_path: Path) -> None:
    next((folder / "lexical").glob("*.store")).unlink()
    with pytest.raises(IndexCorrupt, match="missing"):
        Index.open(folder)
    with pytest.raises(IndexCorrupt):
        Index.open(tmp_path / "nowhere")
    (folder / "manifest.json").write_text('{"format": "parvis-retrieval", "version": 99, "integer_ids": false}')
    with pytest.raises(IndexCorrupt, match="version"):
        Index.open(folder)


@pytest.mark.parametrize("suffix", ["store", "term", "idx"])
def test_a_file_exchanged_while_open_is_an_error(folder: Path, suffix: str) -> None:
    index = Index.open(folder)
    assert index.search(QUESTIONS, k=3).height == 4
    victim = next((folder / "lexical").glob(f"*.{suffix}"))
    # Put in its place, as a copy or a restore would: what is mapped stays whole, so nothing can crash meanwhile.
    other = folder / ".tmp-other"
    other.write_bytes(victim.read_bytes()[:10])
    other.replace(victim)
    with pytest.raises(IndexCorrupt):
        index.search(QUESTIONS, k=3)


def test_a_folder_in_use_is_never_overwritten(folder: Path) -> None:
    with pytest.raises(IndexCorrupt, match="not empty"):
        Index.build(PASSAGES, path=folder)
    assert len(Index.open(folder)) == 60


def test_a_writer_goes_on_after_another_process_has_sorted_the_static_vectors(tmp_path: Path) -> None:
    """Found in the demo: an event's writer appended to a file that the nightly task had replaced."""
    rows = pl.DataFrame(
        {"id": [f"v{n}" for n in range(40)], "text": [f"The dress number {n} is soft" for n in range(40)]}
    )
    Index.build(rows).save(tmp_path / "index")
    early = Index.open(tmp_path / "index")
    early.add(pl.DataFrame({"id": ["w1"], "text": ["The collar is stiff"]}))
    other = Index.open(tmp_path / "index")
    with other._store.writing():
        other._near.arrange(other._live_keys())
    early.add(pl.DataFrame({"id": ["w2"], "text": ["The zip broke"]}))
    assert len(Index.open(tmp_path / "index")) == 42


def test_no_length_of_any_file_ends_a_search_badly(folder: Path) -> None:
    """Cut anywhere, an index is found damaged, or answers as before: never an answer of its own, never a crash."""
    expected = Index.open(folder).search(QUESTIONS, k=60)["id"].to_list()
    chance = random.Random(4)
    refused = served = 0
    for path in _files(folder):
        content = path.read_bytes()
        for kept in {chance.randrange(len(content)) for _ in range(6)} | {1, len(content) - 1}:
            path.write_bytes(content[:kept])
            try:
                found = Index.open(folder).search(QUESTIONS, k=60)["id"].to_list()
            except IndexCorrupt:
                refused += 1
            else:
                # A file of vectors is no reason to lose the index; of another, at most its last line end was cut.
                assert sorted(found) == sorted(expected), (path.name, kept)
                served += 1
        path.write_bytes(content)
    assert refused > 40
    assert served > 10
    assert Index.open(folder).search(QUESTIONS, k=60)["id"].to_list() == expected


def test_writers_killed_at_any_moment_leave_a_whole_index(folder: Path) -> None:
    """kill -9 while passages are written and sorted: what was committed is there, and the next writer goes on."""
    script = (
        "import sys\nimport polars as pl\nfrom parvis.science.retrieval import Index\n"
        f"index = Index.open({str(folder)!r})\n"
        "print('ready', flush=True)\n"
        "for turn in range(10_000):\n"
        "    ids = [f'k{turn}-{n}' for n in range(40)]\n"
        "    frame = pl.DataFrame({'id': ids, 'text': ['A killed zebra dress.'] * 40})\n"
        "    index.update(frame, withdraw=[f'v{turn % 60}'])\n"
        "    print(turn, flush=True)\n"
        "    index._near.arrange(index._live_keys()) if turn % 3 == 2 else None\n"
        "    index.withdraw(ids)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    for delay in (0.0, 0.013, 0.05, 0.11):
        with subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            running.stdout.readline()
            running.stdout.readline()
            time.sleep(delay)
            running.kill()
        index = Index.open(folder)
        present = index.search(_asked("killed zebra dress"), k=200)["id"].to_list()
        assert len([each for each in present if each.startswith("k")]) % 40 == 0  # a batch is there whole or not at all
        index.update(PASSAGES, withdraw=[each for each in present if each.startswith("k")])
        index.arrange()
        assert len(Index.open(folder)) == index._near.known(index._live_keys()).size == 60
