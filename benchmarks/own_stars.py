"""Stars taught by a brand's own labels, beside the usual learners on the same folds.

    .venv/bin/python benchmarks/own_stars.py [--json] [--only NAME ...]

Reviews that may not be redistributed are found by PARVIS_DATA; where they are absent this is said, nothing measured.
Ten folds, each read by a model taught by the other nine; the bank's labels of other languages are given whole to every
learner. Settings of Parvis were chosen on half of the insurance reviews (by a seeded draw), on tweets that are not
reported and on beauty reviews; reported are the other half, the bank, and a fifth of the tweets.

Peers: TF-IDF of words (1, 2) and letters (2 to 5), and vectors of the multilingual encoder, each with ridge regression,
multinomial logistic regression (plain and balanced) and four ordinal logistic regressions; words and letters learnt
apart; and the blend of TF-IDF and vectors; stars as they come, and rounded (the median of the distribution, where
there is one). Regularisation is chosen on folds inside the training part. Ours is compared with the best peer of each
column, picked with hindsight.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold, cross_val_predict

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tools.train import elsewhere
from tools.train.table import DATA

from parvis.science import text
from parvis.science.text.linear import sigmoid

REPORTED = ("insurance_fr", "bank_fr", "bank_nl", "airline_en")
DRAWS = 500
APART = 10.0  # strength of the peer whose words and letters are learnt apart
Found = dict[str, tuple[np.ndarray, np.ndarray]]  # stars and leaning by learner


def tuned_on(size: int) -> np.ndarray:
    """Rows of the insurance reviews that chose settings."""
    mask = np.zeros(size, dtype=bool)
    mask[np.random.default_rng(11).permutation(size)[: size // 2]] = True
    return mask


class Tfidf:
    """Words and letters, sublinear counts; ``blocks`` keeps the two apart."""

    def __init__(self) -> None:
        self.made = [
            TfidfVectorizer(analyzer=kind, ngram_range=sizes, min_df=2, sublinear_tf=True)
            for kind, sizes in (("word", (1, 2)), ("char_wb", (2, 5)))
        ]

    def blocks(self, texts: list[str], held: list[str]) -> list[tuple[sp.csr_matrix, sp.csr_matrix]]:
        """Rows to learn from and rows to read, of words and of letters."""
        return [(each.fit_transform(texts), each.transform(held)) for each in self.made]


def inner(model: type, grid: tuple[dict[str, object], ...], rows: object, given: np.ndarray) -> dict[str, object]:
    """The setting with the least absolute error of rounded stars on folds inside the training part."""
    folds = KFold(4, shuffle=True, random_state=0)
    errors = [np.abs(cross_val_predict(model(**each), rows, given, cv=folds).round() - given).mean() for each in grid]
    return grid[int(np.argmin(errors))]


def leaning_of(stars: np.ndarray) -> np.ndarray:
    """Bad, middling or good."""
    return np.digitize(stars, [2.5, 3.5]) - 1


def median(chance: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Median rating of distributions over ``classes``."""
    return np.asarray(classes[(chance.cumsum(axis=1) >= 0.5).argmax(axis=1)], dtype=float)


def learners(name: str, rows: object, held: object, given: np.ndarray) -> tuple[Found, np.ndarray]:
    """Ridge, logistic and ordinal regression on one set of rows; the heads of the last."""
    alpha = inner(Ridge, tuple({"alpha": a, "solver": "lsqr"} for a in (0.3, 1.0, 3.0)), rows, given)
    plain = np.clip(Ridge(**alpha).fit(rows, given).predict(held), 1, 5)
    found = {f"{name} ridge": (plain, leaning_of(plain)), f"{name} ridge rounded": (plain.round(), leaning_of(plain))}
    strength = inner(
        LogisticRegression, tuple({"C": c, "max_iter": 200, "tol": 1e-3} for c in (3.0, 20.0)), rows, given
    )
    for weight in (None, "balanced"):
        model = LogisticRegression(**strength, class_weight=weight).fit(rows, given)
        chance, classes = model.predict_proba(held), model.classes_
        sums = np.stack([chance[:, leaning_of(classes) == side].sum(axis=1) for side in (-1, 0, 1)], axis=1)
        found[f"{name} logistic{' balanced' if weight else ''}"] = (median(chance, classes), sums.argmax(axis=1) - 1)
    heads = steps(rows, held, given, float(str(strength["C"])))
    return found | ordinal(f"{name} ordinal", heads), heads


def steps(rows: object, held: object, given: np.ndarray, strength: float) -> np.ndarray:
    """Log odds of more than 1, 2, 3 and 4 stars by four logistic regressions."""
    made = LogisticRegression(C=strength, solver="liblinear", tol=1e-3)
    return np.stack([made.fit(rows, given > step).decision_function(held) for step in (1, 2, 3, 4)], axis=1)


def ordinal(name: str, heads: np.ndarray) -> Found:
    """Stars by the median of four heads, rounded and smooth."""
    above = np.minimum.accumulate(sigmoid(heads), axis=1)
    likely = np.stack([1 - above[:, 1], above[:, 1] - above[:, 2], above[:, 2]], axis=1).argmax(axis=1) - 1
    return {f"{name} median": (1 + (above > 0.5).sum(axis=1).astype(float), likely)} | {
        name: (1 + sigmoid(8.0 * heads).sum(axis=1), likely)
    }


