"""Finding the passages that answer, beside plain BM25 on the same texts in the same run.

    .venv/bin/python benchmarks/retrieval.py [--json] [--vectors] [--many 0]

PIAF: every French question against all 435 paragraphs (peer: tantivy's BM25 with its default tokenizer, any word; and
with French stems). Reviews: the project's held-out questions, French and English, against the English reviews of the
product; and whether they are answered at all. SubjQA: questions against the reviews of the item. Questions of PIAF and
SubjQA come from PARVIS_DATA; what is absent is skipped and said so. `--vectors` adds the bundled encoder (some ten
minutes the first time; its vectors are kept under var/bench). `--many N` times an index of N passages.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from benchmarks.retrieval_scoring import DATA, Figures, K, Peer, area, ranked, score, vectors
from benchmarks.retrieval_subjqa import subjqa

from parvis.science.retrieval import Index, static


def piaf(*, dense: bool) -> Figures | None:
    """French questions against paragraphs of an encyclopedia."""
    path = DATA / "fr_piaf_qa.parquet"
    if not path.exists():
        return None
    table = pl.read_parquet(path)
    passages = table.unique("context", maintain_order=True).select("id", text="context", group="title")
    passages = passages.with_columns(language=pl.lit("fr"))
    by_text = dict(zip(passages["text"], passages["id"], strict=True))
    gold = {row["id"]: {by_text[row["context"]]} for row in table.iter_rows(named=True)}
    questions = table.select("id", text="question")
    index = Index.build(passages)
    found = index.search(questions, k=K)
    figures: Figures = {"passages": passages.height, "ours_words": score(ranked(found), gold)}
    figures["quotes"] = quoting(found, table, by_text)
    if dense:
        french = ["fr"] * max(passages.height, questions.height)
        rows = vectors("piaf_passages", passages["text"].to_list(), french[: passages.height], questions=False)
        index.attach_vectors(passages["id"].to_list(), rows)
        asked = vectors("piaf_questions", questions["text"].to_list(), french[: questions.height], questions=True)
        questions = questions.with_columns(vector=pl.Series(asked.tolist(), dtype=pl.List(pl.Float32)))
        figures["ours_with_vectors"] = score(ranked(index.search(questions, k=K)), gold)
    for name, stems in (("peer_bm25", None), ("peer_bm25_french_stems", "french")):
        peer = Peer(passages, stems=stems)
        asked_rows = questions.select("id", "text").iter_rows()
        figures[name] = score({query: peer.search(text) for query, text in asked_rows}, gold)
    return figures


def quoting(found: pl.DataFrame, table: pl.DataFrame, by_text: dict[str, Any]) -> Figures:
    """How often the quote of the right passage holds (part of) the answer, beside the passage's first sentence."""
    from parvis.science.retrieval.quotes import split

    quotes = {(row["query"], row["id"]): (row["start"], row["end"]) for row in found.iter_rows(named=True)}
    held, first, lengths = [], [], []
    for row in table.iter_rows(named=True):
        span = quotes.get((row["id"], by_text[row["context"]]))
        if span is None:
            continue
        begin, end = row["answer_start"], row["answer_start"] + len(row["answer"])
        opening = split(row["context"])[0]
        held.append(span[0] < end and begin < span[1])
        first.append(opening.start < end and begin < opening.end)
        lengths.append(span[1] - span[0])
    return {
        "passages_found": len(held),
        "quote_holds_answer": round(statistics.mean(held), 3),
        "first_sentence_holds_answer": round(statistics.mean(first), 3),
        "characters": round(statistics.mean(lengths)),
    }


def reviews() -> pl.DataFrame:
    """The clothing reviews as passages, grouped by product."""
    table = pl.read_parquet(ROOT / "data" / "womens_clothing_reviews.parquet").drop_nulls("review_text")
    text = pl.concat_str([pl.col("title").fill_null(""), pl.lit("\n"), "review_text"]).str.strip_chars()
    return table.select(id=pl.col("row_id").cast(pl.Int64), text=text, group="clothing_id", language=pl.lit("en"))


