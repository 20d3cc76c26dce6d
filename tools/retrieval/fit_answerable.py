"""Fit the weights of `answerable` and print how well they hold on products and articles left out.

    .venv/bin/python tools/retrieval/fit_answerable.py [--write]

Data: `tools/retrieval/questions.csv` (written for the project) on the clothing reviews (CC0, in `data/`), and PIAF
(Licence Ouverte) under PARVIS_DATA. `tools/retrieval/held_out.csv` is never fitted: `benchmarks/retrieval.py` measures
on it.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import GroupKFold

from parvis.science.retrieval import Index
from parvis.science.retrieval import answerable as chance
from parvis.science.retrieval.candidates import gather
from parvis.science.retrieval.encoder import Encoder
from parvis.science.retrieval.question import read
from parvis.science.retrieval.ranking import Hit, rank

HERE = Path(__file__).parent
DATA = Path(os.environ.get("PARVIS_DATA", HERE.parents[1].parent / "shared" / "data"))
TARGET = HERE.parents[1] / "src" / "parvis" / "science" / "retrieval" / "data" / "answerable.json"
PIAF_WEIGHT = 0.1  # a question about an encyclopedia teaches less about shopping than one of ours


def reviews() -> pl.DataFrame:
    """The clothing reviews as passages, grouped by product."""
    table = pl.read_parquet(HERE.parents[1] / "data" / "womens_clothing_reviews.parquet").drop_nulls("review_text")
    text = pl.concat_str([pl.col("title").fill_null(""), pl.lit("\n"), "review_text"]).str.strip_chars()
    return table.select(id=pl.col("row_id").cast(pl.Int64), text=text, group="clothing_id", language=pl.lit("en"))


def own_questions() -> pl.DataFrame:
    """The project's questions: group, language, answered, question, reviews."""
    return pl.read_csv(HERE / "questions.csv")


def hits_of(index: Index, text: str, *, language: str, group: Any, vector: Any) -> tuple[Any, list[Hit]]:
    """The analysed question with everything found for it, best first."""
    view = index._refresh()
    question = read(text, searcher=view.searcher, language=language)
    found = gather(
        view,
        index._vectors,
        question=question,
        vector=vector,
        required=index._in_group(group),
        depth=50,
    )
    return question, rank(question, found)


def encoded(name: str, encoder: Encoder, texts: list[str], languages: list[str], *, questions: bool) -> Any:
    """Vectors of texts, kept in the cache folder between runs (encoding takes minutes)."""
    cache = Path(os.environ.get("PARVIS_CACHE", HERE.parents[1] / "var" / "cache")) / f"{name}.npy"
    if cache.exists():
        stored = np.load(cache)
        if len(stored) == len(texts):
            return stored
    made = (encoder.questions if questions else encoder.passages)(texts, languages)
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.save(cache, made)
    return made


def own_rows(encoder: Encoder) -> list[dict[str, Any]]:
    """Features of the project's questions, asked of all reviews of their product."""
    table, asked = reviews(), own_questions()
    index = Index.build(table)
    near = table.filter(pl.col("group").is_in(asked["group"].unique().to_list()))
    vectors = encoded("own_passages", encoder, near["text"].to_list(), ["en"] * near.height, questions=False)
    index.attach_vectors(near["id"].to_list(), vectors)
    of_questions = encoded(
        "own_questions", encoder, asked["question"].to_list(), asked["language"].to_list(), questions=True
    )
    rows = []
    for row, vector in zip(asked.to_dicts(), of_questions, strict=True):
        question, hits = hits_of(index, row["question"], language=row["language"], group=row["group"], vector=vector)
        rows.append(_row(question, hits, row["answered"], f"own{row['group']}", "own", 1.0, row["language"]))
    return rows


def _row(question: Any, hits: list[Hit], label: int, group: str, source: str, weight: float, language: str) -> Any:
    found = dict.fromkeys((*chance.WORDS, *chance.MEANING), 0.0) | chance.features(question, hits)
    return {**found, "label": label, "group": group, "source": source, "weight": weight, "language": language}


def piaf_rows(encoder: Encoder) -> list[dict[str, Any]]:
    """Each question twice: asked of its article, and of its article without the passage that answers."""
    table = pl.read_parquet(DATA / "fr_piaf_qa.parquet")
    passages = table.unique("context", maintain_order=True).select(id="id", text="context", group="title")
    passages = passages.with_columns(language=pl.lit("fr"))
    index = Index.build(passages)
    french = ["fr"] * passages.height
    index.attach_vectors(
        passages["id"].to_list(),
        encoded("piaf_passages", encoder, passages["text"].to_list(), french, questions=False),
    )
    of_questions = encoded(
        "piaf_questions", encoder, table["question"].to_list(), ["fr"] * table.height, questions=True
    )
    gold = dict(zip(passages["text"], passages["id"], strict=True))
    rows = []
    for row, vector in zip(table.to_dicts(), of_questions, strict=True):
        question, hits = hits_of(index, row["question"], language="fr", group=row["title"], vector=vector)
        without = [hit for hit in hits if hit.passage.id != gold[row["context"]]]
        if not without:
            continue
        for label, kept in ((1, hits), (0, without)):
            rows.append(_row(question, kept, label, row["title"], "piaf", PIAF_WEIGHT, "fr"))
    return rows


def fit(frame: pl.DataFrame, names: tuple[str, ...]) -> LogisticRegression:
    """A ridge logistic regression on the given features."""
    model = LogisticRegression(C=1.0, max_iter=2_000)
    return model.fit(frame.select(names).to_numpy(), frame["label"].to_numpy(), frame["weight"].to_numpy())


def judge(frame: pl.DataFrame, names: tuple[str, ...]) -> dict[str, float]:
    """Out-of-fold quality on the project's questions, folds by product."""
    own = frame.filter(pl.col("source") == "own")
    other = frame.filter(pl.col("source") != "own")
    predicted = np.zeros(own.height)
    for train, test in GroupKFold(8).split(own["label"], groups=own["group"].to_numpy()):
        model = fit(pl.concat([own[train], other]), names)
        predicted[test] = model.predict_proba(own[test].select(names).to_numpy())[:, 1]
    label = own["label"].to_numpy()
    bins = np.clip((predicted * 5).astype(int), 0, 4)
    error = sum(abs(predicted[bins == b].mean() - label[bins == b].mean()) * (bins == b).mean() for b in set(bins))
    report = {"auc": roc_auc_score(label, predicted), "brier": brier_score_loss(label, predicted), "error": error}
    report["accuracy"] = float(((predicted >= 0.5) == label).mean())
    for language in ("fr", "en"):
        of = (own["language"] == language).to_numpy()
        report[f"auc_{language}"] = roc_auc_score(label[of], predicted[of])
    return {name: round(float(value), 3) for name, value in report.items()}


def main() -> None:
    """Fit, report, and write the weights with `--write`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    encoder = Encoder(threads=2)
    frame = pl.DataFrame(own_rows(encoder) + piaf_rows(encoder))
    result: dict[str, Any] = {}
    for kind, names in (("words", chance.WORDS), ("meaning", chance.WORDS + chance.MEANING)):
        report = judge(frame, names)
        model = fit(frame, names)
        weights = dict(zip(names, (round(float(each), 4) for each in model.coef_[0]), strict=True))
        result[kind] = {"intercept": round(float(model.intercept_[0]), 4), **weights}
        print(kind, report, result[kind])
        result[f"{kind}_report"] = report
    if arguments.write:
        TARGET.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
