"""How well and how fast texts are read, beside what scikit-learn gives on the same splits.

    .venv/bin/python benchmarks/reading_quality.py [--json] [--moderation] [--elsewhere]

The peers are trained here: TF-IDF (1, 2) with ridge (stars, usefulness) or logistic regression (films). With
``--json`` the last line is one JSON object: name, ours, peer, ratio (peer's error over ours: above 1 we are better),
and every row. Data come from PARVIS_DATA; where they are absent this is said and nothing is measured. `--moderation`
adds toxicity and spam, `--elsewhere` reviews that no model may learn from, as shipped and with the brand's own labels
(some minutes each).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GroupKFold, KFold

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tools.train import elsewhere, measure, measure_safety, sentiment, usefulness
from tools.train.table import DATA, split

from parvis.science import text

Row = dict[str, object]


def _vectors(train: list[str], held: list[str]) -> tuple[object, object]:
    fitted = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    return fitted.fit_transform(train), fitted.transform(held)


def stars() -> Row:
    """Mean absolute error of stars on unseen clothing reviews."""
    documents, given = sentiment.clothing()
    train, held = split(len(given))
    texts = [" ".join(d) for d in documents]
    rows, unseen = _vectors([texts[i] for i in train], [texts[i] for i in held])
    guess = np.clip(Ridge(alpha=1.0).fit(rows, given[train]).predict(unseen), 1, 5)
    ours, _ = measure.clothing_stars()
    return {"name": "stars_mae_clothing", "ours": ours["mae_title_and_text"], "interval": ours["interval"]} | {
        "peer": round(float(np.abs(guess - given[held]).mean()), 4),
        "better": "lower",
    }


def films() -> Row:
    """Accuracy of good or bad on French films, five folds."""
    documents, positive = sentiment.films()
    texts = [d[1] for d in documents]
    right = np.zeros(len(positive))
    for train, held in KFold(5, shuffle=True, random_state=0).split(positive):
        rows, unseen = _vectors([texts[i] for i in train], [texts[i] for i in held])
        right[held] = (
            LogisticRegression(C=10, max_iter=500).fit(rows, positive[train]).predict(unseen) == positive[held]
        )
    ours, _ = measure.film_polarity()
    return {"name": "polarity_accuracy_films_fr", "ours": ours["accuracy"], "interval": ours["interval"]} | {
        "peer": round(float(right.mean()), 4),
        "better": "higher",
    }


def order() -> Row:
    """Rank correlation with votes inside unseen products."""
    frame = usefulness.reviews()
    texts = [f"{t or ''} {x}" for t, x in frame.select("title", "review_text").rows()]
    votes = np.log1p(frame["positive_feedback_count"].to_numpy())
    product = frame["clothing_id"].to_numpy()
    score = np.zeros(len(frame))
    for train, held in GroupKFold(5).split(product, groups=product):
        rows, unseen = _vectors([texts[i] for i in train], [texts[i] for i in held])
        score[held] = Ridge(alpha=3.0, solver="sparse_cg").fit(rows, votes[train]).predict(unseen)
    peer = measure.within(frame.with_columns(score=pl.Series(score)), 20)
    ours = measure.useful_order()
    return {"name": "usefulness_spearman_clothing", "ours": ours["spearman"], "interval": ours["interval"]} | {
        "peer": peer["spearman"],
        "better": "higher",
    }


def speed() -> Row:
    """Reviews a second of processor time for ``read``, in batches of 1,000, against the peer's star model alone."""
    documents, given = sentiment.clothing()
    frame = pl.DataFrame(
        {"id": range(len(given)), "title": [d[0] for d in documents], "text": [d[1] for d in documents]}
    )
    text.read(frame.head(10))
    start = time.process_time()
    for row in range(0, len(frame), 1000):
        text.read(frame[row : row + 1000])
    ours = len(frame) / (time.process_time() - start)
    texts = [" ".join(d) for d in documents]
    fitted = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    head = Ridge(alpha=1.0, solver="sparse_cg").fit(fitted.fit_transform(texts), given)
    start = time.process_time()
    for row in range(0, len(texts), 1000):
        head.predict(fitted.transform(texts[row : row + 1000]))
    peer = len(frame) / (time.process_time() - start)
    return {"name": "reviews_per_cpu_second", "ours": round(ours), "peer": round(peer), "better": "higher"}


def main() -> None:
    """Run everything and print a table, and with ``--json`` one object last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--moderation", action="store_true")
    parser.add_argument("--elsewhere", action="store_true")
    asked = parser.parse_args()
    if not (DATA / "womens_clothing_reviews.parquet").exists():
        print(f"skipped: no data under {DATA} (set PARVIS_DATA)")
        return
    rows = [stars(), films(), order(), speed()]
    print("languages, five words", measure.languages())
    moderation = measure_safety.moderation().figures if asked.moderation else None
    if asked.elsewhere:
        elsewhere.main()
    for row in rows:
        found = f"ours {row['ours']}  peer {row['peer']}  {row.get('interval', '')}"
        print(f"{row['name']:32} {found} ({row['better']} is better)")
    print("moderation", moderation, "| load", os.getloadavg()[0])
    if asked.json:
        ours, peer = float(str(rows[0]["ours"])), float(str(rows[0]["peer"]))
        headline = {"name": "reading_quality", "ours": ours, "peer": peer, "ratio": round(peer / ours, 3)}
        print(json.dumps(headline | {"rows": rows, "moderation": moderation}))


if __name__ == "__main__":
    main()
