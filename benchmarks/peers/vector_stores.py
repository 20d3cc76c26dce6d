"""One vector store, asked from its own environment: reads what `retrieval_peers.py` wrote, prints a line of JSON.

    python vector_stores.py STORE FOLDER     (STORE: chroma, lancedb, txtai)

FOLDER holds passages.jsonl (one text a line), passages.npy, questions.npy (unit vectors). Each store is used as its
documentation has it for an embedded collection with given vectors; nothing is fetched.
"""

# Only numpy and the store itself are installed where this runs.

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

K = 10
Ask = Callable[[np.ndarray], list[int]]


def chroma(folder: Path, texts: list[str], rows: np.ndarray) -> Ask:
    """A persistent collection in cosine space (HNSW, default settings)."""
    import chromadb

    client = chromadb.PersistentClient(
        path=str(folder / "chroma"), settings=chromadb.Settings(anonymized_telemetry=False)
    )
    collection = client.create_collection("passages", metadata={"hnsw:space": "cosine"}, embedding_function=None)
    for start in range(0, len(texts), 5_000):
        part = slice(start, start + 5_000)
        ids = [str(each) for each in range(start, min(len(texts), start + 5_000))]
        collection.add(ids=ids, embeddings=rows[part], documents=texts[part])

    def ask(vector: np.ndarray) -> list[int]:
        found = collection.query(query_embeddings=[vector.tolist()], n_results=K, include=["documents", "distances"])
        return [int(each) for each in found["ids"][0]]

    return ask


def lancedb(folder: Path, texts: list[str], rows: np.ndarray) -> Ask:
    """A table with the IVF index that its documentation advises (cosine), asked with its default refinement."""
    import lancedb as lance
    import pyarrow as pa

    base = lance.connect(str(folder / "lance"))
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel(), pa.float32()), rows.shape[1])
    table = base.create_table("passages", pa.table({"id": np.arange(len(texts)), "text": texts, "vector": vectors}))
    table.create_index(metric="cosine", vector_column_name="vector", index_type="IVF_HNSW_SQ")

    def ask(vector: np.ndarray) -> list[int]:
        found = table.search(vector).distance_type("cosine").limit(K).select(["id", "text"]).to_arrow()
        return [int(each) for each in found["id"].to_pylist()]

    return ask


def txtai(folder: Path, texts: list[str], rows: np.ndarray) -> Ask:
    """Embeddings with external vectors and content (its default index), vectors looked up by the text's number."""
    from txtai.embeddings import Embeddings

    questions: dict[str, np.ndarray] = {}

    def transform(several: Any) -> np.ndarray:
        return np.stack([questions[each] if each in questions else rows[int(each)] for each in several])

    made = Embeddings({"method": "external", "transform": transform, "content": False})
    made.index((number, str(number), None) for number in range(len(texts)))

    def ask(vector: np.ndarray) -> list[int]:
        questions["?"] = vector
        found = [(number, texts[int(number)]) for number, _ in made.search("?", K)]
        return [int(number) for number, _ in found]

    return ask


def main() -> None:
    """Fill the store, ask, print."""
    store, folder = sys.argv[1], Path(sys.argv[2])
    texts = [json.loads(line) for line in (folder / "passages.jsonl").read_text("utf-8").splitlines()]
    rows, asked = np.load(folder / "passages.npy"), np.load(folder / "questions.npy")
    start = time.perf_counter()
    ask = {"chroma": chroma, "lancedb": lancedb, "txtai": txtai}[store](folder, texts, rows)
    built = time.perf_counter() - start
    found, times, spent = [], [], []
    for vector in [*asked[:10], *asked]:
        start, worked = time.perf_counter(), time.process_time()
        found.append(ask(vector))
        times.append((time.perf_counter() - start) * 1000)
        spent.append((time.process_time() - worked) * 1000)
    figures: dict[str, Any] = {"built_s": round(built, 1), "found": found[10:]}
    for name, values in (("clock", sorted(times[10:])), ("processor", sorted(spent[10:]))):
        figures[f"{name}_p50_ms"] = round(statistics.median(values), 2)
        figures[f"{name}_p95_ms"] = round(values[int(0.95 * (len(values) - 1))], 2)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