def measure(name: str) -> tuple[Found, np.ndarray, np.ndarray]:
    """Every learner on its held-out rows; the ratings and numbers of those rows."""
    frame, names = elsewhere.brand(name)
    size, vector = len(elsewhere.ground(name).stars), elsewhere.vectors(names)
    stars, texts = frame["rating"].to_numpy(), elsewhere.said(frame)
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    rows = []
    for own, part in elsewhere.splits(name, size):
        train = np.concatenate([own, np.arange(size, len(stars))])
        told: Found = {}
        given = stars[train]
        model = text.fit(frame[train.tolist()], vectors=None if vector is None else vector[train])
        asked = frame[part.tolist()].drop("rating")
        ways = {"Parvis": None} if vector is None else {"Parvis": None, "Parvis with vectors": vector[part]}
        for label, given_vectors in ways.items():
            read = model.read(asked, vectors=given_vectors)
            told[label] = read["stars"].to_numpy(), read["leaning"].to_numpy()
        blocks = Tfidf().blocks([texts[i] for i in train], [texts[i] for i in part])
        matrix, held = (sp.hstack([block[side] for block in blocks]).tocsr() for side in (0, 1))
        heads = [None, None]
        made, heads[0] = learners("TF-IDF", matrix, held, given)
        told |= made | ordinal("TF-IDF apart ordinal", np.mean([steps(*b, given, APART) for b in blocks], axis=0))
        if vector is not None:
            centre = vector[train].mean(axis=0)
            unit = 1 / np.linalg.norm(vector[train] - centre, axis=1).mean()
            made, heads[1] = learners("encoder", (vector[train] - centre) * unit, (vector[part] - centre) * unit, given)
            told |= made | ordinal("blend ordinal", (heads[0] + heads[1]) / 2)
        for label, pair in told.items():
            found.setdefault(label, []).append(pair)
        rows.append(part)
    joined = {k: (np.concatenate([a for a, _ in v]), np.concatenate([b for _, b in v])) for k, v in found.items()}
    every = np.concatenate(rows)
    return joined, stars[every], every


def scores(stars: np.ndarray, leaning: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Mean absolute error, macro-F1 of bad / middling / good, polarity of the clear ones."""
    true = leaning_of(given)
    clear = true != 0
    return np.array(
        [
            np.abs(stars - given).mean(),
            f1_score(true, leaning, average="macro", labels=[-1, 0, 1], zero_division=0),
            ((stars[clear] > 3) == (true[clear] > 0)).mean(),
        ]
    )


def report(name: str, found: Found, given: np.ndarray) -> dict[str, object]:
    """Print every learner; ours with intervals, and how much better than the best peer of each column."""
    points = {label: scores(*pair, given) for label, pair in found.items()}
    for label, point in points.items():
        print(f"{name:24} {label:24} " + "  ".join(f"{value:.3f}" for value in point))
    peers = [label for label in found if not label.startswith("Parvis")]
    best = [
        min(peers, key=lambda p: points[p][0]),
        *[max(peers, key=lambda p, c=c: points[p][c]) for c in (1, 2)],
    ]
    rng = np.random.default_rng(0)
    draws = [rng.integers(0, len(given), len(given)) for _ in range(DRAWS)]
    needed = {*best, *[label for label in found if label.startswith("Parvis")]}
    drawn = {n: np.array([scores(found[n][0][d], found[n][1][d], given[d]) for d in draws]) for n in needed}
    out: dict[str, object] = {"name": name, "reviews": len(given)}
    for column, metric in enumerate(("mae", "macro_f1", "polarity")):
        sign = -1 if column == 0 else 1
        row: dict[str, object] = {"peer": best[column], "peer_value": round(float(points[best[column]][column]), 3)}
        for label in [n for n in found if n.startswith("Parvis")]:
            gain = sign * (drawn[label][:, column] - drawn[best[column]][:, column])
            row[label] = [round(float(points[label][column]), 3), *_range(drawn[label][:, column])]
            row[f"{label}, better by"] = [
                round(float(sign * (points[label][column] - points[best[column]][column])), 3),
                *_range(gain),
            ]
        out[metric] = row
        print("   ", metric, row, flush=True)
    return out


def _range(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return round(float(low), 3), round(float(high), 3)


def main() -> None:
    """Measure each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", nargs="*", default=list(REPORTED), choices=list(REPORTED))
    asked = parser.parse_args()
    if not (DATA / "fr_insurance_reviews.parquet").exists():
        print(f"skipped: no data under {DATA} (set PARVIS_DATA)")
        return
    warnings.simplefilter("ignore", ConvergenceWarning)
    rows = []
    for name in asked.only:
        found, given, number = measure(name)
        rows.append(report(name, found, given))
        if name == "insurance_fr":
            blind = ~tuned_on(len(given))[number]
            part = {label: (stars[blind], leaning[blind]) for label, (stars, leaning) in found.items()}
            rows.append(report("insurance_fr, blind half", part, given[blind]))
    print("load", os.getloadavg()[0])
    if asked.json:
        print(json.dumps({"name": "own_stars", "rows": rows}))


if __name__ == "__main__":
    main()
