"""Held-out measurements of the star, language and usefulness models, for the cards and the benchmark."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.stats import spearmanr
from sklearn.model_selection import GroupKFold, KFold
from tools.train import sentiment, usefulness
from tools.train.table import Documents, read, split

from parvis.science.text.language import COMMON, identify
from parvis.science.text.linear import sigmoid
from parvis.science.text.sentiment import Opinion, grade
from parvis.science.text.tokens import cut

PART = 1000
Pairs = tuple[np.ndarray, np.ndarray]


def heads_of(model: Opinion, documents: Documents) -> tuple[np.ndarray, np.ndarray]:
    """Heads and stars of documents by a model, exactly as the reader gives them."""
    found = []
    for start in range(0, len(documents), PART):
        part = documents[start : start + PART]
        rows = np.repeat(np.arange(len(part)), [len(d) for d in part])
        tokens = cut([piece for document in part for piece in document])
        found.append(grade(model, tokens, rows, len(part))[:2])
    return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])


def interval(values: np.ndarray, *, seed: int = 0, draws: int = 1000) -> tuple[float, float]:
    """95 % bootstrap interval of a mean."""
    rng = np.random.default_rng(seed)
    means = [float(values[rng.integers(0, len(values), len(values))].mean()) for _ in range(draws)]
    return round(float(np.quantile(means, 0.025)), 4), round(float(np.quantile(means, 0.975)), 4)


def clothing_stars() -> tuple[dict[str, object], Pairs]:
    """Mean absolute error of stars on a fifth of the clothing reviews; chances of more than 3 stars, and the truth."""
    documents, stars = sentiment.clothing()
    train, held = split(len(stars))
    model = sentiment.english([documents[i] for i in train], stars[train])
    heads, found = heads_of(model, [documents[i] for i in held])
    both = np.abs(found - stars[held])
    alone = np.abs(heads_of(model, [("", documents[i][1]) for i in held])[1] - stars[held])
    return {
        "mae_title_and_text": round(float(both.mean()), 4),
        "interval": interval(both),
        "mae_text_only": round(float(alone.mean()), 4),
        "held_out": len(held),
    }, (sigmoid(heads[:, 2]), stars[held] > 3)


def film_polarity() -> tuple[dict[str, object], Pairs]:
    """Accuracy of good or bad on French films, five folds; chances of good, and the truth."""
    documents, positive = sentiment.films()
    right, chance = np.zeros(len(positive)), np.zeros(len(positive))
    for train, held in KFold(5, shuffle=True, random_state=0).split(positive):
        model = sentiment.french([documents[i] for i in train], positive[train])
        heads, stars = heads_of(model, [documents[i] for i in held])
        right[held] = (stars > 3) == (positive[held] == 1)
        chance[held] = sigmoid(heads[:, 2])
    return {"accuracy": round(float(right.mean()), 4), "interval": interval(right), "held_out": len(right)}, (
        chance,
        positive == 1,
    )


def languages(size: int = 1000) -> dict[str, object]:
    """Share of runs of five words of real reviews told right among seven languages."""
    tables = {"fr": ("fr_allocine_reviews", "text"), "en": ("womens_clothing_reviews", "review_text")}
    rng = np.random.default_rng(0)
    found: dict[str, object] = {}
    every = []
    for language, (name, column) in tables.items():
        texts = read(name)[column].drop_nulls().to_list()
        every.append(_told(texts, language, size, rng))
        found[language] = round(float(every[-1].mean()), 4)
    bank = read("trustpilot_bank_fr_nl_en").filter(pl.col("language") == "nl")["text"].drop_nulls().to_list()
    every.append(_told(bank, "nl", size, rng))
    found["nl"] = round(float(every[-1].mean()), 4)
    both = np.concatenate(every)
    return found | {"mean": round(float(both.mean()), 4), "interval": interval(both), "among": list(COMMON)}


def _told(texts: list[str], language: str, size: int, rng: np.random.Generator) -> np.ndarray:
    right: list[bool] = []
    while len(right) < size:
        said = texts[rng.integers(len(texts))].split()
        if len(said) < 5:
            continue
        start = int(rng.integers(len(said) - 4))
        five = " ".join(said[start : start + 5])
        if sum(map(str.isalpha, five)) >= 12:  # five dots or figures belong to no language
            right.append(identify(five) == language)
    return np.array(right, dtype=float)


def useful_order(least: int = 20) -> dict[str, object]:
    """Spearman's rank correlation with votes inside each unseen product, averaged over products."""
    frame = usefulness.reviews()
    product = frame["clothing_id"].to_numpy()
    score = np.zeros(len(frame))
    for train, held in GroupKFold(5).split(product, groups=product):
        score[held] = usefulness.scores(usefulness.fit(frame, train), frame[held.tolist()])
    return within(frame.with_columns(score=pl.Series(score)), least)


def within(frame: pl.DataFrame, least: int) -> dict[str, object]:
    """Mean rank correlation over products with at least ``least`` reviews."""
    each = []
    for _, part in frame.group_by("clothing_id", maintain_order=True):
        votes = part["positive_feedback_count"].to_numpy()
        if len(part) >= least and votes.max() > votes.min():
            each.append(float(spearmanr(part["score"].to_numpy(), votes).statistic))
    return {"spearman": round(float(np.mean(each)), 4), "interval": interval(np.array(each)), "products": len(each)}
