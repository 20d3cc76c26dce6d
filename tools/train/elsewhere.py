"""Stars of reviews that no shipped model may learn from: as shipped, and when the brand's own labels are given.

The second figure is the one a brand gets that labels a few hundred of its reviews: ten folds, each read by a model that
learnt from the other nine (and from the brand's labels in other languages), with and without vectors of the bundled
encoder. Peers on the same folds are in ``benchmarks/own_stars.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold
from tools.train.table import ROOT, read

from parvis.science import text
from parvis.science.retrieval.encoder import Encoder, available
from parvis.science.text.language import identify

FOLDS, SEED, DRAWS = 10, 1, 500
ENOUGH = 200  # reviews from which own labels can be cross-validated
LEANING = {"negative": 1.0, "neutral": 3.0, "positive": 5.0}
BANKS = ("bank_fr", "bank_nl", "bank_en")  # one brand
NAMES = ("insurance_fr", "bank_fr", "bank_nl", "bank_en", "airline_en", "beauty_en")


@dataclass(frozen=True)
class Ground:
    """Texts with the stars their authors gave."""

    frame: pl.DataFrame
    stars: np.ndarray


def ground(name: str) -> Ground:
    """One of ``NAMES`` as id, title, text, rating."""
    if name == "insurance_fr":
        frame = read("fr_insurance_reviews").select(title=pl.lit(""), text="avis", rating=pl.col("note").cast(float))
    elif name == "airline_en":
        stars = pl.col("airline_sentiment").replace_strict(LEANING, return_dtype=pl.Float64)
        frame = read("airline_tweets").unique("text", keep="first", maintain_order=True)
        frame = frame.select(title=pl.lit(""), text="text", rating=stars)
    elif name == "beauty_en":
        frame = read("sephora_reviews_2026").filter(pl.col("review_text").is_not_null())
        frame = frame.select("title", text="review_text", rating=pl.col("rating").cast(float))
    else:
        frame = read("trustpilot_bank_fr_nl_en").unique("review_id", keep="first", maintain_order=True)
        frame = frame.filter((pl.col("language") == name[-2:]) & pl.col("text").is_not_null())
        frame = frame.select("title", "text", rating=pl.col("rating").cast(float))
    frame = frame.with_row_index("id")
    return Ground(frame, frame["rating"].to_numpy())


def shipped(held: Ground) -> tuple[np.ndarray, np.ndarray]:
    """Stars and leaning (-1, 0, 1) by the bundled models."""
    stars = text.read(held.frame.drop("rating"))["stars"].to_numpy()
    return stars, np.digitize(stars, [2.5, 3.5]) - 1


def brand(name: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Reviews of one of ``NAMES``, then the same brand's in other languages; and the names in that order."""
    names = (name, *[each for each in BANKS if each != name]) if name in BANKS else (name,)
    return pl.concat([ground(each).frame.drop("id") for each in names]).with_row_index("id"), names


def splits(name: str, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Training and held-out rows: ten folds; of the many tweets one fifth."""
    if name == "airline_en":
        order = np.random.default_rng(5).permutation(size)
        yield np.sort(order[: -(size // 5)]), np.sort(order[-(size // 5) :])
        return
    yield from KFold(FOLDS, shuffle=True, random_state=SEED).split(np.arange(size))


def said(frame: pl.DataFrame) -> list[str]:
    """Title and text of each row in one."""
    return [f"{title}. {body}" if title else body for title, body in frame.select("title", "text").rows()]


def vectors(names: tuple[str, ...]) -> np.ndarray | None:
    """Vectors of sets by the bundled encoder, made once (minutes; tweets half an hour) and kept under ``var``."""
    if not available():
        return None
    return np.concatenate([_vectors(name) for name in names]).astype(np.float64)


def _vectors(name: str) -> np.ndarray:
    kept = ROOT / f"var/cache/own_stars/{name}.npy"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        texts, encoder = [each[:1500] for each in said(ground(name).frame)], Encoder()
        parts = [texts[i : i + 32] for i in range(0, len(texts), 32)]
        np.save(kept, np.concatenate([encoder.passages(part, [identify(t) for t in part]) for part in parts]))
    return np.asarray(np.load(kept))


def taught(name: str) -> dict[str, dict[str, object]]:
    """Figures of models that learnt from the other folds, without and with vectors."""
    frame, names = brand(name)
    seen, size = vectors(names), len(ground(name).stars)
    kinds = ["own labels"] + ([] if seen is None else ["own labels and vectors"])
    found: dict[str, list[pl.DataFrame]] = {kind: [] for kind in kinds}
    rows = []
    for own, part in splits(name, size):
        train = np.concatenate([own, np.arange(size, len(frame))]).tolist()
        model = text.fit(frame[train], vectors=None if seen is None else seen[train])
        for kind in kinds:
            given = seen[part] if seen is not None and kind != "own labels" else None
            found[kind].append(model.read(frame[part.tolist()], vectors=given))
        rows.append(part)
    held = np.concatenate(rows)
    every = {kind: pl.concat(parts) for kind, parts in found.items()}
    part_of = Ground(frame[held.tolist()], frame["rating"].to_numpy()[held])
    return {k: figures(part_of, v["stars"].to_numpy(), v["leaning"].to_numpy()) for k, v in every.items()}


def figures(held: Ground, stars: np.ndarray, leaning: np.ndarray) -> dict[str, object]:
    """Mean absolute error, macro-F1 of bad / middling / good, and polarity without the middle, with 95 % intervals."""
    true = np.digitize(held.stars, [2.5, 3.5]) - 1
    clear = true != 0

    def each(rows: np.ndarray) -> tuple[float, float, float]:
        some = rows[clear[rows]]
        return (
            float(np.abs(stars[rows] - held.stars[rows]).mean()),
            float(f1_score(true[rows], leaning[rows], average="macro", labels=[-1, 0, 1], zero_division=0)),
            float(((stars[some] > 3) == (true[some] > 0)).mean()),
        )

    rng = np.random.default_rng(0)
    drawn = np.array([each(rng.integers(0, len(true), len(true))) for _ in range(DRAWS)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0).round(3)
    values = each(np.arange(len(true)))
    names = ("mae", "macro_f1", "polarity")
    return {n: [round(v, 3), float(a), float(b)] for n, v, a, b in zip(names, values, low, high, strict=True)} | {
        "reviews": len(true)
    }


def main() -> None:
    """Print every figure."""
    for name in NAMES:
        held = ground(name)
        print(name, "shipped", figures(held, *shipped(held)), flush=True)
        if name not in ("bank_en", "beauty_en"):
            for kind, found in taught(name).items():
                print(name, kind, found, flush=True)


if __name__ == "__main__":
    main()
