"""Does the answer engine on the table say anything about a real one?

    .venv/bin/python benchmarks/answer_engine.py [--json] [--queries 464]

Real answers of one search engine (google_ai_answers, found by PARVIS_DATA; may not be shipped) name the pages that they
cite. Judged: among the ten or so organic results of a question, how well does our engine's score of a result's title
and snippet set the cited ones before the others (area under the curve within the question, averaged over questions with
both kinds)? Beside it: the search engine's own order, and chance. Intervals: bootstrap over questions.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
DATA = Path(os.environ.get("PARVIS_DATA", ROOT.parent / "shared" / "data")) / "google_ai_answers"


def address(link: str) -> str:
    """A page's address without what varies."""
    parts = urlsplit(link)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}".casefold()


def auc(scores: np.ndarray, cited: np.ndarray) -> float:
    """The chance that a cited result is scored above one that is not; ties count half."""
    yes, no = scores[cited], scores[~cited]
    return float(((yes[:, None] > no[None, :]) + 0.5 * (yes[:, None] == no[None, :])).mean())


def ours(question: str, texts: list[str]) -> np.ndarray:
    """Our engine's score of each text; zero for those it does not take."""
    import polars as pl

    from parvis.science.retrieval import Index

    index = Index.build(pl.DataFrame({"id": range(len(texts)), "text": texts}))
    hits = index.search(pl.DataFrame({"id": [0], "text": [question]}), k=len(texts))
    scores = np.zeros(len(texts))
    for row in hits.iter_rows(named=True):
        scores[row["id"]] = row["score"]
    return scores


def told(values: list[float]) -> dict[str, float]:
    drawn = np.random.default_rng(1).choice(values, size=(2000, len(values))).mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return {"auc": round(float(np.mean(values)), 3), "low": round(float(low), 3), "high": round(float(high), 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    parser.add_argument("--queries", type=int, default=464)
    chosen = parser.parse_args()
    if not DATA.exists():
        raise SystemExit("google_ai_answers is not there: set PARVIS_DATA")
    import polars as pl

    rows = pl.read_parquet(DATA / "results_and_citations.parquet")
    questions = dict(pl.read_parquet(DATA / "answers.parquet").select("qid", "query").iter_rows())
    by_engine: dict[str, dict[str, list[float]]] = {}
    engines = [name for name in rows["engine"].unique().sort().to_list() if name != "google_organic"]
    for qid in list(questions)[: chosen.queries]:
        mine = rows.filter(pl.col("qid") == qid)
        organic = mine.filter(pl.col("engine") == "google_organic").unique("link", keep="first", maintain_order=True)
        if organic.height < 4:
            continue
        texts = [f"{row['title']}\n{row['snippet'] or ''}" for row in organic.to_dicts()]
        score = ours(str(questions[qid]), texts)
        place = -np.array([float(each) for each in organic["position"].to_list()])
        for engine in engines:
            cited_links = {address(str(link)) for link in mine.filter(pl.col("engine") == engine)["link"].to_list()}
            cited = np.array([address(str(link)) in cited_links for link in organic["link"].to_list()])
            if cited.any() and not cited.all():
                kept = by_engine.setdefault(engine, {"ours": [], "own order": []})
                kept["ours"].append(auc(score, cited))
                kept["own order"].append(auc(place, cited))
    summary: dict[str, Any] = {"name": "cited results before others", "chance": 0.5}
    for engine, kept in by_engine.items():
        print(f"{engine}: {len(kept['ours'])} questions with cited and other results")
        for name, values in kept.items():
            summary[f"{engine} {name}"] = told(values)
            print(f"  {name}: {summary[f'{engine} {name}']}")
    if chosen.json:
        print(json.dumps(summary))


if __name__ == "__main__":
    main()
