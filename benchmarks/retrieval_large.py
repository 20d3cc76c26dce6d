"""A large index: how long it takes to make, how fast it answers, what memory it takes, how soon a change is seen.

    .venv/bin/python benchmarks/retrieval_large.py [--passages 1000000] [--json]

Passages are put together from sentences of the clothing reviews drawn by chance (fixed seed), each of a group of
fifty. The index is made on disk and kept under var/bench; then one fresh process opens it and answers the held-out
questions, French and English, one at a time: among a group's passages, and among all. Another process adds and
withdraws a passage and waits until the first one finds it, or no longer does.
"""

import argparse
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from parvis.science.retrieval import Index
from parvis.science.retrieval.quotes import split

BENCH = ROOT / "var" / "bench"
BATCH = 50_000
GROUP = 50


def sentences() -> list[str]:
    """Sentences of the clothing reviews, each once."""
    table = pl.read_parquet(ROOT / "data" / "womens_clothing_reviews.parquet").drop_nulls("review_text")
    found = (text[a:b] for text in table["review_text"].to_list() for a, b in split(text))
    return list(dict.fromkeys(found))


def passages(count: int, *, seed: int = 7) -> Iterator[pl.DataFrame]:
    """`count` passages in batches."""
    pool, chance = sentences(), np.random.default_rng(seed)
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        drawn, lengths = chance.integers(0, len(pool), (size, 5)), chance.integers(2, 6, size)
        texts = [" ".join(pool[place] for place in row[:length]) for row, length in zip(drawn, lengths, strict=True)]
        ids = np.arange(start, start + size)
        yield pl.DataFrame(
            {
                "id": ids,
                "text": texts,
                "group": (ids // GROUP).astype(str),
                "language": ["en"] * size,
                "stars": chance.integers(1, 6, size),
            }
        )


def questions() -> list[str]:
    """The held-out questions, French and English."""
    found: list[str] = pl.read_csv(ROOT / "tools" / "retrieval" / "held_out.csv")["question"].to_list()
    return found


def made(count: int) -> tuple[Path, float | None]:
    """The folder of the index, and how many seconds making it took (None when it was there)."""
    place = BENCH / f"large-{count}"
    if (place / "done").exists():
        return place / "index", None
    start, index = time.perf_counter(), None
    for batch in passages(count):
        if index is None:
            index = Index.build(batch, path=place / "index")
        else:
            index.add(batch)
        print(f"{len(index)} passages, {time.perf_counter() - start:.0f} s", flush=True)
    assert index is not None
    index.arrange()
    (place / "done").write_text("")
    return place / "index", time.perf_counter() - start


def memory() -> dict[str, int]:
    """Resident megabytes of this process: its own, and with the files it has mapped."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {name: int(fields[key].split()[0]) // 1024 for name, key in (("own", "RssAnon"), ("all", "VmRSS"))}


def timed(index: Index, **more: Any) -> dict[str, float]:
    """Milliseconds of one question: by the clock, and of the processor (what it takes where nobody else works)."""
    asked = questions()
    times, spent = [], []
    for number, text in enumerate([*asked[:10], *asked, *asked]):
        columns: dict[str, Any] = {"id": [number], "text": [text]}
        if more.get("group"):
            columns["group"] = [str(number * 37 % 3000)]
        frame = pl.DataFrame(columns)
        start, worked = time.perf_counter(), time.process_time()
        index.search(frame, k=5, where=more.get("where"))
        times.append((time.perf_counter() - start) * 1000)
        spent.append((time.process_time() - worked) * 1000)
    figures = {}
    for name, values in (("clock", sorted(times[10:])), ("processor", sorted(spent[10:]))):
        figures[f"{name}_p50_ms"] = round(statistics.median(values), 1)
        figures[f"{name}_p95_ms"] = round(values[int(0.95 * (len(values) - 1))], 1)
    return figures


def reading(place: Path, pipe: Connection) -> None:
    """A fresh process: opens, answers, and then says when it sees a change."""
    start = time.perf_counter()
    index = Index.open(place)
    figures: dict[str, Any] = {"open_ms": round((time.perf_counter() - start) * 1000)}
    figures["group"] = timed(index, group=True)
    figures["everything"] = timed(index)
    figures["four_stars_and_more"] = timed(index, where={"stars": (4, None)})
    figures["memory_mb"] = memory()
    pipe.send(figures)
    while (wanted := pipe.recv()) is not None:
        text, there = wanted
        while (text in index.search(pl.DataFrame({"id": [0], "text": [text]}), k=1)["quote"].to_list()) is not there:
            time.sleep(0.005)
        pipe.send(time.time())


def measure(place: Path) -> dict[str, Any]:
    """Both processes."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=reading, args=(place, theirs))
    process.start()
    figures: dict[str, Any] = ours.recv()
    writer, seen = Index.open(place), []
    for number in range(5):
        text = f"Zirconium tassel number {number} glows."
        for there in (True, False):
            ours.send((text, there))
            start = time.time()
            if there:
                writer.add(pl.DataFrame({"id": [10**9 + number], "text": [text], "group": ["0"], "language": ["en"]}))
            else:
                writer.withdraw([10**9 + number])
            seen.append(ours.recv() - start)
    ours.send(None)
    process.join()
    return figures | {"change_seen_by_another_process_ms": round(max(seen) * 1000)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    place, seconds = made(arguments.passages)
    figures = {"passages": arguments.passages, "made_in_s": seconds and round(seconds), **measure(place)}
    print(json.dumps(figures) if arguments.json else json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
