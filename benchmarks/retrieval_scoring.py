"""What the measurements of retrieval share: where the questions are, how an order is scored, and the peer."""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from parvis.science.retrieval.encoder import Encoder

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PARVIS_DATA", ROOT.parent / "shared" / "data"))
BENCH = ROOT / "var" / "bench" / "retrieval"
K = 10
Ranked = dict[Any, list[Any]]
Figures = dict[str, Any]


def vectors(name: str, texts: Sequence[str], languages: Sequence[str], *, questions: bool) -> np.ndarray:
    """Vectors of the bundled encoder, kept between runs."""
    path = BENCH / f"{name}.npy"
    if path.exists() and len(stored := np.load(path)) == len(texts):
        return stored
    encoder = Encoder(threads=2)
    made = (encoder.questions if questions else encoder.passages)(texts, languages)
    BENCH.mkdir(parents=True, exist_ok=True)
    np.save(path, made)
    return made


def ranked(frame: pl.DataFrame) -> Ranked:
    """The ids found for each question, best first."""
    found: Ranked = {}
    for query, identifier in frame.select("query", "id").iter_rows():
        found.setdefault(query, []).append(identifier)
    return found


def score(found: Ranked, gold: dict[Any, set[Any]]) -> Figures:
    """R@1, R@5 and MRR@10 over all questions that have an answer, with the standard error of R@1."""
    ranks = []
    for query, right in gold.items():
        place = next((n for n, each in enumerate(found.get(query, [])[:K], 1) if each in right), None)
        ranks.append(place)
    count = len(ranks)
    first = sum(rank == 1 for rank in ranks) / count
    return {
        "questions": count,
        "r1": round(first, 3),
        "r5": round(sum(rank is not None and rank <= 5 for rank in ranks) / count, 3),
        "mrr": round(sum(1 / rank for rank in ranks if rank) / count, 3),
        "r1_se": round((first * (1 - first) / count) ** 0.5, 3),
    }


def area(labels: Iterable[bool], chances: Iterable[float]) -> float:
    """Area under the ROC curve."""
    from sklearn.metrics import roc_auc_score

    return round(float(roc_auc_score(list(labels), list(chances))), 3)


class Peer:
    """Plain BM25: tantivy as it comes, the question's words joined by "or"."""

    def __init__(self, passages: pl.DataFrame, *, stems: str | None = None) -> None:
        import tantivy

        builder = tantivy.SchemaBuilder().add_integer_field("n", stored=True)
        builder = builder.add_text_field("text", tokenizer_name="peer" if stems else "default")
        schema = builder.add_text_field("group", tokenizer_name="raw").build()
        self.index, self.schema, self.ids = tantivy.Index(schema), schema, passages["id"].to_list()
        if stems:
            analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
            self.index.register_tokenizer("peer", analyser.filter(tantivy.Filter.stemmer(stems)).build())
        writer = self.index.writer(50_000_000, 1)
        groups = passages["group"].cast(pl.String).to_list() if "group" in passages.columns else None
        for number, text in enumerate(passages["text"].to_list()):
            document = tantivy.Document(n=number, text=text)
            if groups:
                document.add_text("group", groups[number])
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def search(self, text: str, *, group: Any = None) -> list[Any]:
        """Ids of the ten best passages."""
        import tantivy

        words = " ".join(re.findall(r"\w+", text)).lower()
        query = self.index.parse_query(words, ["text"])
        if group is not None:
            must = tantivy.Occur.Must
            within = tantivy.Query.term_query(self.schema, "group", str(group))
            query = tantivy.Query.boolean_query([(must, query), (must, tantivy.Query.const_score_query(within, 0.0))])
        hits = self.searcher.search(query, K, count=False).hits
        return [self.ids[self.searcher.doc(address)["n"][0]] for _, address in hits]
