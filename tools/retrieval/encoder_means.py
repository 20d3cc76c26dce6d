"""Measure the means that `science/retrieval/encoder.py` subtracts, and write them.

    .venv/bin/python tools/retrieval/encoder_means.py

Passages: clothing reviews (CC0, English), film reviews (MIT) and PIAF paragraphs (Licence Ouverte), both French.
Questions: those of `tools/retrieval/questions.csv`, PIAF's (French), and shop-care utterances (CDLA-Sharing, English).
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl

from parvis.science.retrieval.encoder import Encoder

HERE = Path(__file__).parent
DATA = Path(os.environ.get("PARVIS_DATA", HERE.parents[1].parent / "shared" / "data"))
TARGET = HERE.parents[1] / "src" / "parvis" / "science" / "retrieval" / "data" / "encoder_means.npz"
SEED = 5


def sample(name: str, column: str, count: int) -> list[str]:
    """Some texts of a data set, at most 800 characters of each."""
    shipped = HERE.parents[1] / "data" / f"{name}.parquet"
    table = (
        pl.read_parquet(shipped if shipped.exists() else DATA / f"{name}.parquet")
        .drop_nulls(column)
        .unique(column, maintain_order=True)
    )
    return [text[:800] for text in table.sample(count, seed=SEED)[column].to_list()]


def main() -> None:
    """Encode the samples and write one mean per kind and language; languages without data share the mean of both."""
    encoder = Encoder(threads=2)
    own = pl.read_csv(HERE / "questions.csv")
    written = {code: own.filter(pl.col("language") == code)["question"].to_list() for code in ("fr", "en")}
    texts = {
        "passage_en": sample("womens_clothing_reviews", "review_text", 500),
        "passage_fr": sample("fr_allocine_reviews", "text", 300) + sample("fr_piaf_qa", "context", 150),
        "question_en": written["en"] + sample("bitext_customer_service", "utterance", 130),
        "question_fr": written["fr"] + sample("fr_piaf_qa", "question", 130),
    }
    means = {}
    for name, each in texts.items():
        means[name] = encoder.raw(each, questions=name.startswith("question")).mean(axis=0).astype(np.float32)
        print(name, len(each))
    for kind in ("passage", "question"):
        means[f"{kind}_xx"] = (means[f"{kind}_fr"] + means[f"{kind}_en"]) / 2
    np.savez_compressed(TARGET, **means)


if __name__ == "__main__":
    main()
