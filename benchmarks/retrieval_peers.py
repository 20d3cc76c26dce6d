"""Our index beside txtai, Chroma and LanceDB: 200,000 passages, the same vectors given to all, in one run.

    .venv/bin/python benchmarks/retrieval_peers.py [--passages 200000] [--only txtai,chroma] [--rounds 2] [--json]

Every store gets the same texts and the same unit vectors (our static ones, 256 numbers), and is asked for the ten
closest passages of each held-out question, one at a time, ids and texts. Recall is the share of the ten that a full
comparison of the exact vectors finds. "default" is a store as it comes ("bare": one that keeps no texts; they are held
in memory for it), "thorough" one that looks further, "hybrid" words beside vectors where a store has that; ours then
also reads sentences, and gives quotes and the chance of an answer.

Each store runs in a process of its own, a peer in an environment that this script makes, and all stay open: every
question goes to one store after the other, so that what else the machine does meets all alike. What was encoded and
filled is kept under var/bench/peers: an interrupted run goes on where it was.
"""

import argparse
import json
import statistics
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from benchmarks.peers.vector_stores import Ask, K, Work, serve
from benchmarks.retrieval_large import BENCH, passages, questions

from parvis.science.retrieval import Index, static
from parvis.science.retrieval.candidates import nearest_passages

PEERS = {
    "txtai": ["txtai", "torch==2.13.0", "numpy"],
    "chroma": ["chromadb"],
    "lancedb": ["lancedb", "pandas==2.3.3"],
}
THOROUGH = 0.4  # share of the rows that ours compares then
WARMING = 10


def environment(name: str) -> Path:
    """The interpreter of a peer's environment, made when it is missing."""
    place = BENCH / "peers" / f"env-{name}"
    if not (place / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        subprocess.run([str(place / "bin" / "pip"), "-q", "install", *PEERS[name]], check=True)
        (place / "done").write_text("")
    return place / "bin" / "python"


def prepared(count: int) -> Path:
    """The folder with texts and vectors of passages and questions, made when it is missing."""
    place = BENCH / "peers" / str(count)
    if not (place / "questions.npy").exists():
        place.mkdir(parents=True, exist_ok=True)
        texts = [text for frame in passages(count) for text in frame["text"].to_list()]
        for name, lines in (("passages", texts), ("questions", questions())):
            (place / f"{name}.jsonl").write_text("\n".join(json.dumps(each) for each in lines), encoding="utf-8")
        np.save(place / "passages.npy", static.texts(texts, ["en"] * count))
        languages = pl.read_csv(ROOT / "tools/retrieval/held_out.csv")["language"].to_list()
        np.save(place / "questions.npy", static.texts(questions(), languages))
    return place


def ours(work: Work) -> dict[str, Ask]:
    """Our index on disk: the closest by static vectors alone, and the whole search."""
    if not work.filled():
        Index.build(pl.concat(list(passages(len(work.texts)))), path=work.place / "index")
    index = Index.open(work.place / "index")

    def closest(number: int, **how: float) -> list[int]:
        found = nearest_passages(index._refresh(), index._near, work.asked[number], K, **how)
        return [int(each.id) for each in found]

    def whole(number: int) -> list[int]:
        frame = pl.DataFrame({"id": [0], "text": [work.questions[number]]})
        found: list[int] = index.search(frame, k=K)["id"].to_list()
        return found

    return {
        "default": closest,
        "thorough": lambda number: closest(number, probed=THOROUGH),
        "hybrid": whole,
    }


class Store:
    """A store in a process of its own, asked by lines."""

    def __init__(self, name: str, command: list[str], stack: ExitStack) -> None:
        self.name = name
        pipe = subprocess.PIPE
        self.process = stack.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True))
        told = json.loads(self._line())
        self.settings, self.built = told["settings"], told["built_s"]
        self.answers: dict[str, list[dict[str, Any]]] = {each: [] for each in self.settings}

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended")
        return line

    def say(self, line: str) -> Any:
        """One line there, one back."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self._line())

    def close(self) -> None:
        """Let it end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)


def recall(found: list[list[int]], rows: np.ndarray, asked: np.ndarray) -> float:
    """Share of the ten closest by a full comparison that was found; equals of the tenth count as well."""
    shares = []
    for number, ids in enumerate(found):
        scores = rows @ asked[number % len(asked)]
        tenth = np.partition(scores, -K)[-K]
        shares.append(min(K, sum(scores[each] >= tenth - 1e-6 for each in set(ids))) / K)
    return round(statistics.mean(shares), 3)


def spread(values: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    ordered = sorted(values)
    return round(statistics.median(ordered), 2), round(ordered[int(0.95 * (len(ordered) - 1))], 2)


def measure(stores: list[Store], count: int, rounds: int) -> None:
    """Every question to every setting of every store, in turn."""
    for number in [*range(WARMING), *(list(range(count)) * rounds)]:
        for store in stores:
            for setting in store.settings:
                store.answers[setting].append(store.say(f"{setting} {number}"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--only", default=",".join(PEERS))
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve("ours", arguments.serve, {"ours": ours})
        return
    folder = prepared(arguments.passages)
    rows, asked = np.load(folder / "passages.npy"), np.load(folder / "questions.npy")
    script = str(ROOT / "benchmarks/peers/vector_stores.py")
    report: dict[str, Any] = {"passages": arguments.passages}
    with ExitStack() as stack:
        stores = [Store("ours", [sys.executable, __file__, "--serve", str(folder)], stack)]
        stores += [
            Store(name, [str(environment(name)), script, name, str(folder)], stack)
            for name in arguments.only.split(",")
        ]
        measure(stores, len(asked), arguments.rounds)
        for store in stores:
            figures: dict[str, Any] = {"built_s": store.built, "memory_mb": store.say("memory")}
            for setting, given in store.answers.items():
                answers = given[WARMING:]
                told: dict[str, Any] = {}
                for kind in ("clock", "processor"):
                    told[f"{kind}_p50_ms"], told[f"{kind}_p95_ms"] = spread([each[kind] for each in answers])
                if setting != "hybrid":  # nothing says which passages a hybrid search should find here
                    told["recall"] = recall([each["found"] for each in answers[: len(asked)]], rows, asked)
                figures[setting] = told
                print(f"{store.name:8} {setting:9} {json.dumps(told)}", flush=True)
            report[store.name] = figures
            print(f"{store.name:8} built {store.built}, {figures['memory_mb']} MB", flush=True)
            store.close()
    if arguments.json:
        print(json.dumps({"name": "retrieval: 200,000 passages beside vector stores", **report}))


if __name__ == "__main__":
    main()
