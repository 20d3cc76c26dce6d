"""Our index beside txtai, Chroma and LanceDB: 200,000 passages, the same vectors given to all, in one run.

    .venv/bin/python benchmarks/retrieval_peers.py [--passages 200000] [--only chroma,lancedb,txtai] [--json]

Every store gets the same texts and the same unit vectors (our static ones, 256 numbers), and is asked for the ten
closest passages of each held-out question, one at a time, ids and texts. Recall is the share of the ten that a full
comparison of the exact vectors finds. Each peer runs in an environment of its own that this script makes under
var/bench/peers (a minute or two the first time), one after the other. "hybrid" is our whole search: words in both
languages, static vectors, sentences read, quotes and the chance of an answer, which no peer gives here.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from benchmarks.retrieval_large import BENCH, passages, questions  # noqa: E402

from parvis.science.retrieval import Index, static  # noqa: E402
from parvis.science.retrieval.candidates import nearest_passages  # noqa: E402

PEERS = {
    "chroma": ["chromadb"],
    "lancedb": ["lancedb", "pandas==2.3.3"],
    "txtai": ["txtai", "torch==2.13.0", "numpy"],
}
K = 10


def environment(name: str) -> Path:
    """The interpreter of a peer's environment, made when it is missing."""
    place = BENCH / "peers" / f"env-{name}"
    if not (place / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        subprocess.run([str(place / "bin" / "pip"), "-q", "install", *PEERS[name]], check=True)
        (place / "done").write_text("")
    return place / "bin" / "python"


def recall(found: list[list[int]], rows: np.ndarray, asked: np.ndarray) -> float:
    """Share of the ten closest by a full comparison that was found; equals of the tenth count as well."""
    shares = []
    for vector, ids in zip(asked, found, strict=True):
        scores = rows @ vector
        tenth = np.partition(scores, -K)[-K]
        shares.append(sum(scores[each] >= tenth - 1e-6 for each in set(ids)) / K)
    return round(statistics.mean(shares), 3)


def ours(folder: Path, frames: list[pl.DataFrame], asked: np.ndarray, texts: list[str]) -> dict[str, dict[str, Any]]:
    """The closest passages by static vectors alone, and the whole search, of a fresh index on disk."""
    start = time.perf_counter()
    index = Index.build(frames[0], path=folder / "index")
    for frame in frames[1:]:
        index.add(frame)
    index.arrange()
    built = round(time.perf_counter() - start, 1)
    index = Index.open(folder / "index")

    def closest(number: int) -> list[int]:
        return [int(each.id) for each in nearest_passages(index._refresh(), index._near, asked[number], K)]

    def whole(number: int) -> list[int]:
        frame = pl.DataFrame({"id": [0], "text": [texts[number]]})
        found: list[int] = index.search(frame, k=K)["id"].to_list()
        return found

    figures = {}
    for name, ask in (("ours", closest), ("ours, hybrid", whole)):
        found, times, spent = [], [], []
        for number in [*range(10), *range(len(asked))]:
            began, worked = time.perf_counter(), time.process_time()
            found.append(ask(number))
            times.append((time.perf_counter() - began) * 1000)
            spent.append((time.process_time() - worked) * 1000)
        figures[name] = {"built_s": built, "found": found[10:]}
        for kind, values in (("clock", sorted(times[10:])), ("processor", sorted(spent[10:]))):
            figures[name][f"{kind}_p50_ms"] = round(statistics.median(values), 2)
            figures[name][f"{kind}_p95_ms"] = round(values[int(0.95 * (len(values) - 1))], 2)
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--only", default=",".join(PEERS))
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    asked_texts = questions()
    frames = list(passages(arguments.passages))
    texts = [text for frame in frames for text in frame["text"].to_list()]
    rows = np.concatenate([static.texts(frame["text"].to_list(), ["en"] * frame.height) for frame in frames])
    asked = static.texts(asked_texts, pl.read_csv(ROOT / "tools/retrieval/held_out.csv")["language"].to_list())
    report: dict[str, Any] = {"passages": arguments.passages}
    with tempfile.TemporaryDirectory(dir=BENCH) as made:
        folder = Path(made)
        np.save(folder / "passages.npy", rows)
        np.save(folder / "questions.npy", asked)
        (folder / "passages.jsonl").write_text("\n".join(json.dumps(each) for each in texts), encoding="utf-8")
        stores = ours(folder, frames, asked, asked_texts)
        for name in arguments.only.split(","):
            command = [str(environment(name)), str(ROOT / "benchmarks/peers/vector_stores.py"), name, str(folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{name} failed: {done.stderr[-600:]}", file=sys.stderr)
                continue
            stores[name] = json.loads(done.stdout.splitlines()[-1])
    for name, figures in stores.items():
        found = figures.pop("found")
        report[name] = figures | ({} if name == "ours, hybrid" else {"recall": recall(found, rows, asked)})
        print(name, json.dumps(report[name]))
    if arguments.json:
        print(json.dumps({"name": "retrieval: 200,000 passages beside vector stores", **report}))


if __name__ == "__main__":
    main()
