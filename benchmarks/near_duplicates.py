"""Edited copies found among real reviews, beside the cosine of letter 4-grams over all pairs and MinHash with bands.

    .venv/bin/python benchmarks/near_duplicates.py [--json]

One review in ten is copied, and each letter of the copy is, with the given chance, replaced, doubled by another or
dropped; then the same with only half of each copy. F1 over pairs. Each peer has its best threshold for each row; ours
is the same for all, chosen on other samples (seeds 2 and 3). Data come from PARVIS_DATA; where they are absent this
is said and nothing is measured.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from parvis.science.text import near_duplicates

DATA = Path(os.environ.get("PARVIS_DATA", ROOT / "../shared/data"))
ALPHABET = "abcdefghijklmnopqrstuvwxyz "
SEED = 7
HASHES, BANDS = 128, 32
Pairs = set[tuple[int, int]]


def edited(text: str, share: float, rng: np.random.Generator) -> str:
    """A copy with about ``share`` of its letters replaced, doubled or dropped."""
    out = []
    for char in text:
        if rng.random() >= share:
            out.append(char)
            continue
        way = rng.integers(3)
        if way < 2:
            out.append((char if way else "") + ALPHABET[rng.integers(len(ALPHABET))])
    return "".join(out)


def sample(reviews: list[str], size: int, share: float, *, halves: bool = False) -> tuple[list[str], Pairs]:
    """Reviews followed by the edited copies (or half of each copy) of the first tenth, and the true pairs."""
    rng = np.random.default_rng(SEED)
    base = [reviews[i] for i in rng.choice(len(reviews), size, replace=False)]
    copies = [edited(base[i], share, rng) for i in range(size // 10)]
    if halves:
        copies = [copy[: len(copy) // 2] if n % 2 else copy[len(copy) // 2 :] for n, copy in enumerate(copies)]
    return base + copies, {(i, size + i) for i in range(len(copies))}


def f1(found: Pairs, true: Pairs) -> float:
    """Harmonic mean of precision and recall over pairs."""
    return float(2 * len(found & true) / max(1, len(found) + len(true)))


def ours(texts: list[str]) -> Pairs:
    """Pairs by the library, at its own threshold."""
    found = near_duplicates(pl.DataFrame({"id": range(len(texts)), "text": texts}))
    return set(found.select("a", "b").rows())


def cosine(texts: list[str], true: Pairs) -> float:
    """Best F1 of the cosine of letter 4-grams over all pairs."""
    rows = TfidfVectorizer(analyzer="char", ngram_range=(4, 4), use_idf=False, sublinear_tf=True).fit_transform(texts)
    full = (rows @ rows.T).toarray()
    every = np.sort(full[np.triu_indices(len(texts), 1)])
    right = np.sort([full[a, b] for a, b in true])
    return max(
        float(2 * (right >= t).sum() / (len(every) - np.searchsorted(every, t) + len(true)))
        for t in np.linspace(0.1, 0.8, 71)
    )


def minhash(texts: list[str], true: Pairs) -> float:
    """Best F1 of MinHash (128 hashes of word pairs, 32 bands), candidates kept by their share of equal hashes."""
    rng = np.random.default_rng(0)
    prime = (1 << 31) - 1
    slope, shift = rng.integers(1, prime, HASHES), rng.integers(0, prime, HASHES)
    signs = []
    for text in texts:
        words = text.lower().split()
        shingles = {hash(pair) % prime for pair in itertools.pairwise(words)} or {0}
        signs.append(((np.array(sorted(shingles))[:, None] * slope + shift) % prime).min(axis=0))
    table = np.array(signs)
    width = HASHES // BANDS
    candidates: Pairs = set()
    for band in range(BANDS):
        buckets: dict[bytes, list[int]] = {}
        for row, part in enumerate(table[:, band * width : (band + 1) * width]):
            for other in buckets.setdefault(part.tobytes(), []):
                candidates.add((other, row))
            buckets[part.tobytes()].append(row)
    alike = {pair: float((table[pair[0]] == table[pair[1]]).mean()) for pair in candidates}
    return max(f1({p for p, value in alike.items() if value >= t}, true) for t in np.linspace(0.0, 0.6, 25))


def main() -> None:
    """Measure each share of edits, then how time grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    path = DATA / "womens_clothing_reviews.parquet"
    if not path.exists():
        print(f"skipped: no data under {DATA} (set PARVIS_DATA)")
        return
    reviews = pl.read_parquet(path)["review_text"].drop_nulls().unique(maintain_order=True).to_list()
    rows: list[dict[str, float]] = []
    for halves in (False, True):
        for share in (0.05, 0.15, 0.3):
            texts, true = sample(reviews, 2000, share, halves=halves)
            row = {"share": share, "halves": halves, "ours": f1(ours(texts), true), "cosine": cosine(texts, true)}
            rows.append({k: round(v, 3) for k, v in (row | {"minhash": minhash(texts, true)}).items()})
            print(rows[-1], flush=True)
    times = {}
    for size in (2000, 4000, 8000):
        texts, _ = sample(reviews, size, 0.15)
        start = time.process_time()
        ours(texts)
        times[size] = round(time.process_time() - start, 2)
    print("processor seconds by number of reviews", times, "| load", os.getloadavg()[0])
    if asked.json:
        last = rows[2]
        headline = {"name": "near_duplicates_f1_30", "ours": last["ours"], "peer": last["cosine"]}
        print(json.dumps(headline | {"rows": rows, "seconds": times}))


if __name__ == "__main__":
    main()