def held_out(*, dense: bool) -> Figures:
    """The project's held-out questions to the reviews of a product, French and English."""
    passages = reviews()
    asked = pl.read_csv(ROOT / "tools" / "retrieval" / "held_out.csv").with_row_index("id")
    asked = asked.with_columns(pl.col("id").cast(pl.Int64))
    index = Index.build(passages)
    questions = asked.select("id", text="question", group="group")
    figures: Figures = {"ours_words": _judged(index.search(questions, k=K), asked)}
    if dense:
        near = passages.filter(pl.col("group").is_in(asked["group"].unique().to_list()))
        rows = vectors("held_passages", near["text"].to_list(), ["en"] * near.height, questions=False)
        index.attach_vectors(near["id"].to_list(), rows)
        languages = asked["language"].to_list()
        made = vectors("held_questions", asked["question"].to_list(), languages, questions=True)
        questions = questions.with_columns(vector=pl.Series(made.tolist(), dtype=pl.List(pl.Float32)))
        figures["ours_with_vectors"] = _judged(index.search(questions, k=K), asked)
    peer = Peer(passages, stems="english")
    found = {row["id"]: peer.search(row["text"], group=row["group"]) for row in questions.to_dicts()}
    figures["peer_bm25_english_stems"] = {
        language: score(found, _gold(asked.filter(pl.col("language") == language))) for language in ("fr", "en")
    }
    return figures


def french_to_english(*, dense: bool) -> Figures:
    """The 72 French questions of `data/questions/fr_en.jsonl` that nothing was chosen on, to English reviews: of the
    product, and of the whole shop; by words, by static vectors alone, by the encoder alone, and together."""
    passages = reviews()
    asked = pl.read_ndjson(ROOT / "data" / "questions" / "fr_en.jsonl").filter(pl.col("split") == "report")
    gold = {row["id"]: set(row["reviews"]) for row in asked.to_dicts()}
    questions = asked.select("id", text="question", group="product", language=pl.lit("fr"))
    anywhere = questions.drop("group")
    peer = Peer(passages, stems="english")
    plain = {row["id"]: peer.search(row["text"], group=row["group"]) for row in questions.to_dicts()}
    figures: Figures = {"questions": asked.height, "product": {"peer_bm25_english_stems": score(plain, gold)}}
    index = Index.build(passages)
    figures["product"]["ours_fresh"] = score(ranked(index.search(questions, k=K)), gold)
    figures["shop"] = {"ours_fresh": score(ranked(index.search(anywhere, k=K)), gold)}
    near = passages.filter(pl.col("group").is_in(asked["product"].unique().to_list()))
    alone = {"static_alone": (static.texts(near["text"].to_list(), ["en"] * near.height),
                              static.texts(asked["question"].to_list(), ["fr"] * asked.height))}  # fmt: skip
    if dense:
        rows = vectors("fr_en_passages", near["text"].to_list(), ["en"] * near.height, questions=False)
        made = vectors("fr_en_questions", asked["question"].to_list(), ["fr"] * asked.height, questions=True)
        alone["encoder_alone"] = (rows, made)
        index.attach_vectors(near["id"].to_list(), rows)
        with_vector = questions.with_columns(vector=pl.Series(made.tolist(), dtype=pl.List(pl.Float32)))
        figures["product"]["ours_with_vectors"] = score(ranked(index.search(with_vector, k=K)), gold)
    for name, (rows, made) in alone.items():
        found = {}
        for row, vector in zip(asked.to_dicts(), made, strict=True):
            within = near.with_row_index("at").filter(pl.col("group") == row["product"])
            order = np.argsort(-(rows[within["at"].to_numpy()] @ vector), kind="stable")
            found[row["id"]] = [within["id"][int(place)] for place in order[:K]]
        figures["product"][name] = score(found, gold)
    return figures


def static_on_piaf(*, dense: bool) -> Figures | None:
    """Static vectors alone, beside the encoder alone, on the half of PIAF's articles that they were not distilled
    from: question to paragraph among all."""
    path = DATA / "fr_piaf_qa.parquet"
    if not path.exists():
        return None
    from tools.retrieval.corpus import piaf_articles

    table = pl.read_parquet(path)
    texts = table["context"].unique(maintain_order=True).to_list()
    unseen = table.with_row_index("row").filter(pl.col("title").is_in(list(piaf_articles()[1])))
    asked = unseen["question"].to_list()
    both = {"static_alone": (static.texts(texts, ["fr"] * len(texts)), static.texts(asked, ["fr"] * len(asked)))}
    if dense:
        rows = vectors("piaf_passages", texts, ["fr"] * len(texts), questions=False)
        made = vectors("piaf_questions", table["question"].to_list(), ["fr"] * table.height, questions=True)
        both["encoder_alone"] = (rows, made[unseen["row"].to_numpy()])
    where = {text: place for place, text in enumerate(texts)}
    gold = {number: {where[context]} for number, context in enumerate(unseen["context"])}
    figures: Figures = {}
    for name, (rows, made) in both.items():
        order = np.argsort(-(made @ rows.T), axis=1, kind="stable")[:, :K]
        figures[name] = score({number: found.tolist() for number, found in enumerate(order)}, gold)
    return figures


