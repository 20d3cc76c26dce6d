"""Held-out measurements of toxicity and spam: unseen templates, posts, videos and ordinary reviews."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score
from sklearn.model_selection import GroupKFold, KFold
from tools.train import safety
from tools.train.table import read

from parvis.science.text.safety import Tables, doubts
from parvis.science.text.tokens import cut

FOLDS, DRAWS, SEED = 5, 500, 0


@dataclass
class Seen:
    """Probabilities given to documents that their model never saw, with the truth, by source."""

    chance: dict[str, np.ndarray]
    truth: dict[str, np.ndarray]
    kind: np.ndarray
    figures: dict[str, object]


def moderation() -> Seen:
    """Fold by fold: hate on unseen templates, unseen posts, comments of the other video, half of the real reviews."""
    held = safety.corpus()
    tabled = safety.Tabled.of(held)
    every = np.arange(len(held.toxic))
    rows = {name: np.flatnonzero(held.source == name) for name in ("hatecheck", "posts", "comments")}
    quiet = np.flatnonzero(held.source == "calm")[: safety.CALM][::2]  # real ones
    hate = list(GroupKFold(FOLDS).split(rows["hatecheck"], groups=held.group[rows["hatecheck"]]))
    posts = list(KFold(FOLDS, shuffle=True, random_state=SEED).split(rows["posts"]))
    videos = list(GroupKFold(2).split(rows["comments"], groups=held.group[rows["comments"]]))
    chance = np.full((len(every), 2), np.nan)
    for fold in range(FOLDS):
        left = {"hatecheck": rows["hatecheck"][hate[fold][1]], "posts": rows["posts"][posts[fold][1]]}
        if fold < len(videos):
            left["comments"] = rows["comments"][videos[fold][1]]
        if fold == FOLDS - 1:
            left["calm"] = quiet
        out = np.concatenate(list(left.values()))
        chance[out] = _read(safety.fit(tabled, np.setdiff1d(every, out)), held, out)
    without = _read(safety.fit(tabled, np.setdiff1d(every, rows["posts"])), held, rows["posts"])[:, 0]
    place = {"hatecheck": 0, "posts": 0, "comments": 1}
    found = {name: chance[rows[name], place[name]] for name in rows}
    truth = {name: (held.spam if name == "comments" else held.toxic)[rows[name]] for name in rows}
    alarms = {"toxicity": chance[quiet, 0] > 0.5, "spam": chance[quiet, 1] > 0.5}
    figures: dict[str, object] = {name: _scores(truth[name], found[name]) for name in rows}
    figures["posts, learnt without any post"] = _scores(truth["posts"], without)
    figures["false alarms on ordinary reviews"] = {name: round(float(a.mean()), 4) for name, a in alarms.items()}
    kind = read("fr_hatecheck")["functionality"].to_numpy()
    found["ordinary"] = chance[quiet, 0]
    truth["ordinary"] = np.zeros(len(quiet), dtype=int)
    return Seen(found, truth, kind, figures)


def by_function(seen: Seen) -> list[tuple[str, str, int, float]]:
    """HateCheck by functionality: name, gold label, cases, share decided right."""
    gold = read("fr_hatecheck")["label_gold"].to_numpy()
    right = (seen.chance["hatecheck"] > 0.5) == (seen.truth["hatecheck"] == 1)
    return [
        (
            str(name),
            str(gold[seen.kind == name][0]),
            int((seen.kind == name).sum()),
            float(right[seen.kind == name].mean()),
        )
        for name in sorted(set(seen.kind))
    ]


def _read(tables: Tables, held: safety.Corpus, rows: np.ndarray) -> np.ndarray:
    pieces = [piece for i in rows for piece in held.documents[i]]
    owner = np.repeat(np.arange(len(rows)), [len(held.documents[i]) for i in rows])
    return np.stack(doubts(pieces, cut(pieces), owner, len(rows), tables=tables), axis=1)


def _scores(truth: np.ndarray, chance: np.ndarray) -> dict[str, object]:
    """Area under the curve, balanced accuracy and F1 at .5, each with a 95 % bootstrap interval."""

    def each(rows: np.ndarray) -> tuple[float, float, float]:
        said, true = chance[rows], truth[rows]
        return (
            float(roc_auc_score(true, said)),
            float(balanced_accuracy_score(true, said > 0.5)),
            float(f1_score(true, said > 0.5)),
        )

    rng = np.random.default_rng(SEED)
    drawn = np.array([each(rng.integers(0, len(truth), len(truth))) for _ in range(DRAWS)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0).round(3)
    values = each(np.arange(len(truth)))
    names = ("auc", "balanced_accuracy", "f1")
    return {n: [round(v, 4), float(a), float(b)] for n, v, a, b in zip(names, values, low, high, strict=True)}
