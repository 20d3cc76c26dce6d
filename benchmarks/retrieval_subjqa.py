"""SubjQA: questions against the reviews of the item; a part of `benchmarks/retrieval.py`."""

import numpy as np
import polars as pl
from benchmarks.retrieval_scoring import DATA, Figures, K, Peer, area, ranked, score
from sklearn.model_selection import GroupKFold

from parvis.science.retrieval import Index, static, teach


def subjqa() -> Figures | None:
    """English questions against the reviews of an item (10 reviews or more). Labels are sparse: a review that nobody
    judged counts as a miss."""
    path = DATA / "subjqa.parquet"
    if not path.exists():
        return None
    table = pl.read_parquet(path).with_columns(
        review=pl.col("review").str.replace(r"\s*ANSWERNOTFOUND\s*$", ""),
        answers=pl.col("human_ans_spans") != "ANSWERNOTFOUND",
    )
    table = table.filter(pl.col("review_id").n_unique().over("item_id") >= 10)
    passages = table.unique("review_id", maintain_order=True)
    passages = passages.select(id="review_id", text="review", group="item_id", language=pl.lit("en"))
    asked = table.group_by("item_id", "question", maintain_order=True).agg(
        right=pl.col("review_id").filter("answers").unique()
    )
    asked = asked.with_row_index("id")
    gold = {row["id"]: set(row["right"]) for row in asked.to_dicts() if row["right"]}
    index = Index.build(passages)
    found = ranked(index.search(asked.select("id", text="question", group="item_id"), k=K))
    peer = Peer(passages, stems="english")
    plain = {row["id"]: peer.search(row["question"], group=row["item_id"]) for row in asked.to_dicts()}
    figures: Figures = {"ours_words": score(found, gold), "peer_bm25_english_stems": score(plain, gold)}
    made = static.texts(passages["text"].to_list(), ["en"] * passages.height)
    alone = {}
    for row, vector in zip(
        asked.to_dicts(), static.texts(asked["question"].to_list(), ["en"] * asked.height), strict=True
    ):
        within = np.flatnonzero((passages["group"] == row["item_id"]).to_numpy())
        order = within[np.argsort(-(made[within] @ vector), kind="stable")][:K]
        alone[row["id"]] = [passages["id"][int(place)] for place in order]
    figures |= {"static_alone": score(alone, gold), "answered": _answered(index, asked, table)}
    return figures | {"taught": _taught(index, asked, table)}


def _answered(index: Index, asked: pl.DataFrame, table: pl.DataFrame) -> Figures:
    """Areas under the curve: whether any review of the item answers (the chance we give), and whether a review that was
    judged does (its score times that chance)."""
    found = index.search(asked.select("id", text="question", group="item_id"), k=200)
    chances = dict(found.group_by("query").agg(pl.col("answerable").first()).iter_rows())
    scores = {(query, review): score for query, review, score in found.select("query", "id", "score").iter_rows()}
    number = {(row["item_id"], row["question"]): row["id"] for row in asked.to_dicts()}
    labels, guessed = [], []
    for row in table.select("item_id", "question", "review_id", "answers").iter_rows():
        query = number[row[0], row[1]]
        labels.append(bool(row[3]))
        guessed.append(scores.get((query, row[2]), 0.0))
    return {
        "question_and_item_auc": area([bool(each) for each in asked["right"].list.len()],
                                      [chances.get(each, 0.0) for each in asked["id"]]),
        "question_and_review_auc": area(labels, guessed),
    }  # fmt: skip


def _taught(index: Index, asked: pl.DataFrame, table: pl.DataFrame) -> Figures:
    """The same areas with a chance taught by the other items' questions (five folds of items), with 95 % intervals."""
    found = index.search(asked.select("id", text="question", group="item_id"), k=200)
    best = found.group_by("query").agg(pl.col("answerable").first(), pl.col("score").max())
    whole = asked.join(best, left_on="id", right_on="query", how="left").with_columns(
        text="question", answers=pl.col("right").list.len() > 0
    )
    pairs = table.join(asked.select("id", "item_id", "question"), on=["item_id", "question"])
    pairs = pairs.join(
        found.select("query", "id", "score"), left_on=["id", "review_id"], right_on=["query", "id"], how="left"
    ).with_columns(text="question")
    figures: Figures = {}
    for name, known, signals in (
        ("question_and_item", whole, ("answerable", "score")),
        ("question_and_review", pairs, ("score",)),
    ):
        rows = known.with_columns(pl.col(signal).fill_null(0.0) for signal in signals)
        folds = GroupKFold(5).split(np.zeros(rows.height), groups=rows["item_id"].to_list())
        chances = np.zeros(rows.height)
        for taught, held in folds:
            chances[held] = teach(rows[taught], signals=signals).of(rows[held])
        labels = rows["answers"].to_numpy()
        chance = np.random.default_rng(5)
        drawn = [chance.integers(0, len(labels), len(labels)) for _ in range(400)]
        areas = [area(labels[each].tolist(), chances[each].tolist()) for each in drawn]
        figures[f"{name}_auc"] = area(labels.tolist(), chances.tolist())
        figures[f"{name}_low"], figures[f"{name}_high"] = (float(np.quantile(areas, q)) for q in (0.025, 0.975))
        bins = pl.DataFrame({"chance": chances, "true": labels}).with_columns(bin=(pl.col("chance") * 10).floor())
        gap = bins.group_by("bin").agg((pl.col("chance").mean() - pl.col("true").mean()).abs().alias("gap"), pl.len())
        figures[f"{name}_ece"] = float((gap["gap"] * gap["len"]).sum()) / rows.height
    return figures