def _gold(asked: pl.DataFrame) -> dict[Any, set[Any]]:
    answered = asked.filter(pl.col("answered") == 1)
    return {row["id"]: {int(each) for each in str(row["reviews"]).split()} for row in answered.to_dicts()}


def _judged(found: pl.DataFrame, asked: pl.DataFrame) -> Figures:
    chances = dict(found.group_by("query").agg(pl.col("answerable").first()).iter_rows())
    figures: Figures = {}
    for language in ("fr", "en"):
        of = asked.filter(pl.col("language") == language)
        labels = [bool(each) for each in of["answered"]]
        guessed = [float(chances.get(each, 0.0)) for each in of["id"]]
        right = sum((chance >= 0.5) == label for chance, label in zip(guessed, labels, strict=True))
        figures[language] = {
            **score(ranked(found), _gold(of)),
            "answerable_auc": area(labels, guessed),
            "answerable_accuracy": round(right / len(labels), 3),
        }
    return figures


def speed(passages: pl.DataFrame, *, many: int) -> Figures:
    """Time to index on disk, to open, and to answer the held-out questions one by one, in milliseconds."""
    if many:
        copies = -(-many // passages.height)
        passages = pl.concat([passages] * copies).head(many).with_columns(id=pl.int_range(pl.len(), dtype=pl.Int64))
    asked = pl.read_csv(ROOT / "tools" / "retrieval" / "held_out.csv").with_row_index("id")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "index"
        built = _seconds(lambda: Index.build(passages, path=place))
        opened = _seconds(lambda: Index.open(place))
        index = Index.open(place)
        change = _seconds(lambda: (index.add(passages.head(500)), index.withdraw(passages["id"][:500].to_list())))
        figures: Figures = {"passages": passages.height, "passages_per_second": round(passages.height / built)}
        figures |= {"open_ms": round(opened * 1000, 1), "add_and_withdraw_500_ms": round(change * 1000, 1)}
        for scope in ("product", "everything"):
            times = []
            for row in asked.to_dicts():
                question = {"id": [row["id"]], "text": [row["question"]]}
                frame = pl.DataFrame(question | ({"group": [row["group"]]} if scope == "product" else {}))
                times.append(_seconds(lambda asking=frame: index.search(asking, k=5)) * 1000)
            ordered = sorted(times)
            figures[scope] = {
                "p50_ms": round(statistics.median(ordered), 2),
                "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 2),
            }
    return figures


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--vectors", action="store_true", help="also with the bundled encoder")
    parser.add_argument("--many", type=int, default=0, help="time an index of so many passages (copies of the reviews)")
    arguments = parser.parse_args()
    report: Figures = {}
    for name, measure in (
        ("piaf", lambda: piaf(dense=arguments.vectors)),
        ("held_out", lambda: held_out(dense=arguments.vectors)),
        ("french_to_english", lambda: french_to_english(dense=arguments.vectors)),
        ("static_on_piaf", lambda: static_on_piaf(dense=arguments.vectors)),
        ("subjqa", subjqa),
        ("speed", lambda: speed(reviews(), many=arguments.many)),
    ):
        report[name] = measure()
        print(f"{name}: {json.dumps(report[name]) if report[name] else 'skipped, its data is not under PARVIS_DATA'}")
    if not arguments.json:
        return
    measured = report["piaf"] or report["held_out"]
    if report["piaf"]:
        ours = (measured.get("ours_with_vectors") or measured["ours_words"])["r1"]
        peer, name = measured["peer_bm25_french_stems"]["r1"], "retrieval: R@1 on PIAF"
    else:
        ours, peer = measured["ours_words"]["en"]["r1"], measured["peer_bm25_english_stems"]["en"]["r1"]
        name = "retrieval: R@1 on held-out questions"
    print(json.dumps({"name": name, "ours": ours, "peer": peer, "ratio": round(ours / peer, 3), **report}))


if __name__ == "__main__":
    main()
