"""Does the machine err as rarely as the brand tolerates? Thresholds set on checked voices, tried on a held-out stream.

    .venv/bin/python benchmarks/automatic_decisions.py [--json] [--repeats 200]

The stream is made of real texts whose labels are of the kind that moderation gives: ordinary reviews (English clothing,
French films: fit to be public), French posts of the MLMA set (unfit when labelled anything but "normal"; these labels
are noisy), French HateCheck sentences (unfit when hateful) and comments under videos (unfit when spam). The heads for
toxicity and spam are learnt on one half (other posts, other sentence templates, another video), by the recipe that
ships; everything here is scored on the other half. Each repeat draws a stream without replacement (90 % ordinary
reviews), gives one part to people (the checked cases), uses another part without labels for the ladder of thresholds,
and counts errors on the rest, which nobody has seen.

``ours`` is the share of repeats in which the held-out error stays within the tolerated rate (it must be at least .95).
Two peers are scored the same way: the threshold at which the empirical error of the checked cases is just within the
rate ("empirical"), and fixed thresholds as delivered (hold at .4, refuse at .97). Data come from PARVIS_DATA.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tools.train import safety  # noqa: E402
from tools.train.measure import _doubts  # noqa: E402
from tools.train.sentiment import clothing, films  # noqa: E402
from tools.train.table import DATA  # noqa: E402

from parvis.science import risk  # noqa: E402
from parvis.science.intervals import wilson  # noqa: E402

STREAM = {"clothing": 13_000, "films": 500, "posts": 900, "hatecheck": 300, "comments": 300}
CHECKED, LADDER = 6_000, 3_000
RATES = (0.01, 0.02, 0.05)


def pool() -> pl.DataFrame:
    """Every case that may be drawn: source, language, doubt by heads that have not seen it, unfit."""
    held = safety.corpus()
    rng = np.random.default_rng(5)
    learn = np.zeros(len(held.source), dtype=bool)
    for source in ("hatecheck", "posts", "comments", "calm"):
        mine = np.flatnonzero(held.source == source)
        groups = held.group[mine] if source in {"hatecheck", "comments"} else np.arange(len(mine)).astype(str)
        names = rng.permutation(np.unique(groups))
        learn[mine[np.isin(groups, names[: (len(names) + 1) // 2])]] = True
    learn |= ~np.isin(held.source, ("hatecheck", "posts", "comments", "calm"))
    model = safety.fit(held, np.flatnonzero(learn))
    seen = {" ".join(held.documents[i]).strip() for i in np.flatnonzero(held.source == "calm")}
    documents, source, unfit = [], [], []
    for i in np.flatnonzero(~learn & (held.source != "calm")):
        documents.append(held.documents[i])
        source.append(str(held.source[i]))
        unfit.append(bool(max(held.toxic[i], held.spam[i]) > 0))
    for name, (texts, _) in (("clothing", clothing()), ("films", films())):
        fresh = [document for document in texts if " ".join(document).strip() not in seen]
        documents += fresh
        source += [name] * len(fresh)
        unfit += [False] * len(fresh)
    scores = [_doubts(model, documents[i : i + 1000]) for i in range(0, len(documents), 1000)]
    toxic, spam = (np.concatenate([part[place] for part in scores]) for place in (0, 1))
    return pl.DataFrame(
        {
            "source": source,
            "language": ["en" if name in {"clothing", "comments"} else "fr" for name in source],
            "doubt": np.maximum(toxic, spam),
            "unfit": unfit,
            "may_publish": True,
            "may_refuse": True,
        }
    )


def drawn(cases: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """One stream in random order."""
    rows = [
        rng.choice(np.flatnonzero((cases["source"] == name).to_numpy()), size, replace=False)
        for name, size in STREAM.items()
    ]
    return cases[rng.permutation(np.concatenate(rows)).tolist()]


def told(rest: pl.DataFrame, publish: float | None, refuse: float | None) -> dict[str, float]:
    """What thresholds on the doubt do to cases nobody has seen: publish strictly below, refuse strictly above."""
    doubt, unfit = rest["doubt"].to_numpy(), rest["unfit"].to_numpy()
    up = doubt < publish if publish is not None else np.zeros(len(rest), dtype=bool)
    down = doubt > refuse if refuse is not None else np.zeros(len(rest), dtype=bool)
    wrong = (up & unfit) | (down & ~unfit)
    alone = up | down
    french = (rest["language"] == "fr").to_numpy()
    return {
        "share": float(alone.mean()),
        "error": float(wrong.sum() / max(1, alone.sum())),
        "published": float(up.mean()),
        "refused": float(down.mean()),
        "wrong_published": float((up & unfit).sum() / max(1, up.sum())),
        "wrong_refused": float((down & ~unfit).sum() / max(1, down.sum())),
        "error_fr": float((wrong & french).sum() / max(1, (alone & french).sum())),
        "share_fr": float((alone & french).sum() / max(1, french.sum())),
        "risk": float(wrong.mean()),
    }


def empirical(checked: pl.DataFrame, alpha: float) -> tuple[float | None, float | None]:
    """The peer: the most liberal thresholds whose error on the checked cases is within the rate."""
    found: list[float | None] = []
    for flip in (False, True):
        score, bad = checked["doubt"].to_numpy(), checked["unfit"].to_numpy()
        score, bad = (1 - score, ~bad) if flip else (score, bad)
        order = np.argsort(score)
        within = np.flatnonzero(np.cumsum(bad[order]) <= alpha * np.arange(1, len(order) + 1))
        found.append(float(np.nextafter(score[order][within[-1]], 2)) if len(within) else None)
    return found[0], None if found[1] is None else 1 - found[1]


def measure(cases: pl.DataFrame, repeats: int) -> list[dict[str, object]]:
    """Every method at every rate."""
    kept: dict[tuple[float, str], list[dict[str, float]]] = {}
    for seed in range(repeats):
        stream = drawn(cases, np.random.default_rng(seed))
        checked, ladder, rest = stream[:CHECKED], stream[CHECKED : CHECKED + LADDER], stream[CHECKED + LADDER :]
        for alpha in RATES:
            ours = risk.limits(checked, ladder.drop("unfit"), alpha=alpha)
            refuse = None if ours.refuse.threshold is None else 1 - ours.refuse.threshold
            mean = risk.expected(checked["doubt"], checked["unfit"], stream=ladder["doubt"], alpha=alpha)
            for name, limits in (
                ("ours", (ours.publish.threshold, refuse)),
                ("empirical", empirical(checked, alpha)),
                ("delivered", (0.4, 0.97)),
                ("conformal mean", (mean.threshold, None)),
            ):
                kept.setdefault((alpha, name), []).append(told(rest, *limits))
    rows: list[dict[str, object]] = []
    for (alpha, name), found in kept.items():
        means = {key: round(float(np.mean([each[key] for each in found])), 4) for key in found[0]}
        over = sum(each["risk" if name == "conformal mean" else "error"] > alpha for each in found)
        within = wilson(repeats - over, repeats)
        rows.append(
            {"rate": alpha, "method": name, "within": round(within.value, 3)}
            | {"low": round(within.low, 3), "high": round(within.high, 3)}
            | means
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeats", type=int, default=200)
    asked = parser.parse_args()
    if not (DATA / "fr_mlma_hate.parquet").exists():
        print("the data sets are not here (PARVIS_DATA): nothing is measured")
        return
    cases = pool()
    print(cases.group_by("source").agg(pl.len(), pl.col("unfit").mean(), pl.col("doubt").median()).sort("source"))
    rows = measure(cases, asked.repeats)
    for row in rows:
        print(
            f"{row['rate']:>5} {row['method']:<15} within {row['within']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
            f"  alone {row['share']:.3f}  error {row['error']:.4f}  published {row['published']:.3f}"
            f" (wrong {row['wrong_published']:.4f})  refused {row['refused']:.4f} (wrong {row['wrong_refused']:.4f})"
            f"  French alone {row['share_fr']:.3f} error {row['error_fr']:.4f}"
        )
    if asked.json:
        ours = min(float(str(row["within"])) for row in rows if row["method"] == "ours")
        peer = min(float(str(row["within"])) for row in rows if row["method"] == "empirical")
        known = {"name": "automatic_decisions", "ours": ours, "peer": peer, "ratio": ours / max(peer, 0.001)}
        print(json.dumps(known | {"rows": rows}))
        )


if __name__ == "__main__":
    main()
