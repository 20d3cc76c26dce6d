"""An answer engine on the table: how often our pages would be retrieved and quoted for shoppers' questions, beside
given pages of others, before and after a change.

The engine is the project's own hybrid retrieval over the passages of all pages together. For each question it takes the
``k`` best passages, quotes the three best of them, and stays silent where nothing answers. No real engine is claimed to
work so: what the simulation compares is pages under one and the same reader, and that is what it is for.

Three figures a question: *retrieved* (one of the k passages is ours), *first* (the best one is), *quoted* (the share of
the quoted words that are ours, earlier quotes weighing more: exp(-rank / 3), the position-adjusted word count of the
literature on generative engines). Intervals: bootstrap over questions; a change is compared question by question.

>>> import polars as pl
>>> pages = pl.DataFrame({"page": ["a", "b"], "owner": ["ours", "other"],
...     "text": ["The linen dress runs small, take a size up.", "Our shop sells lamps of brass and glass."]})
>>> questions = pl.DataFrame({"id": [1], "text": ["Does the linen dress run small?"]})
>>> simulate(pages, questions, ours="ours", seed=1).by_question["retrieved"].to_list()
[1.0]
"""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from parvis.science.retrieval import Index
from parvis.science.retrieval.encoder import Encoder

FIGURES = ("retrieved", "first", "quoted")
QUOTED = 3
PASSAGE_WORDS = 70
ANSWERS = 0.2  # the chance of an answer below which the engine stays silent
REPLICATES = 2000


class BadPages(ValueError):
    """The tables lack a column or hold nothing; the message names it."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Outcome:
    """``figures`` by name (FIGURES); ``by_question``: id, text, answered, retrieved, first, quoted, best (page of the
    best passage), quote, silent ones with zeros; ``owners``: owner, quoted: the share of all quoted words."""

    figures: dict[str, Estimate]
    by_question: pl.DataFrame
    owners: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Difference:
    """After minus before, question by question. ``decision``: better, worse, or keep_testing."""

    value: float
    low: float
    high: float
    decision: str


def simulate(
    pages: pl.DataFrame, questions: pl.DataFrame, *, ours: str, k: int = 5, seed: int, encoder: Encoder | None = None
) -> Outcome:
    """Put ``questions`` (id, text) to ``pages`` (page, owner, text); ``ours`` is the owner that is meant by "we".

    Raises :class:`BadPages` where a column lacks or nothing is given.
    """
    _need(pages, ("page", "owner", "text"), "pages")
    _need(questions, ("id", "text"), "questions")
    passages = _passages(pages)
    index = Index.build(passages.select("id", "text", "owner", "page"), encoder=encoder)
    asked = questions.select(pl.col("id"), pl.col("text"))
    hits = index.search(asked, k=k).join(passages.select("id", "owner", "page"), on="id", how="left")
    rows = [_row(row, hits.filter(pl.col("query") == row["id"]), ours) for row in asked.iter_rows(named=True)]
    table = pl.DataFrame(rows, schema=_SCHEMA)
    figures = {name: _mean(table[name].to_numpy(), seed) for name in FIGURES}
    return Outcome(figures=figures, by_question=table, owners=_owners(hits, asked.height))


_SCHEMA = {
    "id": pl.Int64, "text": pl.Utf8, "answered": pl.Boolean, "retrieved": pl.Float64, "first": pl.Float64,
    "quoted": pl.Float64, "best": pl.Utf8, "quote": pl.Utf8,
}  # fmt: skip


def _need(table: pl.DataFrame, columns: tuple[str, ...], name: str) -> None:
    lacking = [column for column in columns if column not in table.columns]
    if lacking:
        raise BadPages(f"{name} lack the column {lacking[0]}")
    if not table.height:
        raise BadPages(f"there are no {name}")


def _passages(pages: pl.DataFrame) -> pl.DataFrame:
    """Each page in passages of about PASSAGE_WORDS words, cut where lines end."""
    rows: list[dict[str, object]] = []
    for page in pages.iter_rows(named=True):
        kept: list[str] = []
        for line in [*str(page["text"]).split("\n"), None]:
            words = sum(len(each.split()) for each in kept)
            if kept and (line is None or words + len(line.split()) > PASSAGE_WORDS):
                rows.append({"id": len(rows), "text": "\n".join(kept), "owner": page["owner"], "page": page["page"]})
                kept = []
            if line and line.strip():
                kept.append(line.strip())
    if not rows:
        raise BadPages("the pages hold no words")
    return pl.DataFrame(rows)


def _row(asked: dict[str, object], hits: pl.DataFrame, ours: str) -> dict[str, object]:
    chance = hits["answerable"][0] if hits.height else 0.0
    if chance < ANSWERS:
        return {**asked, "answered": False, "retrieved": 0.0, "first": 0.0, "quoted": 0.0, "best": "", "quote": ""}
    owners = hits.sort("rank")["owner"].to_list()
    shares = _shares(hits)
    return {
        **asked,
        "answered": True,
        "retrieved": float(ours in owners),
        "first": float(owners[0] == ours),
        "quoted": shares.get(ours, 0.0),
        "best": hits.sort("rank")["page"][0],
        "quote": hits.sort("rank")["quote"][0],
    }


def _shares(hits: pl.DataFrame) -> dict[str, float]:
    """The share of the quoted words of each owner, earlier quotes weighing more."""
    weights: dict[str, float] = {}
    for place, row in enumerate(hits.sort("rank").head(QUOTED).iter_rows(named=True)):
        weight = len(row["quote"].split()) * math.exp(-place / QUOTED)
        weights[row["owner"]] = weights.get(row["owner"], 0.0) + weight
    total = sum(weights.values())
    return {owner: weight / total for owner, weight in weights.items()} if total else {}


def _owners(hits: pl.DataFrame, asked: int) -> pl.DataFrame:
    sums: dict[str, float] = {}
    for _query, part in hits.group_by("query"):
        if part["answerable"][0] >= ANSWERS:
            for owner, share in _shares(part).items():
                sums[owner] = sums.get(owner, 0.0) + share
    rows = sorted(sums.items(), key=lambda row: (-row[1], row[0]))
    return pl.DataFrame(
        {"owner": [owner for owner, _ in rows], "quoted": [share / asked for _, share in rows]},
        schema={"owner": pl.Utf8, "quoted": pl.Float64},
    )


def _mean(values: np.ndarray, seed: int) -> Estimate:
    rng = np.random.default_rng(seed)
    drawn = values[rng.integers(0, len(values), size=(REPLICATES, len(values)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Estimate(float(values.mean()), float(low), float(high))


def compare(before: Outcome, after: Outcome, *, seed: int) -> dict[str, Difference]:
    """What a change did, by figure. Both outcomes must be of the same questions; raises :class:`BadPages` otherwise."""
    if before.by_question["id"].to_list() != after.by_question["id"].to_list():
        raise BadPages("before and after must answer the same questions")
    found = {}
    for name in FIGURES:
        moved = after.by_question[name].to_numpy() - before.by_question[name].to_numpy()
        estimate = _mean(moved, seed)
        decision = "better" if estimate.low > 0 else "worse" if estimate.high < 0 else "keep_testing"
        found[name] = Difference(estimate.value, estimate.low, estimate.high, decision)
    return found
