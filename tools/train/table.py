"""What every training script shares: documents, sparse tables over hashed n-grams, splits, model cards."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse as sp
from tools.train.shown import FILES, shown

from parvis.science.text import grams
from parvis.science.text.linear import keys
from parvis.science.text.lookup import Lookup
from parvis.science.text.tokens import cut

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "src/parvis/science/text/models"
CARDS = ROOT / "docs/models"
PACKED = ROOT / "src/parvis/science/text/cards"
DATA = Path(os.environ.get("PARVIS_DATA", ROOT / "../shared/data"))
CHUNK = 1000

Documents = list[tuple[str, ...]]


def read(name: str) -> pl.DataFrame:
    """One data set by name."""
    return pl.read_parquet(DATA / f"{name}.parquet")


@dataclass
class Table:
    """Documents as counts of hashed features, before any vocabulary is chosen."""

    doc: np.ndarray
    key: np.ndarray
    size: int

    @staticmethod
    def of(
        documents: list[tuple[str, ...]],
        *,
        words: tuple[int, ...] = (1, 2, 3),
        letters: tuple[int, ...] = (),
        negation: bool = True,
    ) -> Table:
        """Each document is a tuple of pieces (title, text): no n-gram runs from one to the next."""
        docs, found = [], []
        for start in range(0, len(documents), CHUNK):
            part = documents[start : start + CHUNK]
            rows = np.repeat(np.arange(len(part)), [len(d) for d in part])
            tokens = cut([piece for document in part for piece in document])
            met = [grams.words(tokens, words, negation=negation)] if words else []
            met += [grams.letters(tokens, letters)] if letters else []
            both = grams.Grams.join(met).among(rows)
            docs.append(both.piece + start)
            found.append(keys(both.hash))
        return Table(np.concatenate(docs), np.concatenate(found), len(documents))

    def choose(self, rows: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray]:
        """Vocabulary (sorted keys met in at least ``least`` of the rows) and its smoothed idf."""
        mine = np.zeros(self.size, dtype=bool)
        mine[rows] = True
        use = mine[self.doc]
        pairs = np.unique(self.doc[use].astype(np.uint64) << np.uint64(32) | self.key[use].astype(np.uint64))
        vocabulary, count = np.unique((pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32), return_counts=True)
        kept = count >= least
        idf = np.log((1 + len(rows)) / (1 + count[kept])) + 1
        return vocabulary[kept], idf.astype(np.float16).astype(np.float32)

    def matrix(self, vocabulary: np.ndarray, idf: np.ndarray) -> sp.csr_matrix:
        """Rows as ``parvis.science.text.linear.Linear`` makes them: counts times idf, over their length."""
        known, place = Lookup(vocabulary).find(self.key)
        counts = sp.csr_matrix(
            (np.ones(known.sum()), (self.doc[known], place[known])), shape=(self.size, len(vocabulary))
        )
        counts.sum_duplicates()
        rarity = idf.astype(float)
        norm = np.sqrt(counts @ (rarity * rarity))
        norm[norm == 0] = 1
        return sp.csr_matrix(sp.diags(1 / norm) @ counts @ sp.diags(rarity))


def split(size: int, *, seed: int = 7, share: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers for training and for the final report."""
    order = np.random.default_rng(seed).permutation(size)
    held = int(size * share)
    return np.sort(order[held:]), np.sort(order[:held])


def card(name: str, text: str) -> None:
    """Write the model card."""
    CARDS.mkdir(exist_ok=True)
    (CARDS / f"{name}.md").write_text(text.strip() + "\n", encoding="utf-8")


def pack(
    name: str, title: str, version: str, kind: str, data: list[str], figures: dict[str, object], limits: str
) -> None:
    """Put the card beside the model files, with their digests: what the studio shows."""
    from parvis.science.text.model_cards import digest

    held = {
        "title": title,
        "version": version,
        "kind": kind,
        "data": data,
        "measured": figures,
        "shown": shown(name, figures),
        "limits": limits,
        "files": {file: digest(file) for file in FILES[name]},
    }
    PACKED.mkdir(exist_ok=True)
    (PACKED / f"{name}.json").write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
