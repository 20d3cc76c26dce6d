"""Held-out measurements of the text models: the figures of the model cards and of the benchmark come from here."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.stats import spearmanr
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score
from sklearn.model_selection import GroupKFold, KFold
from tools.train import safety, sentiment, usefulness
from tools.train.table import Documents, split

from parvis.science.text.linear import Linear
from parvis.science.text.safety import doubts
from parvis.science.text.sentiment import grade
from parvis.science.text.tokens import cut

PART = 1000


def stars_of(model: Linear, documents: Documents) -> np.ndarray:
    """Stars of documents by a model, exactly as the reader gives them."""
    found = []
    for start in range(0, len(documents), PART):
        part = documents[start : start + PART]
        rows = np.repeat(np.arange(len(part)), [len(d) for d in part])
        tokens = cut([piece for document in part for piece in document])
        found.append(grade(model, tokens, rows, len(part))[0])
    return np.concatenate(found)


def interval(values: np.ndarray, *, seed: int = 0, draws: int = 1000) -> tuple[float, float]:
    """95 % bootstrap interval of a mean."""
    rng = np.random.default_rng(seed)
    means = [float(values[rng.integers(0, len(values), len(values))].mean()) for _ in range(draws)]
    return round(float(np.quantile(means, 0.025)), 4), round(float(np.quantile(means, 0.975)), 4)


def clothing_stars() -> dict[str, object]:
    """Mean absolute error of stars on a fifth of the clothing reviews."""
    documents, stars = sentiment.clothing()
    train, held = split(len(stars))
    model = sentiment.english([documents[i] for i in train], stars[train])
    both = np.abs(stars_of(model, [documents[i] for i in held]) - stars[held])
    alone = np.abs(stars_of(model, [("", documents[i][1]) for i in held]) - stars[held])
    return {
        "mae_title_and_text": round(float(both.mean()), 4),
        "interval": interval(both),
        "mae_text_only": round(float(alone.mean()), 4),
        "held_out": len(held),
    }


def film_polarity() -> dict[str, object]:
    """Accuracy of good or bad on French films, five folds."""
    documents, positive = sentiment.films()
    right = np.zeros(len(positive))
    for train, held in KFold(5, shuffle=True, random_state=0).split(positive):
        model = sentiment.french([documents[i] for i in train], positive[train])
        right[held] = (stars_of(model, [documents[i] for i in held]) > 3) == (positive[held] == 1)
    return {"accuracy": round(float(right.mean()), 4), "interval": interval(right), "held_out": len(right)}


def _doubts(model: Linear, documents: Documents) -> tuple[np.ndarray, np.ndarray]:
    tokens = cut([piece for document in documents for piece in document])
    rows = np.repeat(np.arange(len(documents)), [len(d) for d in documents])
    return doubts(tokens, rows, len(documents), model=model)


def moderation() -> dict[str, object]:
    """Hate on unseen templates, spam on unseen videos, false alarms on unseen ordinary reviews."""
    held = safety.corpus()
    toxic, spam = np.full(len(held.toxic), np.nan), np.full(len(held.toxic), np.nan)
    for source, out, place in (("hatecheck", toxic, 0), ("comments", spam, 1)):
        mine = np.flatnonzero(held.source == source)
        folds = 5 if source == "hatecheck" else 2
        for _, part in GroupKFold(folds).split(mine, groups=held.group[mine]):
            rows = np.setdiff1d(np.arange(len(held.toxic)), mine[part])
            out[mine[part]] = _doubts(safety.fit(held, rows), [held.documents[i] for i in mine[part]])[place]
    hate, advert = held.source == "hatecheck", held.source == "comments"
    quiet = np.flatnonzero(held.source == "calm")[: safety.CALM]  # the real ones
    model = safety.fit(held, np.setdiff1d(np.arange(len(held.toxic)), quiet[::2]))
    alarms = _doubts(model, [held.documents[i] for i in quiet[::2]])
    return {
        "hatecheck_auc": round(float(roc_auc_score(held.toxic[hate], toxic[hate])), 4),
        "hatecheck_balanced_accuracy": round(float(balanced_accuracy_score(held.toxic[hate], toxic[hate] > 0.5)), 4),
        "spam_auc": round(float(roc_auc_score(held.spam[advert], spam[advert])), 4),
        "spam_f1": round(float(f1_score(held.spam[advert], spam[advert] > 0.5)), 4),
        "false_alarms_toxicity": round(float((alarms[0] > 0.5).mean()), 4),
        "false_alarms_spam": round(float((alarms[1] > 0.5).mean()), 4),
    }


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
