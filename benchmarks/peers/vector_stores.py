"""One vector store, asked from its own environment: reads what `retrieval_peers.py` wrote, then answers questions.

    python vector_stores.py STORE FOLDER     (STORE: chroma, lancedb, txtai)

FOLDER holds passages.jsonl (one text a line), passages.npy, questions.jsonl, questions.npy (unit vectors). Each store
is used as its documentation has it for an embedded collection with given vectors, filled once and kept under FOLDER;
nothing is fetched. The first line printed says which settings it has and how long filling took; then for each line read
(a setting and the number of a question) it prints the ids found and the milliseconds by the clock and of the processor.
"""

# Only numpy and the store itself are installed where this runs.

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

K = 10
Ask = Callable[[int], list[int]]


class Work:
    """What every store is given."""

    def __init__(self, folder: Path, store: str) -> None:
        def lines(name: str) -> list[str]:
            return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]

        self.texts, self.questions = lines("passages.jsonl"), lines("questions.jsonl")
        self.rows, self.asked = np.load(folder / "passages.npy"), np.load(folder / "questions.npy")
        self.place = folder / store

    def filled(self) -> bool:
        """Whether an earlier run filled the store; what one left half done is cleared away."""
        if (self.place / "done").exists():
            return True
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()
        return False


def chroma(work: Work) -> dict[str, Ask]:
    """A persistent collection in cosine space (HNSW) as it comes: how far an open one looks cannot be changed."""
    import chromadb

    there = work.filled()
    settings = chromadb.Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(path=str(work.place / "chroma"), settings=settings)

    def collection(name: str) -> Any:
        if there:
            return client.get_collection(name, embedding_function=None)
        made = client.create_collection(name, metadata={"hnsw:space": "cosine"}, embedding_function=None)
        for start in range(0, len(work.texts), 5_000):
            part = slice(start, start + 5_000)
            ids = [str(each) for each in range(start, min(len(work.texts), start + 5_000))]
            made.add(ids=ids, embeddings=work.rows[part], documents=work.texts[part])
        return made

    def asking(held: Any) -> Ask:
        def ask(number: int) -> list[int]:
            vector = work.asked[number]
            found = held.query(query_embeddings=[vector], n_results=K, include=["documents", "distances"])
            return [int(each) for each in found["ids"][0]]

        return ask

    return {"default": asking(collection("passages"))}


def lancedb(work: Work) -> dict[str, Ask]:
    """A table with the index that its documentation advises: as it comes, looking further, and with full text."""
    import lancedb as lance
    import pyarrow as pa

    there = work.filled()
    base = lance.connect(str(work.place / "lance"))
    if not there:
        vectors = pa.FixedSizeListArray.from_arrays(pa.array(work.rows.ravel(), pa.float32()), work.rows.shape[1])
        columns = {"id": np.arange(len(work.texts)), "text": work.texts, "vector": vectors}
        table = base.create_table("passages", pa.table(columns))
        table.create_index(metric="cosine", vector_column_name="vector", index_type="IVF_HNSW_SQ")
        table.create_fts_index("text", use_tantivy=False)
    table = base.open_table("passages")

    def ids(query: Any) -> list[int]:
        return [int(each) for each in query.limit(K).select(["id", "text"]).to_arrow()["id"].to_pylist()]

    def dense(number: int) -> Any:
        return table.search(work.asked[number]).distance_type("cosine")

    def hybrid(number: int) -> list[int]:
        query = table.search(query_type="hybrid").vector(work.asked[number]).text(work.questions[number])
        found = query.distance_type("cosine").limit(K).to_arrow()
        return [int(each) for each in found["id"].to_pylist()]

    return {
        "default": lambda number: ids(dense(number)),
        "thorough": lambda number: ids(dense(number).nprobes(50).ef(300).refine_factor(10)),
        "hybrid": hybrid,
    }


def txtai(work: Work) -> dict[str, Ask]:
    """Embeddings with external vectors: its default index, one that looks further, and words beside vectors."""
    from txtai.embeddings import Embeddings

    number_of = {text: number for number, text in enumerate(work.texts)}
    question_of = {text: number for number, text in enumerate(work.questions)}

    def transform(several: Any) -> np.ndarray:
        return np.stack(
            [work.asked[question_of[each]] if each in question_of else work.rows[number_of[each]] for each in several]
        )

    def made(name: str, **settings: Any) -> Any:
        found = Embeddings({"method": "external", "transform": transform, "content": False, **settings})
        place = work.place / name
        if place.exists():
            settings = json.loads((place / "config.json").read_text()) | {"transform": None}
            (place / "config.json").write_text(json.dumps(settings))  # a function is not saved with the rest
            found.load(str(place))
            found.model.transform = transform
        else:
            found.index((number, text, None) for number, text in enumerate(work.texts))
            found.save(str(place))
        return found

    def asking(held: Any) -> Ask:
        def ask(number: int) -> list[int]:
            found = [(place, work.texts[int(place)]) for place, _ in held.search(work.questions[number], K)]
            return [int(place) for place, _ in found]

        return ask

    def stored(held: Any) -> Ask:
        def ask(number: int) -> list[int]:
            return [int(each["id"]) for each in held.search(work.questions[number], K)]

        return ask

    work.filled()
    further = {"nprobe": max(6, int(4 * np.sqrt(len(work.texts))) // 5)}
    return {
        "bare": asking(made("default")),
        "default": stored(made("content", content=True)),
        "thorough": asking(made("thorough", faiss=further)),
        "hybrid": asking(made("hybrid", hybrid=True)),
    }


def serve(store: str, folder: Path, stores: dict[str, Callable[[Work], dict[str, Ask]]]) -> None:
    """Fill or open, then answer."""
    work = Work(folder, store)
    start, worked = time.perf_counter(), time.process_time()
    asks = stores[store](work)
    note = work.place / "done"
    if not note.exists():
        spent = {"clock": time.perf_counter() - start, "processor": time.process_time() - worked}
        note.write_text(json.dumps({name: round(seconds, 1) for name, seconds in spent.items()}))
    print(json.dumps({"settings": list(asks), "built_s": json.loads(note.read_text())}), flush=True)
    for line in sys.stdin:
        if line.strip() == "memory":
            fields = dict(each.split(":", 1) for each in Path("/proc/self/status").read_text().splitlines())
            print(json.dumps(int(fields["VmRSS"].split()[0]) // 1024), flush=True)
            continue
        setting, number = line.split()
        ask = asks[setting]
        start, worked = time.perf_counter(), time.process_time()
        found = ask(int(number))
        clock, processor = time.perf_counter() - start, time.process_time() - worked
        print(json.dumps({"found": found, "clock": clock * 1000, "processor": processor * 1000}), flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]), {"chroma": chroma, "lancedb": lancedb, "txtai": txtai})
